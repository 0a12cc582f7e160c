"""Signing: an event and the secrets of its monitor become a delivery, ready to send.

Signing is the last thing before sending: the bytes signed are the bytes sent. A forged delivery is made by
the same code with keys nobody knows, so that it differs from a true one in nothing but the signature's value.
Nothing here raises: what a scheme or a secret can get wrong is found at load (``core.keys``).
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from monitor.core.keys import key_bytes, key_problem, lookalike, proof_headers, scheme_problem
from monitor.core.model import Delivery, Event, Monitor, Scheme
from monitor.core.template import fill, fill_bytes, to_bytes

__all__ = ["forge", "handshake", "key_problem", "proof_headers", "scheme_problem", "sign", "timestamp"]

PROBE_HEADER = "X-Webhook-Probe"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Hand:
    """Who signs: a secret as text (a token scheme shows it), and its key."""

    text: str
    key: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Signed:
    """The headers that prove an event, and the literal proofs in them."""

    headers: tuple[tuple[str, str], ...]
    proofs: tuple[str, ...]


def sign(event: Event, monitor: Monitor, *, at: datetime, traceparent: str) -> Delivery:
    """Return the event, signed with every secret the scheme has room for."""
    scheme = monitor.provider.scheme
    hands = tuple(_Hand(secret.reveal(), key_bytes(scheme, secret.reveal())) for secret in monitor.secrets)
    return _delivery(event, monitor, _signed(event, monitor, hands, at), traceparent)


def forge(event: Event, monitor: Monitor, *, at: datetime, traceparent: str, key: bytes) -> Delivery:
    """Return the same delivery, signed with keys made of ``key`` (32 random bytes) instead.

    A token that is shown in clear becomes a random one of the same look and length.
    """
    strangers = (hmac.digest(key, str(turn).encode(), "sha512") for turn in range(len(monitor.secrets)))
    hands = tuple(
        _Hand(lookalike(secret.reveal(), stranger), stranger)
        for secret, stranger in zip(monitor.secrets, strangers, strict=True)
    )
    return _delivery(event, monitor, _signed(event, monitor, hands, at), traceparent)


def handshake(monitor: Monitor) -> Delivery:
    """Return a delivery that only looks at the certificate."""
    return Delivery(
        event_id="",
        method=monitor.method,
        url=monitor.url,
        headers=(),
        body=b"",
        timeout=monitor.timeout,
        hidden=_hidden(monitor, ()),
        connect_to=monitor.connect_to,
        tls=monitor.tls,
        handshake_only=True,
    )


def timestamp(scheme: Scheme, at: datetime) -> str:
    """Return the instant as the scheme writes it; empty where it has none."""
    utc = at.astimezone(UTC)
    match scheme.timestamp:
        case "s":
            return str((utc - EPOCH) // timedelta(seconds=1))
        case "ms":
            return str((utc - EPOCH) // timedelta(milliseconds=1))
        case "rfc3339":
            return utc.strftime("%Y-%m-%dT%H:%M:%SZ")
        case "rfc3339nano":
            return utc.strftime("%Y-%m-%dT%H:%M:%S.%f") + "000Z"
    return ""


def _signed(event: Event, monitor: Monitor, hands: tuple[_Hand, ...], at: datetime) -> _Signed:
    """Sign with each secret: ``{sigs}`` has room for all, ``{sig}`` for the first (the current one)."""
    scheme = monitor.provider.scheme
    common = {
        "id": event.id,
        "timestamp": timestamp(scheme, at),
        "url": monitor.url,
        "method": monitor.method,
    }
    raw = {name: to_bytes(value) for name, value in common.items()}
    message = fill_bytes(scheme.message, {**raw, "body": event.body})
    signatures = tuple(_signature(scheme, hand, message) for hand in hands)
    token = hands[0].text if hands else ""
    values = {
        **common,
        "type": event.type,
        "sig": signatures[0] if signatures else "",
        "sigs": scheme.joiner.join(fill(scheme.item, {**common, "sig": one}) for one in signatures),
        "secret": token,
    }
    headers = tuple((name, fill(template, values)) for name, template in scheme.headers)
    return _Signed(headers=headers, proofs=(token, *signatures))


def _signature(scheme: Scheme, hand: _Hand, message: bytes) -> str:
    if scheme.hash is None:
        return hand.text
    digest = hmac.new(hand.key, message, getattr(hashlib, scheme.hash)).digest()
    return digest.hex() if scheme.digest == "hex" else base64.b64encode(digest).decode()


def _delivery(event: Event, monitor: Monitor, signed: _Signed, traceparent: str) -> Delivery:
    provider = monitor.provider
    named = {"id": event.id, "type": event.type}
    headers = (
        ("Content-Type", event.content_type),
        ("User-Agent", provider.user_agent),
        *((name, fill(template, named)) for name, template in provider.headers),
        *signed.headers,
        (PROBE_HEADER, monitor.id),
        ("traceparent", traceparent),
    )
    theirs = {name.lower() for name, _ in monitor.headers}
    return Delivery(
        event_id=event.id,
        method=monitor.method,
        url=monitor.url,
        headers=tuple(header for header in headers if header[0].lower() not in theirs) + monitor.headers,
        body=event.body,
        timeout=monitor.timeout,
        hidden=_hidden(monitor, signed.proofs),
        connect_to=monitor.connect_to,
        tls=monitor.tls,
        reuse_connection=monitor.reuse_connection,
    )


def _hidden(monitor: Monitor, proofs: tuple[str, ...]) -> tuple[str, ...]:
    """Secrets, what was made of them, and the key inside an encoded secret, without its prefix and in hex."""
    known = [secret.reveal() for secret in (*monitor.secrets, *monitor.hidden)]
    scheme = monitor.provider.scheme
    if scheme.key != "utf8":
        known += [secret.reveal().removeprefix("whsec_") for secret in monitor.secrets]
        known += [key_bytes(scheme, secret.reveal()).hex() for secret in monitor.secrets]
    return tuple(text for text in dict.fromkeys((*known, *proofs)) if text)
