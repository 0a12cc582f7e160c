"""How each demo listener tells a true event from a forged one.

Written from the providers' own words, without a line of ``core.sign``: two wrongs would have to agree.
Every verifier returns what is wrong, in words, or None for a true event.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Mapping

from monitor.demo.http import Request
from monitor.demo.places import Listener

TOLERANCE = 300  # seconds either way: what Stripe, Slack and Standard Webhooks allow

Verifier = Callable[[Request, str, float], str | None]


def stripe(request: Request, secret: str, now: float) -> str | None:
    """``Stripe-Signature: t=…,v1=…[,v1=…]`` over ``t.body``; the whole secret is the key."""
    return _timed_pairs(request, "stripe-signature", secret, now)


def orders(request: Request, secret: str, now: float) -> str | None:
    """``X-Acme-Signature: t=…,v1=…``: our own invention, made like Stripe's."""
    return _timed_pairs(request, "x-acme-signature", secret, now)


def github(request: Request, secret: str, _now: float) -> str | None:
    """``X-Hub-Signature-256: sha256=…`` over the body; GitHub signs no time."""
    expected = "sha256=" + _hmac(secret.encode(), request.body).hex()
    return _compare(request.header("x-hub-signature-256"), [expected])


def shopify(request: Request, secret: str, _now: float) -> str | None:
    """``X-Shopify-Hmac-Sha256``: base64 over the body. The official library insists on four more headers."""
    required = ("x-shopify-topic", "x-shopify-shop-domain", "x-shopify-api-version", "x-shopify-webhook-id")
    for name in required:
        if not request.header(name):
            return f"{name} is missing"
    expected = base64.b64encode(_hmac(secret.encode(), request.body)).decode()
    return _compare(request.header("x-shopify-hmac-sha256"), [expected])


def slack(request: Request, secret: str, now: float) -> str | None:
    """``X-Slack-Signature: v0=…`` over ``v0:timestamp:body``."""
    timestamp = request.header("x-slack-request-timestamp")
    message = b"v0:" + timestamp.encode() + b":" + request.body
    expected = "v0=" + _hmac(secret.encode(), message).hex()
    return _age(timestamp, now) or _compare(request.header("x-slack-signature"), [expected])


def standard(request: Request, secret: str, now: float) -> str | None:
    """``webhook-signature: v1,… [v1,…]`` over ``id.timestamp.body``; the key is the decoded secret."""
    timestamp = request.header("webhook-timestamp")
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        return "the listener's own secret is not base64"
    message = f"{request.header('webhook-id')}.{timestamp}.".encode() + request.body
    expected = "v1," + base64.b64encode(_hmac(key, message)).decode()
    return _age(timestamp, now) or _compare(expected, request.header("webhook-signature").split(" "))


VERIFIERS: Mapping[Listener, Verifier] = {
    Listener.STRIPE: stripe,
    Listener.GITHUB: github,
    Listener.SLACK: slack,
    Listener.SHOPIFY: shopify,
    Listener.STANDARD: standard,
    Listener.ORDERS: orders,
}


def _timed_pairs(request: Request, header: str, secret: str, now: float) -> str | None:
    items = [item.partition("=")[::2] for item in request.header(header).split(",")]
    timestamp = next((value for name, value in items if name == "t"), "")
    expected = _hmac(secret.encode(), timestamp.encode() + b"." + request.body).hex()
    return _age(timestamp, now) or _compare(expected, [value for name, value in items if name == "v1"])


def _age(timestamp: str, now: float) -> str | None:
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 12):
        return "the timestamp is missing or no number"
    return None if abs(now - int(timestamp)) <= TOLERANCE else "the timestamp is too old or too new"


def _compare(one: str, others: list[str]) -> str | None:
    """Compared as bytes: ``compare_digest`` refuses non-ASCII text, which anybody may send."""
    raw = one.encode("utf-8", "replace")
    if any(hmac.compare_digest(raw, other.encode("utf-8", "replace")) for other in others):
        return None
    return "the signature does not match"


def _hmac(key: bytes, message: bytes) -> bytes:
    return hmac.new(key, message, hashlib.sha256).digest()
