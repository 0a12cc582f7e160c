"""``/r/<token>`` and ``/api/v1/receipts``: where a listener's worker says that an event was processed.

The token alone decides, without a look-up. The answer is 204 once the receipt is durable, the same however
often it comes, and gives nothing away: an unknown, a forged and an expired token are answered alike.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from monitor.core.document import MISSING, parsed
from monitor.core.model import Outcome, Receipt
from monitor.core.tokens import NO_SUCH_ADDRESS, Claim
from monitor.errors import StoreError
from monitor.web.house import House
from monitor.web.problems import problem

Endpoint = Callable[[Request], Awaitable[Response]]
LONGEST_BODY = 4096  # bytes
LONGEST_NOTE = 500  # characters
LONGEST_RUN = 200
PREFIX = "/r/"
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
FORM = 'the body is empty, or {"outcome": "processed|skipped|failed", "note": "…"}'


class ReceiptDoor:
    """Answers ``/r/…`` before anything else looks at the request: thousands may come in a second."""

    def __init__(self, app: ASGIApp, *, house: House) -> None:
        self._app = app
        self._house = house

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await self._app(scope, receive, send)
            return
        answer = await self._answer(scope["path"].removeprefix(PREFIX), Request(scope, receive))
        await answer(scope, receive, send)

    async def _answer(self, token: str, request: Request) -> Response:
        house = self._house
        if house.standby:
            return _later()
        claim = house.receipts.read(token)
        if claim is None:
            return problem(404, NO_SUCH_ADDRESS, headers=HEADERS)
        fetched = request.method in {"GET", "HEAD"}
        if request.method != "POST" and not (fetched and house.receipts.by_get(claim.monitor)):
            return problem(405, "a receipt is posted", headers={**HEADERS, "Allow": "POST"})
        if fetched:
            return await _take(house, claim, request, {})
        said = await _body(request)
        return await _take(house, claim, request, {} if said == b"" else said and parsed(said))


def by_id(house: House) -> Endpoint:
    """Return the endpoint for workers that know only the event's id, and hold the key of its monitor."""

    async def receive(request: Request) -> Response:
        if house.standby:
            return _later()
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
    """Return the body; None where it is longer than any receipt, or the worker hung up within it."""
    if request.headers.get("content-length") == "0":  # as most are
        return b""
    body = b""
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > LONGEST_BODY:
                return None
    except ClientDisconnect:
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
        return _later()
    return Response(status_code=204, headers=HEADERS)


def _later() -> Response:
    return problem(503, "not now: come again", headers={**HEADERS, "Retry-After": "5"})
