"""The provider's challenge, as a delivery."""

from datetime import UTC, datetime
from urllib.parse import urlencode, urlsplit, urlunsplit

from monitor.core.model import Delivery, Event, Handshake, Monitor
from monitor.core.sign.proof import (
    PROBE_HEADER,
    Seal,
    deliver,
    hand_of,
    hidden_of,
    prove,
    symmetric,
    with_own,
)
from monitor.core.template import fill, to_bytes


def word(asked: Handshake, token: str) -> str:
    """Return a fresh word to be brought back: ``token``, which is hexadecimal, or a number made of it."""
    return str(int(token[:8], 16)) if asked.digits else token


def challenge(  # noqa: PLR0913  what is asked, of whom, when, and with what
    asked: Handshake, monitor: Monitor, word: str, *, at: datetime, traceparent: str, seal: Seal = symmetric
) -> Delivery:
    """Return the challenge ``word`` as this provider puts it to this listener."""
    values = _values(monitor, word, at)
    if asked.body is not None and asked.signed:
        event = Event(
            id=word,
            type=asked.type,
            at=at,
            body=to_bytes(fill(asked.body, values)),
            content_type=monitor.event.content_type,
        )
        hands = tuple(hand_of(monitor.provider.scheme, secret) for secret in monitor.signing(at))
        proof = prove(event, monitor, hands, at=at, seal=seal)
        return deliver(event, monitor, proof, traceparent=traceparent)
    headers = (
        ("User-Agent", monitor.provider.user_agent),
        *((name, fill(template, values)) for name, template in asked.headers),
        (PROBE_HEADER, monitor.id),
        ("traceparent", traceparent),
    )
    return Delivery(
        event_id=word,
        method=asked.method,
        url=_with_query(monitor.url, tuple((name, fill(value, values)) for name, value in asked.query)),
        headers=with_own(headers, monitor),
        body=b"",
        timeout=monitor.timeout,
        hidden=hidden_of(monitor, ()),
        connect_to=monitor.connect_to,
        tls=monitor.tls,
        reuse_connection=monitor.reuse_connection,
    )


def _values(monitor: Monitor, word: str, at: datetime) -> dict[str, str]:
    return {
        "challenge": word,
        "token": monitor.verify_token.reveal() if monitor.verify_token else "",
        "secret": monitor.secrets[0].reveal() if monitor.secrets else "",
        "timestamp": str(int(at.timestamp())),
        "milliseconds": str(int(at.timestamp() * 1000)),
        "time": f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
    }


def _with_query(url: str, query: tuple[tuple[str, str], ...]) -> str:
    if not query:
        return url
    parts = urlsplit(url)
    return urlunsplit(parts._replace(query="&".join(filter(None, (parts.query, urlencode(query))))))
