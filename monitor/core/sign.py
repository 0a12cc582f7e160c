"""Signing: an event and the secrets of its monitor become a delivery, ready to send.

Signing is the last thing before sending: the bytes signed are the bytes sent. A forged delivery is
made by the same code with a key nobody knows, so that it differs from a true one in nothing but the signature's value.
"""

import base64
import binascii
import hashlib
import hmac
from datetime import UTC, datetime

from monitor.core.model import Delivery, Event, Monitor, Scheme, Secret
from monitor.core.template import fill, fill_bytes

PROBE_HEADER = "X-Webhook-Probe"


def sign(event: Event, monitor: Monitor, *, at: datetime, traceparent: str) -> Delivery:
    """Return the event, signed with every secret the scheme has room for."""
    return _delivery(event, monitor, monitor.secrets, at, traceparent)


def forge(event: Event, monitor: Monitor, *, at: datetime, traceparent: str, key: bytes) -> Delivery:
    """Return the event, signed with ``key`` (random bytes) in place of each secret."""
    fakes = tuple(
        _fake(secret, monitor.provider.scheme, key, turn) for turn, secret in enumerate(monitor.secrets)
    )
    return _delivery(event, monitor, fakes, at, traceparent)


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


def signature_headers(  # noqa: PLR0913  everything a template may name
    scheme: Scheme, secrets: tuple[Secret, ...], event: Event, *, method: str, url: str, at: datetime
) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """Return the headers that sign this event, and the signatures in them."""
    values = {"id": event.id, "timestamp": timestamp(scheme, at), "url": url, "method": method}
    raw = {name: value.encode() for name, value in values.items()} | {"body": event.body}
    message = fill_bytes(scheme.message, raw)
    signatures = tuple(_signature(scheme, secret, message) for secret in secrets)
    current = signatures[0] if signatures else ""
    values |= {
        "sig": current,
        "sigs": scheme.joiner.join(fill(scheme.item, {"sig": one}) for one in signatures),
        "type": event.type,
        "secret": secrets[0].reveal() if secrets else "",
    }
    headers = tuple((name, fill(template, values)) for name, template in scheme.headers)
    return headers, signatures


def timestamp(scheme: Scheme, at: datetime) -> str:
    """Return the instant as the scheme writes it; empty where it has none."""
    utc = at.astimezone(UTC)
    match scheme.timestamp:
        case "s":
            return str(int(at.timestamp()))
        case "ms":
            return str(int(at.timestamp() * 1000))
        case "rfc3339":
            return utc.strftime("%Y-%m-%dT%H:%M:%SZ")
        case "rfc3339nano":
            return utc.strftime("%Y-%m-%dT%H:%M:%S.%f") + "000Z"
    return ""


def key_problem(scheme: Scheme, secret: str) -> str | None:
    """Return what is wrong with a secret for this scheme, in words without the secret; None if it is fine."""
    try:
        key = _key(scheme, secret)
    except ValueError:
        form = {"hex": "hexadecimal", "base64": "base64", "whsec": "base64, with or without whsec_ before it"}
        return f"this secret must be {form[scheme.key]}"
    return None if key else "this secret holds no key"


def _delivery(
    event: Event, monitor: Monitor, secrets: tuple[Secret, ...], at: datetime, traceparent: str
) -> Delivery:
    provider = monitor.provider
    signed, signatures = signature_headers(
        provider.scheme, secrets, event, method=monitor.method, url=monitor.url, at=at
    )
    fixed = {"id": event.id, "type": event.type}
    headers = (
        ("Content-Type", event.content_type),
        ("User-Agent", provider.user_agent),
        *((name, fill(template, fixed)) for name, template in provider.headers),
        *signed,
        (PROBE_HEADER, monitor.id),
        ("traceparent", traceparent),
    )
    own = {name.lower() for name, _ in monitor.headers}
    return Delivery(
        event_id=event.id,
        method=monitor.method,
        url=monitor.url,
        headers=tuple(header for header in headers if header[0].lower() not in own) + monitor.headers,
        body=event.body,
        timeout=monitor.timeout,
        hidden=_hidden(monitor, (*(secret.reveal() for secret in secrets), *signatures)),
        connect_to=monitor.connect_to,
        tls=monitor.tls,
        reuse_connection=monitor.reuse_connection,
    )


def _hidden(monitor: Monitor, more: tuple[str, ...]) -> tuple[str, ...]:
    known = (secret.reveal() for secret in (*monitor.secrets, *monitor.hidden))
    return tuple(dict.fromkeys((*known, *more)))


def _signature(scheme: Scheme, secret: Secret, message: bytes) -> str:
    if scheme.hash is None:
        return secret.reveal()
    digest = hmac.new(_key(scheme, secret.reveal()), message, getattr(hashlib, scheme.hash)).digest()
    return digest.hex() if scheme.digest == "hex" else base64.b64encode(digest).decode()


def _key(scheme: Scheme, secret: str) -> bytes:
    """Return the key bytes. Raises ValueError where the secret has the wrong form (refused at load)."""
    match scheme.key:
        case "hex":
            return bytes.fromhex(secret)
        case "base64":
            return _base64(secret)
        case "whsec":
            return _base64(secret.removeprefix("whsec_"))
    return secret.encode()


def _base64(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from error


def _fake(secret: Secret, scheme: Scheme, key: bytes, turn: int) -> Secret:
    """Return a secret of the same form and length that is made of ``key`` alone."""
    material = hashlib.shake_256(key + bytes([turn % 256])).digest(max(len(secret.reveal()), 32))
    match scheme.key:
        case "hex":
            return Secret(material[: len(secret.reveal()) // 2].hex())
        case "base64":
            return Secret(base64.b64encode(material).decode())
        case "whsec":
            return Secret("whsec_" + base64.b64encode(material[:32]).decode())
    return Secret(_lookalike(secret.reveal(), material))


def _lookalike(secret: str, material: bytes) -> str:
    """Return a token of the same length and look: digits for digits, letters for letters."""
    digits, letters = "0123456789", "abcdefghijklmnopqrstuvwxyz"

    def swap(character: str, byte: int) -> str:
        if character in digits:
            return digits[byte % 10]
        if character in letters:
            return letters[byte % 26]
        return letters[byte % 26].upper() if character.isascii() and character.isupper() else character

    return "".join(swap(character, byte) for character, byte in zip(secret, material, strict=False))
