"""Statuses and seconds for people."""

from http import HTTPStatus

from monitor.core.model import Phase, Reply

DOING = {
    Phase.RESOLVE: "while looking up its name",
    Phase.CONNECT: "while connecting",
    Phase.TLS: "in the TLS handshake",
    Phase.SEND: "while sending the event",
    Phase.WAIT: "while waiting for the answer",
    Phase.RECEIVE: "while receiving the answer",
}


def in_words(seconds: float) -> str:
    """Return a stretch of time: "85 ms", "1.25 s", "10 s". Never rounds 5.04 s to the deadline it missed."""
    if round(seconds * 1000) < 1000:
        return f"{seconds * 1000:.0f} ms"
    digits = 2 if seconds < 10 else 1
    return f"{seconds:.{digits}f}".rstrip("0").rstrip(".") + " s"


def status_in_words(status: int) -> str:
    """Return "503 Service Unavailable", or the bare number where nobody gave it a name."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def answer_in_words(reply: Reply) -> str:
    """Return "answered 503 Service Unavailable in 204 ms"."""
    return f"answered {status_in_words(reply.http_status or 0)} in {in_words(reply.phases.total)}"
