"""What each demo listener answers to a request it could take."""

import json
from collections.abc import Mapping

from monitor.demo.http import Answer, Request, document, text
from monitor.demo.places import Fault, Listener
from monitor.demo.verify import VERIFIERS

DEADLINES: Mapping[Listener, float] = {  # seconds until the provider gives up
    Listener.STRIPE: 10,
    Listener.GITHUB: 10,
    Listener.SLACK: 3,
    Listener.SHOPIFY: 5,
    Listener.STANDARD: 15,
    Listener.ORDERS: 3,
}
SLOW_SHARE = 0.6  # of the deadline: past the warning at half of it, and still inside every timeout


def delay(listener: Listener, fault: Fault | None) -> float:
    """Return how many seconds a listener takes to answer."""
    return DEADLINES[listener] * SLOW_SHARE if fault is Fault.SLOW else 0


def answer(listener: Listener, request: Request, *, fault: Fault | None, secret: str, now: float) -> Answer:
    """Return what the listener says to a request, well or broken. ``now`` is unix seconds."""
    if fault is Fault.SERVER_ERROR:
        return text(503, "Service Unavailable")
    if request.path.partition("?")[0] != f"/hooks/{listener}":
        return text(404, "Not Found")
    if request.method != "POST":
        return text(405, "Method Not Allowed")
    if fault is Fault.ACCEPT_FORGED:
        return _acknowledge(listener, request)
    problem = VERIFIERS[listener](request, secret, now)
    if problem is not None:
        return document({"error": problem}, status=401)
    return _acknowledge(listener, request)


def _acknowledge(listener: Listener, request: Request) -> Answer:
    match listener:
        case Listener.SLACK:
            return text(200, _challenge(request.body))
        case Listener.ORDERS:
            return document({"accepted": True}, status=202)
        case Listener.GITHUB:
            return Answer(status=204)
    return document({"received": True})


def _challenge(body: bytes) -> str:
    """Slack wants its ``url_verification`` challenge back; every other event is content with nothing."""
    try:
        event = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(event, dict) or event.get("type") != "url_verification":
        return ""
    return str(event.get("challenge", ""))
