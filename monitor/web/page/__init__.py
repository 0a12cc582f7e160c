"""The public socket: the status page, /healthz, /readyz."""

import asyncio
import gzip
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from fastapi import FastAPI
from jinja2 import Template
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp

from monitor.core.model import Snapshot
from monitor.web import heartbeats, receipts
from monitor.web.acknowledge import acknowledging
from monitor.web.fresh import Fresh
from monitor.web.guard import SecurityHeaders
from monitor.web.house import House
from monitor.web.page.past import Historian, Past
from monitor.web.page.view import page_view
from monitor.web.problems import answer_with_problems, http_problem, problem
from monitor.web.rendering import static_files, templates

Endpoint = Callable[[Request], Awaitable[Response]]
OnError = Callable[[Request, Exception], Awaitable[Response]]
PAGE_AGE = timedelta(seconds=2)
PAST_AGE = timedelta(seconds=10)
CACHE = "public, max-age=2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A page ready to be sent, plain and compressed."""

    plain: bytes
    zipped: bytes
    etag: str


def public_app(house: House) -> ASGIApp:
    """Return what anybody may see. It shows what ``public:`` declares, and never a finding."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, telemetry={"auto_configure": False})
    pages = templates()
    answer_with_problems(app)
    app.add_exception_handler(HTTPException, _not_found(house, pages.get_template("absent.html")))
    standby = _standby(house, pages.get_template("standby.html")) if house.standby else None
    app.add_route("/", standby or _status_page(house, pages.get_template("page.html")))
    app.add_route("/healthz", _health(house.alive))
    app.add_route("/readyz", _health(lambda: house.alive() or house.ready()))
    link = acknowledging(house, pages.get_template("acknowledge.html"))
    app.add_route("/ack/{token}", link, methods=["GET", "HEAD", "POST"])
    for path in ("/hb/{token}", "/hb/{token}/{said}"):
        for ending in ("", "/"):  # a redirect from one to the other would be taken for success
            app.add_route(path + ending, heartbeats.by_address(house), methods=["POST", "GET", "HEAD"])
    app.add_route("/api/v1/receipts", receipts.by_id(house), methods=["POST"])
    app.mount("/static", static_files())
    app.add_middleware(SecurityHeaders, cache="no-cache")
    return receipts.ReceiptDoor(app, house=house)


def _standby(house: House, template: Template) -> Endpoint:
    async def page(_: Request) -> Response:
        return _html(template.render(site=house.snapshot().config.site), status=503)

    return page


def _status_page(house: House, template: Template) -> Endpoint:
    past = Fresh(Historian(house).read, age=PAST_AGE, now=house.now)

    async def render() -> Rendered:
        told = await past.get()
        return await asyncio.to_thread(_render, template, house.snapshot(), told)

    fresh = Fresh(render, age=PAGE_AGE, now=house.now)

    async def page(request: Request) -> Response:
        return answer(await fresh.get(), request)

    return page


def _render(template: Template, snapshot: Snapshot, past: Past) -> Rendered:
    plain = template.render(page=page_view(snapshot, past)).encode()
    return Rendered(
        plain=plain,
        zipped=gzip.compress(plain, compresslevel=5, mtime=0),
        etag=f'W/"{hashlib.sha256(plain).hexdigest()[:20]}"',
    )


def answer(page: Rendered, request: Request) -> Response:
    """Return the page, compressed if that is understood, or 304 if the visitor has it already."""
    headers = {"Cache-Control": CACHE, "ETag": page.etag, "Vary": "Accept-Encoding"}
    if has_it(request.headers.get("if-none-match"), page.etag):
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(page.zipped, headers=headers, media_type="text/html")
    return Response(page.plain, headers=headers, media_type="text/html")


def has_it(if_none_match: str | None, etag: str) -> bool:
    """Return whether one of the visitor's tags is this one; strong and weak are the same here."""
    given = {tag.strip().removeprefix("W/") for tag in (if_none_match or "").split(",")}
    return "*" in given or etag.removeprefix("W/") in given


def _health(trouble: Callable[[], str | None]) -> Endpoint:
    async def health(_: Request) -> Response:
        why = trouble()
        headers = {"Cache-Control": "no-store"}
        return problem(503, why, headers=headers) if why else JSONResponse({"ok": True}, headers=headers)

    return health


def _not_found(house: House, template: Template) -> OnError:
    """Answer browsers with a page, and everything else with a problem."""

    async def absent(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101  (what it is registered for)
        if error.status_code != 404 or "text/html" not in request.headers.get("accept", ""):
            return http_problem(request, error)
        return _html(template.render(site=house.snapshot().config.site), status=404)

    return absent


def _html(text: str, *, status: int) -> Response:
    return Response(text, status_code=status, headers={"Cache-Control": "no-store"}, media_type="text/html")
