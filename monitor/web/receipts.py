"""``/r/<token>`` and ``/api/v1/receipts``: where a listener's worker says that an event was processed.

The token alone decides, without a look-up. The answer is 204 once the receipt is durable, the same however
often it comes, and gives nothing away: an unknown, a forged and an expired token are answered alike.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from monitor.core.document import MISSING, parsed
from monitor.core.model import Outcome, Receipt
from monitor.core.tokens import Claim
from monitor.errors import StoreError
from monitor.web.house import House
from monitor.web.problems import problem

Endpoint = Callable[[Request], Awaitable[Response]]
LONGEST_BODY = 4096  # bytes
LONGEST_NOTE = 500  # characters
LONGEST_RUN = 200
HEADERS = {"Cache-Control": "no-store"}
FORM = 'the body is empty, or {"outcome": "processed|skipped|failed", "note": "…"}'


def by_address(house: House) -> Endpoint:
    """Return the endpoint of the address in an event. A scanner that only fetches addresses gets 405."""

    async def receive(request: Request) -> Response:
        claim = house.receipts.read(request.path_params["token"])
        if claim is None:
            return problem(404, "there is no such receipt address", headers=HEADERS)
        if request.method != "POST" and not house.receipts.by_get(claim.monitor):
            return problem(405, "a receipt is posted", headers={**HEADERS, "Allow": "POST"})
        said = await _body(request)
        return await _take(house, claim, request, {} if said == b"" else said and parsed(said))

    return receive


def by_id(house: House) -> Endpoint:
    """Return the endpoint for workers that know only the event's id, and hold the key of its monitor."""

    async def receive(request: Request) -> Response:
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        said = await _body(request)
        document = parsed(said) if said else MISSING
        event_id = document.get("event_id") if isinstance(document, dict) else None
        if not isinstance(event_id, str) or not event_id:
            return problem(400, 'needs {"event_id": "…"}', headers=HEADERS)
        claim = house.receipts.find(key.strip(), event_id) if scheme.lower() == "bearer" else None
        if claim is None:
            challenge = {**HEADERS, "WWW-Authenticate": "Bearer"}
            return problem(401, "needs the receipt key of the event's monitor", headers=challenge)
        return await _take(house, claim, request, document)

    return receive


async def _body(request: Request) -> bytes | None:
    """Return the body; None where it is longer than any receipt."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_BODY:
            return None
    return body.strip()


async def _take(house: House, claim: Claim, request: Request, document: Any) -> Response:  # noqa: ANN401  JSON
    try:
        outcome = Outcome(document.get("outcome", Outcome.PROCESSED))
        note = document.get("note", "")
    except (ValueError, AttributeError):
        return problem(400, FORM, headers=HEADERS)
    receipt = Receipt(
        monitor=claim.monitor,
        event_id=claim.event_id,
        kind=claim.kind,
        sent_at=claim.sent_at,
        arrived_at=house.now(),
        outcome=outcome,
        note=note[:LONGEST_NOTE] if isinstance(note, str) else "",
        run=request.headers.get("idempotency-key", "")[:LONGEST_RUN],
    )
    try:
        await house.receipts.receive(receipt)
    except StoreError:
        return problem(503, "not now: come again", headers={**HEADERS, "Retry-After": "5"})
    return Response(status_code=204, headers=HEADERS)
