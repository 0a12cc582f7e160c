"""``/r/<token>``: where a listener's worker says that an event was processed.

The token alone decides, without a look-up. The answer is 204 once the receipt is durable, the same however
often it comes, and gives nothing away: an unknown, a forged and an expired token are answered alike.
"""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from monitor.core.model import Outcome, Receipt
from monitor.core.tokens import Claim
from monitor.errors import DatabaseAway
from monitor.web.house import House
from monitor.web.problems import problem

LONGEST_BODY = 4096  # bytes
LONGEST_NOTE = 500  # characters
HEADERS = {"Cache-Control": "no-store"}


def endpoint(house: House) -> Any:  # noqa: ANN401  what Starlette takes for a route
    """Return the endpoint. A scanner that only fetches addresses gets 405, unless the monitor allows GET."""

    async def receive(request: Request) -> Response:
        claim = house.read_receipt(request.path_params["token"])
        if claim is None:
            return problem(404, "there is no such receipt address", headers=HEADERS)
        if request.method != "POST" and not house.by_get(claim.monitor):
            return problem(405, "a receipt is posted", headers={**HEADERS, "Allow": "POST"})
        receipt = await _read(request, claim, house)
        if isinstance(receipt, str):
            return problem(400, receipt, headers=HEADERS)
        try:
            await house.receive(receipt)
        except DatabaseAway:
            return problem(503, "not now: come again", headers={**HEADERS, "Retry-After": "5"})
        return Response(status_code=204, headers=HEADERS)

    return receive


async def _read(request: Request, claim: Claim, house: House) -> Receipt | str:
    """Return the receipt in a request, or what is wrong with it."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_BODY:
            return f"a receipt has at most {LONGEST_BODY} bytes"
    said = _said(body)
    if isinstance(said, str):
        return said
    outcome, note = said
    return Receipt(
        monitor=claim.monitor,
        event_id=claim.event_id,
        kind=claim.kind,
        sent_at=claim.sent_at,
        arrived_at=house.now(),
        outcome=outcome,
        note=note,
        run=request.headers.get("idempotency-key", "")[:200],
    )


def _said(body: bytes) -> tuple[Outcome, str] | str:
    if not body.strip():
        return Outcome.PROCESSED, ""
    try:
        document = json.loads(body)
        outcome = Outcome(document.get("outcome", Outcome.PROCESSED))
        note = document.get("note", "")
    except (ValueError, AttributeError, RecursionError):
        return 'the body is empty, or {"outcome": "processed|skipped|failed", "note": "…"}'
    return outcome, note[:LONGEST_NOTE] if isinstance(note, str) else ""
