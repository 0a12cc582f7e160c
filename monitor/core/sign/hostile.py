"""Hostile deliveries: what a listener must refuse, wrong in exactly one property.

Each is made by the code that makes the valid one: same headers in the same order, same id prefix, same
harmless event. Nothing but the property tested may tell them apart, or a listener could pass by its looks.
"""

import hmac
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.core.keys import key_bytes, lookalike
from monitor.core.model import PROVIDER_ONLY, Delivery, Event, Monitor, Scheme
from monitor.core.sign.body import tampered
from monitor.core.sign.proof import Hand, Seal, deliver, garbled, hand_of, prove, stripped, symmetric

GARBAGE = "garbage"
NOT_JSON = b"this is not what it says it is"


def forge(  # noqa: PLR0913  an event, whose it is, when, and with what
    event: Event, monitor: Monitor, *, at: datetime, traceparent: str, key: bytes, seal: Seal = symmetric
) -> Delivery:
    """Return the same delivery, signed with keys made of ``key`` (32 random bytes) instead.

    A token that is shown in clear becomes a random one of the same look and length.
    """
    proof = prove(event, monitor, _strangers(monitor, at, key), at=at, seal=seal)
    return deliver(event, monitor, proof, traceparent=traceparent)


def tamper(
    event: Event, monitor: Monitor, *, at: datetime, traceparent: str, seal: Seal = symmetric
) -> Delivery | None:
    """Return the delivery with one value of its body changed after signing; None: there is none to change."""
    proof = prove(event, monitor, _own(monitor, at), at=at, seal=seal)
    changed = tampered(proof.body, monitor.event, event.id)
    if changed is None:
        return None
    return deliver(event, monitor, replace(proof, body=changed), traceparent=traceparent)


def strip(
    event: Event, monitor: Monitor, *, at: datetime, traceparent: str, seal: Seal = symmetric
) -> Delivery:
    """Return the delivery without its signature."""
    scheme = monitor.provider.scheme
    hands = _own(monitor, at) if monitor.secrets else (Hand("", b""),)
    proof = stripped(prove(event, monitor, hands, at=at, seal=seal), scheme)
    return deliver(event, monitor, proof, traceparent=traceparent)


def garble(event: Event, monitor: Monitor, *, at: datetime, traceparent: str) -> Delivery:
    """Return the delivery with garbage where its signature should be."""
    proof = garbled(event, monitor, at=at, garbage=GARBAGE)
    return deliver(event, monitor, proof, traceparent=traceparent)


def not_json(
    event: Event, monitor: Monitor, *, at: datetime, traceparent: str, seal: Seal = symmetric
) -> Delivery:
    """Return a delivery that is rightly signed, and whose body is not JSON."""
    nonsense = replace(event, body=NOT_JSON)
    proof = prove(nonsense, monitor, _own(monitor, at), at=at, seal=seal)
    return deliver(nonsense, monitor, proof, traceparent=traceparent)


def stale_since(scheme: Scheme, now: datetime) -> datetime:
    """Return a moment that every verifier of this scheme finds too old."""
    window = scheme.window or timedelta(0)
    return now - max(2 * window, window + timedelta(seconds=60))


def _own(monitor: Monitor, at: datetime) -> tuple[Hand, ...]:
    return tuple(hand_of(monitor.provider.scheme, secret) for secret in monitor.signing(at))


def _strangers(monitor: Monitor, at: datetime, key: bytes) -> tuple[Hand, ...]:
    """As many hands as sign a valid event, with keys nobody knows."""
    if monitor.provider.scheme.hash == PROVIDER_ONLY:
        return (Hand("", key),)
    material = [hmac.digest(key, str(turn).encode(), "sha512") for turn in range(len(monitor.signing(at)))]
    return tuple(
        Hand(lookalike(secret.reveal(), stranger), _like(monitor.provider.scheme, secret.reveal(), stranger))
        for secret, stranger in zip(monitor.signing(at), material, strict=True)
    )


def _like(scheme: Scheme, secret: str, material: bytes) -> bytes:
    """A private key has its own length; any bytes make an HMAC's key."""
    return material[: len(key_bytes(scheme, secret))] if scheme.hash == "ed25519" else material
