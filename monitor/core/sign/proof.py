"""The proof of one event: a scheme's template, filled. Headers, and where the scheme says so body and URL."""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit, urlunsplit

from monitor.core.keys import SIGNS, key_bytes
from monitor.core.model import PROVIDER_ONLY, PUBLIC_KEY, Delivery, Event, Monitor, Placement, Scheme, Secret
from monitor.core.sign.body import derived, placed, without
from monitor.core.template import fill, fill_bytes, names, to_bytes

PROBE_HEADER = "X-Webhook-Probe"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
RSA_BYTES = 256  # of the signatures that only a provider can make

Seal = Callable[[str, bytes, bytes], bytes]  # algorithm, key, message → signature


@dataclass(frozen=True, slots=True)
class Hand:
    """Who signs: a secret as text (a token scheme shows it), and its key."""

    text: str
    key: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What proves an event: headers, the body as it is sent, the URL, and the literal proofs in them."""

    headers: tuple[tuple[str, str], ...]
    body: bytes
    url: str
    proofs: tuple[str, ...]


def symmetric(algorithm: str, key: bytes, message: bytes) -> bytes:
    """Seal with an HMAC. What needs a private key is sealed by the door to cryptography."""
    return hmac.new(key, message, getattr(hashlib, algorithm)).digest()


def hand_of(scheme: Scheme, secret: Secret) -> Hand:
    return Hand(secret.reveal(), key_bytes(scheme, secret.reveal()))


def prove(event: Event, monitor: Monitor, hands: tuple[Hand, ...], *, at: datetime, seal: Seal) -> Proof:
    """Sign with each hand: ``{sigs}`` has room for all, ``{sig}`` for the first, the current one."""
    scheme = monitor.provider.scheme
    common = _common(event, monitor, at)
    body = placed(event.body, _before(scheme), common)
    url = with_query(monitor.url, scheme, body)
    message = fill_bytes(scheme.message, _raw({**common, "url": url}) | derived(scheme.message, body))
    signatures = tuple(_signature(scheme, hand, message, seal) for hand in hands)
    return _assembled(scheme, {**common, "url": url}, (body, url), hands, signatures)


def garbled(event: Event, monitor: Monitor, *, at: datetime, garbage: str) -> Proof:
    """Return a proof with garbage in place of every signature."""
    scheme, common = monitor.provider.scheme, _common(event, monitor, at)
    body = placed(event.body, _before(scheme), common)
    url = with_query(monitor.url, scheme, body)
    return _assembled(scheme, {**common, "url": url}, (body, url), (Hand(garbage, b""),), (garbage,))


def stripped(proof: Proof, scheme: Scheme) -> Proof:
    """Return the proof without what proves: those headers, and those values of the body, are left out."""
    proofs = {name for name, template in scheme.headers if names(template) & SIGNS}
    return replace(
        proof,
        headers=tuple(header for header in proof.headers if header[0] not in proofs),
        body=without(proof.body, tuple(place.path for place in _after(scheme))),
    )


def deliver(event: Event, monitor: Monitor, proof: Proof, *, traceparent: str) -> Delivery:
    """Return the request as it is sent: the provider's headers, the proof, our mark, the operator's own."""
    provider = monitor.provider
    named = {"id": event.id, "type": event.type, "time": f"{event.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"}
    headers = (
        ("Content-Type", event.content_type),
        ("User-Agent", provider.user_agent),
        *((name, fill(template, named)) for name, template in provider.headers),
        *proof.headers,
        (PROBE_HEADER, monitor.id),
        ("traceparent", traceparent),
    )
    return Delivery(
        event_id=event.id,
        method=monitor.method,
        url=proof.url,
        headers=with_own(headers, monitor),
        body=proof.body,
        timeout=monitor.timeout,
        hidden=hidden_of(monitor, proof.proofs),
        connect_to=monitor.connect_to,
        tls=monitor.tls,
        reuse_connection=monitor.reuse_connection,
    )


def with_own(headers: tuple[tuple[str, str], ...], monitor: Monitor) -> tuple[tuple[str, str], ...]:
    """Add the operator's own headers; they win over ours."""
    theirs = {name.lower() for name, _ in monitor.headers}
    return tuple(header for header in headers if header[0].lower() not in theirs) + monitor.headers


def hidden_of(monitor: Monitor, proofs: tuple[str, ...]) -> tuple[str, ...]:
    """Secrets, what was made of them, and the key inside an encoded secret, without its prefix and in hex."""
    token = (monitor.verify_token,) if monitor.verify_token else ()
    known = [secret.reveal() for secret in (*monitor.secrets, *monitor.hidden, *token)]
    scheme = monitor.provider.scheme
    if scheme.key != "utf8":
        known += [secret.reveal().removeprefix("whsec_").removeprefix("whsk_") for secret in monitor.secrets]
        known += [key_bytes(scheme, secret.reveal()).hex() for secret in monitor.secrets]
    return tuple(text for text in dict.fromkeys((*known, *proofs)) if text)


def timestamp(scheme: Scheme, at: datetime) -> str:
    """Return the instant as the scheme writes it; empty where it has none."""
    utc = at.astimezone(UTC) - scheme.backdate
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


def with_query(url: str, scheme: Scheme, body: bytes) -> str:
    """Return the URL with the parameters that the scheme adds before signing."""
    if not scheme.query:
        return url
    parts = urlsplit(url)
    added = [f"{name}={fill_bytes(value, derived(value, body)).decode()}" for name, value in scheme.query]
    return urlunsplit(parts._replace(query="&".join([*([parts.query] if parts.query else []), *added])))


def _common(event: Event, monitor: Monitor, at: datetime) -> dict[str, str]:
    return {
        "id": event.id,
        "type": event.type,
        "timestamp": timestamp(monitor.provider.scheme, at),
        "method": monitor.method,
        "content_type": event.content_type,
        "key_id": monitor.key_id,
        "nonce": hashlib.sha256(to_bytes(event.id)).hexdigest()[:50],
    }


def _assembled(
    scheme: Scheme,
    common: Mapping[str, str],
    sent: tuple[bytes, str],
    hands: tuple[Hand, ...],
    signatures: tuple[str, ...],
) -> Proof:
    body, url = sent
    token = hands[0].text if hands else ""
    values = {
        **common,
        **{name: value.decode("utf-8", "replace") for name, value in _of_body(scheme, body).items()},
        "sig": signatures[0] if signatures else "",
        "sigs": scheme.joiner.join(fill(scheme.item, {**common, "sig": one}) for one in signatures),
        "secret": token,
        **{f"sig{place}": one for place, one in enumerate(signatures, 1) if place > 1},
    }
    absent = {"sig2", "sig3"} - values.keys()  # there is no such second or third secret
    return Proof(
        headers=tuple(
            (name, fill(template, values))
            for name, template in scheme.headers
            if not names(template) & absent
        ),
        body=placed(body, _after(scheme), values),
        url=url,
        proofs=(token, *signatures),
    )


def _of_body(scheme: Scheme, body: bytes) -> dict[str, bytes]:
    """What header templates want to know of the body; a body itself never goes into a header."""
    templates = " ".join(template for _, template in scheme.headers)
    return {name: value for name, value in derived(templates, body).items() if name != "body"}


def _signature(scheme: Scheme, hand: Hand, message: bytes, seal: Seal) -> str:
    if scheme.hash is None:
        return hand.text
    if scheme.hash == PROVIDER_ONLY:
        digest = b"".join(hmac.digest(hand.key, bytes([turn]), "sha512") for turn in range(4))[:RSA_BYTES]
    elif scheme.hash in PUBLIC_KEY:
        digest = seal(scheme.hash, hand.key, message)
    else:
        digest = symmetric(scheme.hash, hand.key, message)
    return digest.hex() if scheme.digest == "hex" else base64.b64encode(digest).decode()


def _before(scheme: Scheme) -> tuple[Placement, ...]:
    return tuple(place for place in scheme.body if not names(place.template) & SIGNS)


def _after(scheme: Scheme) -> tuple[Placement, ...]:
    return tuple(place for place in scheme.body if names(place.template) & SIGNS)


def _raw(values: Mapping[str, str]) -> dict[str, bytes]:
    return {name: to_bytes(value) for name, value in values.items()}
