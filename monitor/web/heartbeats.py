"""``/hb/<token>``: where jobs give signs of life, and listeners report real events.

``/hb/<token>`` says that a run went well, ``/start`` that one begins, ``/fail`` that it failed, ``/<status>``
how the process ended (0 is well). GET, HEAD and POST say the same, so that anything can call; a body is a
note. ``/event`` counts real events, and is posted. The token alone decides, without a look-up. The answer
comes once what was said is durable.
"""

from collections.abc import Awaitable, Callable

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

from monitor.core.document import parsed
from monitor.core.model import Events, Monitor, Sign, Signal
from monitor.core.redact import DOTS, redact_urls
from monitor.errors import StoreError
from monitor.web.house import House
from monitor.web.problems import problem

Endpoint = Callable[[Request], Awaitable[Response]]
LONGEST_BODY = 1024 * 1024  # bytes: a job's whole output may be sent along
LONGEST_NOTE = 500  # characters: of a job's output the last ones, where it says why
MOST_EVENTS = 1_000_000_000  # in one report
HEADERS = {"Cache-Control": "no-store"}
LATER = {**HEADERS, "Retry-After": "5"}
SAID = "start, success, fail, an exit status from 0 to 255, or event"
OK = "OK\n"


def by_address(house: House) -> Endpoint:
    """Return the endpoint of all addresses."""

    async def receive(request: Request) -> Response:
        if house.standby:
            return problem(503, "standing by: come again", headers=LATER)
        token, said = request.path_params["token"], request.path_params.get("said", Sign.SUCCESS.value)
        monitor = house.heartbeats.find(token)
        if monitor is None:
            return problem(404, "there is no such heartbeat address", headers=HEADERS)
        try:
            body = await _body(request)
        except ClientDisconnect:
            return Response(status_code=400)
        if body is None:
            return problem(413, "a note has at most 1 MiB", headers=HEADERS)
        if said == "event":
            return await _count(house, monitor, request, body)
        return await _hear(house, monitor, said, _note(body, token))

    return receive


async def _hear(house: House, monitor: Monitor, said: str, note: str) -> Response:
    sign = _sign(said)
    if sign is None:
        return problem(404, f"a heartbeat says {SAID}", headers=HEADERS)
    if monitor.heartbeat is None:
        return problem(404, "real events are reported here: POST to this address and /event", headers=HEADERS)
    status = f"exit status {said}" if said.isdigit() and sign is Sign.FAIL else ""
    note = "; ".join(filter(None, (status, note)))
    try:
        await house.heartbeats.hear(monitor, Signal(monitor=monitor.id, sign=sign, at=house.now(), note=note))
    except StoreError:
        return problem(503, "not now: come again", headers=LATER)
    return PlainTextResponse(OK, headers=HEADERS)


async def _count(house: House, monitor: Monitor, request: Request, body: bytes) -> Response:
    if monitor.heartbeat is not None:
        return problem(404, "a job calls here: no real events are counted", headers=HEADERS)
    if request.method != "POST":
        return problem(405, "real events are posted", headers={**HEADERS, "Allow": "POST"})
    count = _number(body)
    if count is None:
        return problem(400, 'the body is empty, or {"count": 25}', headers=HEADERS)
    try:
        await house.heartbeats.count(Events(monitor=monitor.id, at=house.now(), count=count))
    except StoreError:
        return problem(503, "not now: come again", headers=LATER)
    return PlainTextResponse(OK, headers=HEADERS)


def _sign(said: str) -> Sign | None:
    if said.isascii() and said.isdigit() and len(said) <= 3 and int(said) <= 255:
        return Sign.FAIL if int(said) else Sign.SUCCESS
    return Sign(said) if said in {*Sign} else None


def _number(body: bytes) -> int | None:
    """Return how many events are reported: an empty body is one. None for what is no such report."""
    if not body.strip():
        return 1
    document = parsed(body)
    count = document.get("count") if isinstance(document, dict) else None
    if isinstance(count, bool) or not isinstance(count, int):
        return None
    return count if 0 < count <= MOST_EVENTS else None


def _note(body: bytes, token: str) -> str:
    """Return what a job sent along: the note in a JSON object, else the end of the text. Harmless, short."""
    text, document = body.decode("utf-8", "replace"), parsed(body)
    if isinstance(document, dict) and isinstance(document.get("note"), str):
        text = document["note"]
    text = redact_urls(text[-8 * LONGEST_NOTE :].replace(token, DOTS)).strip()
    harmless = (one if one.isprintable() or one == "\n" else "\N{REPLACEMENT CHARACTER}" for one in text)
    return "".join(harmless)[-LONGEST_NOTE:]


async def _body(request: Request) -> bytes | None:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_BODY:
            return None
    return body
