"""Addresses that cannot be guessed: one key of the house, one key derived from it for each purpose.

A receipt's token is ``<what it is about>.<HMAC>``. The kind of probe is in the HMAC alone: a listener that
could read there that an event is a test of forgeries could pass the test by reading. To refuse a token takes
no look-up, only the key.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from monitor.core.model import HOSTILE, Check, Secret

RECEIPT_LIFE = timedelta(hours=24)
NO_SUCH_ADDRESS = "there is no such receipt address"  # the answer to a token that is not ours
TICKET_LIFE = timedelta(hours=24)
MAC_BYTES = 18
LONGEST = 400  # characters of a token: an id of 100, an event id, a time, an HMAC
SENT_AS = (
    Check.DELIVERY,
    Check.DUPLICATE,
    Check.FIDELITY,
    Check.ROTATION,
    *sorted(HOSTILE),
)  # what an event can be


class Purpose(StrEnum):
    """What a key is derived for. A token for one is worth nothing for another."""

    RECEIPT = "receipt"
    BY_ID = "receipt-by-id"
    HEARTBEAT = "heartbeat"
    TICKET = "ticket"  # a link in an alert


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a receipt's token says: this event of this monitor, sent then, as that kind of probe."""

    monitor: str
    event_id: str
    kind: Check
    sent_at: datetime


class Action(StrEnum):
    """What a link in an alert does."""

    ACKNOWLEDGE = "acknowledge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What a link in an alert is good for: one action on one incident, sent to one notifier then."""

    action: Action
    incident: int
    notifier: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys of the house: the first signs, all verify, so that they can be rotated.

    What is derived of them is derived once: thousands of tokens may be read in a second.
    """

    keys: tuple[Secret, ...]
    _derived: Mapping[Purpose, tuple[bytes, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        derived = {purpose: tuple(_derived(key, purpose) for key in self.keys) for purpose in Purpose}
        object.__setattr__(self, "_derived", derived)

    def derived(self, purpose: Purpose) -> tuple[bytes, ...]:
        return self._derived[purpose]


def receipt_token(keyring: Keyring, claim: Claim) -> str:
    """Return the token for one event's receipt address."""
    about = _about(claim)
    key = keyring.derived(Purpose.RECEIPT)[0]
    return f"{_text(about)}.{_text(_mac(key, about, claim.kind))}"


def read_receipt(keyring: Keyring, token: str, now: datetime) -> Claim | None:
    """Return what a token is about; None for one that is not ours, or too old. Never raises."""
    about, mac = _parts(token)
    if not mac:
        return None
    for key in keyring.derived(Purpose.RECEIPT):
        for kind in SENT_AS:
            if hmac.compare_digest(_mac(key, about, kind), mac):
                claim = _claim(about, kind)
                fresh = claim is not None and now - claim.sent_at <= RECEIPT_LIFE
                return claim if fresh else None
    return None


def ticket_token(keyring: Keyring, ticket: Ticket) -> str:
    """Return the token in a link of an alert."""
    seconds = str(int(ticket.made_at.timestamp()))
    about = "\n".join((ticket.action, str(ticket.incident), seconds, ticket.notifier)).encode()
    return f"{_text(about)}.{_text(_proof(keyring.derived(Purpose.TICKET)[0], about))}"


def read_ticket(keyring: Keyring, token: str) -> Ticket | None:
    """Return what a link is good for, however old; None for one that is not ours. Never raises."""
    about, mac = _parts(token)
    keys = keyring.derived(Purpose.TICKET) if mac else ()
    if not any(hmac.compare_digest(_proof(key, about), mac) for key in keys):
        return None
    action, incident, seconds, notifier = about.decode().split("\n", 3)
    return Ticket(
        action=Action(action),
        incident=int(incident),
        notifier=notifier,
        made_at=datetime.fromtimestamp(int(seconds), UTC),
    )


def by_id_key(keyring: Keyring, monitor: str) -> str:
    """Return the key with which the workers of one monitor may report receipts by event id."""
    key = keyring.derived(Purpose.BY_ID)[0]
    return _text(hmac.digest(key, monitor.encode(), "sha256")[:MAC_BYTES])


def opens_by_id(keyring: Keyring, monitor: str, given: str) -> bool:
    """Return whether this is the key of that monitor, made with any key of the house."""
    raw = given.encode("utf-8", "replace")
    return any(
        hmac.compare_digest(_text(hmac.digest(key, monitor.encode(), "sha256")[:MAC_BYTES]).encode(), raw)
        for key in keyring.derived(Purpose.BY_ID)
    )


def heartbeat_token(keyring: Keyring, monitor: str) -> str:
    """Return the token of the address that a monitor's job, or its listener, calls. It does not expire."""
    key = keyring.derived(Purpose.HEARTBEAT)[0]
    return f"{_text(monitor.encode())}.{_text(_mac_of(key, monitor.encode()))}"


def read_heartbeat(keyring: Keyring, token: str) -> str | None:
    """Return whose address this is; None for one that is not ours. Never raises."""
    about, mac = _parts(token)
    keys = keyring.derived(Purpose.HEARTBEAT)
    if not mac or not any(hmac.compare_digest(_mac_of(key, about), mac) for key in keys):
        return None
    return about.decode()


def _derived(key: Secret, purpose: Purpose) -> bytes:
    return hmac.digest(key.reveal().encode(), f"webhook-monitor/{purpose}/1".encode(), "sha256")


def _about(claim: Claim) -> bytes:
    return "\n".join((claim.monitor, claim.event_id, str(int(claim.sent_at.timestamp())))).encode()


def _claim(about: bytes, kind: Check) -> Claim | None:
    monitor, event_id, seconds = about.decode().split("\n")
    return Claim(
        monitor=monitor, event_id=event_id, kind=kind, sent_at=datetime.fromtimestamp(int(seconds), UTC)
    )


def _mac_of(key: bytes, about: bytes) -> bytes:
    return hmac.digest(key, about, "sha256")[:MAC_BYTES]


def _mac(key: bytes, about: bytes, kind: Check) -> bytes:
    return _proof(key, about + b"\n" + kind.encode())


def _proof(key: bytes, about: bytes) -> bytes:
    return hmac.digest(key, about, "sha256")[:MAC_BYTES]


def _parts(token: str) -> tuple[bytes, bytes]:
    about, _, mac = token.partition(".")
    if len(token) > LONGEST or not token.isascii():
        return b"", b""
    try:
        return _bytes(about), _bytes(mac)
    except ValueError:
        return b"", b""


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
