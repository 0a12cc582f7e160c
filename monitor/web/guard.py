"""Who may come in at the operator socket, and the headers every answer carries."""

import base64
import binascii
import hmac
import ipaddress
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from monitor.core.model import Secret
from monitor.web.problems import problem

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
SECURITY_HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
READING = frozenset({"GET", "HEAD", "OPTIONS"})
FORWARDED = frozenset(
    {
        "forwarded",
        "via",
        "x-real-ip",
        "x-client-ip",
        "x-cluster-client-ip",
        "x-original-forwarded-for",
        "x-original-host",
        "x-original-url",
        "true-client-ip",
        "cf-connecting-ip",
        "fastly-client-ip",
        "fly-client-ip",
        "x-envoy-external-address",
    }
)


class SecurityHeaders:
    """Adds what every answer must carry, the ones of errors too."""

    def __init__(self, app: ASGIApp, *, cache: str | None = None) -> None:
        self._app = app
        self._cache = cache

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
                if self._cache:
                    headers.setdefault("Cache-Control", self._cache)
            await send(message)

        await self._app(scope, receive, send_with_headers)


class Heads:
    """Answers HEAD as GET would be, without the body: FastAPI alone says 405."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def send_the_head(message: Message) -> None:
            bodiless = message["type"] == "http.response.body"
            await send({**message, "body": b""} if bodiless else message)

        await self._app({**scope, "method": "GET"}, receive, send_the_head)


class Guard:
    """Lets in whoever has the token; without one, only who speaks to this machine directly.

    A page of another origin changes nothing, whatever the browser that shows it has proved before: what
    changes something must not come from one, and is JSON, which no page elsewhere may post unasked.
    """

    def __init__(self, app: ASGIApp, *, token: Secret | None) -> None:
        self._app = app
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refused = None if scope["method"] in READING else _misposted(headers)
        if refused:
            await refused(scope, receive, send)
            return
        if self._token is not None and not carries(headers.get("authorization"), self._token):
            await _unproven()(scope, receive, send)
            return
        why = stranger(headers) if self._token is None else None
        if why:
            await problem(403, why)(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _misposted(headers: Headers) -> Response | None:
    """Return how a request that would change something is refused; None for one that may.

    One without a body needs no type.
    """
    origin = headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != headers.get("host"):
        return problem(403, "a page of another origin may change nothing here")
    empty = headers.get("content-length", "0") == "0" and "transfer-encoding" not in headers
    given = headers.get("content-type", "application/json" if empty else "")
    if given.partition(";")[0].strip().lower() != "application/json":
        return problem(415, "what is posted here is application/json, and says so in its Content-Type")
    return None


def _unproven() -> Response:
    """Ask for the token. One line for each way, and Basic first: Chromium reads the first way of a line."""
    refusal = problem(
        401,
        "the operator socket wants its token: 'Authorization: Bearer …', "
        "or as the password of any user in a browser",
    )
    refusal.headers.append("WWW-Authenticate", 'Basic realm="operator", charset="UTF-8"')
    refusal.headers.append("WWW-Authenticate", 'Bearer realm="operator"')
    return refusal


def carries(authorization: str | None, token: Secret) -> bool:
    """Return whether an Authorization header proves the token, as Bearer or as a Basic password."""
    scheme, _, given = (authorization or "").partition(" ")
    if scheme.lower() == "basic":
        given = _password(given)
    elif scheme.lower() != "bearer":
        return False
    return hmac.compare_digest(given.strip().encode(), token.reveal().encode())


def stranger(headers: Headers) -> str | None:
    """Return why a request without a token is refused; None when it comes straight from this machine.

    A web page elsewhere can point a name of its own at 127.0.0.1 (DNS rebinding), and a proxy on this
    machine can carry the whole internet here: neither may read what only the operator may.
    """
    host = headers.get("host", "")
    if not is_loopback(_without_port(host)):
        return f"without a token only this machine may ask, and {host or 'no host'!r} is not a name of it"
    forwarding = next((name for name in headers if name in FORWARDED or name.startswith("x-forwarded")), None)
    if forwarding:
        return f"without a token a forwarded request is refused, and this one carries {forwarding}"
    return None


def is_loopback(host: str) -> bool:
    """Return whether a host name or address, without a port, can only mean this machine."""
    name = host.strip("[]").rstrip(".").lower()
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0]


def _password(encoded: str) -> str:
    try:
        return base64.b64decode(encoded.strip(), validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""
