"""Signing: an event and the secrets of its monitor become a delivery, ready to send.

Signing is the last thing before sending: the bytes signed are the bytes sent. Nothing here raises: what a
scheme or a secret can get wrong is found at load (``core.keys``).

``proof``      the scheme's template, filled: headers, body and URL of one event
``hostile``    the same deliveries made wrong in exactly one property
``handshake``  the provider's challenge
``body``       values in bodies: found, placed, changed
"""

from dataclasses import replace
from datetime import datetime

from monitor.core.model import Delivery, Event, Monitor, Secret
from monitor.core.sign.proof import Seal, deliver, hand_of, hidden_of, prove, symmetric, timestamp, with_own

__all__ = ["PROBE_HEADER", "Seal", "certificate", "knock", "question", "sign", "symmetric", "timestamp"]

PROBE_HEADER = "X-Webhook-Probe"


def sign(  # noqa: PLR0913  an event, whose it is, when, and with what
    event: Event,
    monitor: Monitor,
    *,
    at: datetime,
    traceparent: str,
    secrets: tuple[Secret, ...] | None = None,
    seal: Seal = symmetric,
) -> Delivery:
    """Return the event, signed with every secret the scheme has room for; with ``secrets`` instead if given.

    ``seal`` makes the signatures that need a private key.
    """
    chosen = monitor.signing(at) if secrets is None else secrets
    hands = tuple(hand_of(monitor.provider.scheme, secret) for secret in chosen)
    proof = prove(event, monitor, hands, at=at, seal=seal)
    return deliver(event, monitor, proof, traceparent=traceparent)


def question(monitor: Monitor, url: str) -> Delivery:
    """Return a plain GET, to ask what became of an event."""
    return Delivery(
        event_id="",
        method="GET",
        url=url,
        headers=with_own((("User-Agent", "webhook-monitor (receipt poll)"),), monitor),
        body=b"",
        timeout=monitor.timeout,
        hidden=hidden_of(monitor, ()),
        tls=monitor.tls,
    )


def knock(monitor: Monitor) -> Delivery:
    """Return what is asked of what stands before listeners: a plain GET, or nothing but a connection."""
    if not monitor.url.startswith("tcp:"):
        agent = with_own((("User-Agent", "webhook-monitor (upstream)"),), monitor)
        return replace(question(monitor, monitor.url), connect_to=monitor.connect_to, headers=agent)
    return replace(certificate(monitor), url=f"http:{monitor.url.removeprefix('tcp:')}")


def certificate(monitor: Monitor) -> Delivery:
    """Return a delivery that only looks at the certificate."""
    return Delivery(
        event_id="",
        method=monitor.method,
        url=monitor.url,
        headers=(),
        body=b"",
        timeout=monitor.timeout,
        hidden=hidden_of(monitor, ()),
        connect_to=monitor.connect_to,
        tls=monitor.tls,
        handshake_only=True,
    )
