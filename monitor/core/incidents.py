"""The incident that people see: all parts of one number, and what people made of it. And what shares a cause.

A check that fails joins an incident that is open already if both share a trait, and if it may have begun to
fail while that incident was still spreading: its last good probe is no later than five minutes after the last
check of the incident began to fail. Shared traits, the first that applies:

| trait              | shared by                                                                            |
|--------------------|--------------------------------------------------------------------------------------|
| failed again       | a check and the incident it took part in, which somebody has reopened                |
| same host          | listeners on one host (on this machine: host and port) that fail in ways of one kind |
| same parent        | a monitor and what it depends on; two that depend on the same                        |
| same certificate   | certificates that end at the same instant, or refused handshakes because of them     |
| own network        | what began to fail while our own network was away                                    |

Findings never join: they are about safety, each is a case of its own, and none may become public. Neither
does what our own probes brought about.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from monitor.core.host import host_of
from monitor.core.incident import LOUDNESS
from monitor.core.model import (
    AVAILABILITY,
    Check,
    Closing,
    Handling,
    Happened,
    Incident,
    IncidentEvent,
    Joined,
    Monitor,
    Reason,
    Severity,
)

SPREADING = timedelta(minutes=5)  # after the last check of an incident began to fail
# Ways of failing that one broken host shows at its listeners, beside each other.
KINDS = (
    frozenset(
        {
            Reason.DNS,
            Reason.CONNECT,
            Reason.TLS,
            Reason.TIMEOUT,
            Reason.PROTOCOL,
            Reason.SERVER_ERROR,
            Reason.RATE_LIMITED,
            Reason.SLOW,
        }
    ),
    frozenset({Reason.LATE, Reason.NOT_PROCESSED, Reason.PROCESSING_FAILED}),
    frozenset({Reason.CERTIFICATE_EXPIRING, Reason.CERTIFICATE_EXPIRED}),
)
SEEN_ELSEWHERE = frozenset({Check.HEARTBEAT, Check.TRAFFIC, Check.PROVIDER})  # it says nothing of a host
OF_CERTIFICATES = frozenset({Reason.CERTIFICATE_EXPIRING, Reason.CERTIFICATE_EXPIRED, Reason.TLS})


@dataclass(frozen=True, slots=True)
class Trait:
    """What failing checks may share. ``lasting``: for as long as the incident is open, not only at first."""

    cause: Joined
    value: str
    lasting: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """One incident as people see it. ``parts`` in the order in which they were confirmed; at least one."""

    number: int
    parts: tuple[Incident, ...]
    handling: Handling = field(default_factory=Handling)

    @property
    def first(self) -> Incident:
        return self.parts[0]

    @property
    def started_at(self) -> datetime:
        return min(part.started_at for part in self.parts)

    @property
    def severity(self) -> Severity:
        """The worst that any part ever was."""
        return max((part.severity for part in self.parts), key=LOUDNESS.index)

    @property
    def failing(self) -> tuple[Incident, ...]:
        return tuple(part for part in self.parts if part.ended_at is None)

    @property
    def ended_at(self) -> datetime | None:
        """When the last part ended; None while one fails, or somebody said that it is not over."""
        if self.failing or self.handling.reopened_at is not None:
            return None
        return max(part.ended_at for part in self.parts if part.ended_at is not None)

    @property
    def closing(self) -> Closing | None:
        """Why it ended: why the last part of it did."""
        if self.ended_at is None:
            return None
        return max(self.parts, key=lambda part: part.ended_at or part.started_at).closing


def gather(parts: Iterable[Incident], happened: Iterable[IncidentEvent] = ()) -> tuple[Gathered, ...]:
    """Return the incidents these are parts of, newest number first."""
    by_number: dict[int, list[Incident]] = {}
    for part in parts:
        by_number.setdefault(part.number, []).append(part)
    lines: dict[int, list[IncidentEvent]] = {}
    for line in happened:
        lines.setdefault(line.number, []).append(line)
    return tuple(
        Gathered(
            number=number,
            parts=tuple(sorted(by_number[number], key=lambda part: (part.confirmed_at, part.started_at))),
            handling=handled(lines.get(number, ())),
        )
        for number in sorted(by_number, reverse=True)
    )


def handled(happened: Sequence[IncidentEvent]) -> Handling:
    """Return what people have made of one incident. What happened under another number is told, not taken."""
    handling = Handling()
    for line in happened:
        if line.origin == line.number:
            handling = after(handling, line)
    return handling


def after(handling: Handling, line: IncidentEvent) -> Handling:
    """Return what one more line makes of it."""
    return replace(handling, **_changes(line))


def _changes(line: IncidentEvent) -> dict[str, Any]:
    makes: dict[Happened, dict[str, Any]] = {
        Happened.ACKNOWLEDGED: {"acknowledged_at": line.at, "acknowledged_by": line.who},
        Happened.ASSIGNED: {"assignee": line.words},
        Happened.RESOLVED: {"resolved_at": line.at, "resolved_by": line.who, "reopened_at": None},
        Happened.REOPENED: {"reopened_at": line.at, "resolved_at": None, "resolved_by": ""},
        Happened.ENDED: {"acknowledged_at": None, "acknowledged_by": ""},
        Happened.MERGED_INTO: {"merged_into": line.other},
        Happened.POST_MORTEM: {"post_mortem": line.words, "post_mortem_public": line.public},
    }
    return makes.get(line.kind, {})


def may_join(part: Incident) -> bool:
    """Return whether it may share an incident with others at all."""
    return part.check in AVAILABILITY and part.reason is not Reason.OWN_FAULT


def sought(part: Incident, monitor: Monitor, blind_since: datetime | None) -> tuple[Trait, ...]:
    """Return what would make a check that begins to fail part of an open incident, the strongest first.

    ``blind_since`` is when our own network went away, if this began to fail while it was.
    """
    if not may_join(part):
        return ()
    return (
        Trait(Joined.REOPENED, f"{part.monitor} {part.check}", lasting=True),
        *_host(part, monitor),
        *(Trait(Joined.PARENT, f"{parent} fails", lasting=True) for parent in monitor.depends_on),
        *(Trait(Joined.PARENT, f"needs {parent}") for parent in (*monitor.depends_on, part.monitor)),
        *_certificate(part),
        *_network(blind_since),
    )


def shown(part: Incident, monitor: Monitor, blind_since: datetime | None) -> tuple[Trait, ...]:
    """Return what a failing check shows to those that fail after it."""
    if not may_join(part):
        return ()
    return (
        *_host(part, monitor),
        Trait(Joined.PARENT, f"{part.monitor} fails"),
        *(Trait(Joined.PARENT, f"needs {parent}") for parent in monitor.depends_on),
        *_certificate(part),
        *_network(blind_since),
    )


def held_open(part: Incident) -> Trait:
    """Return what a check of a reopened incident shows: if it fails again, that is where it belongs."""
    return Trait(Joined.REOPENED, f"{part.monitor} {part.check}")


def _host(part: Incident, monitor: Monitor) -> tuple[Trait, ...]:
    host = "" if part.check in SEEN_ELSEWHERE else host_of(monitor)
    return (Trait(Joined.HOST, f"{host} {kind_of(part.reason)}"),) if host else ()


def _certificate(part: Incident) -> tuple[Trait, ...]:
    ends = part.certificate_expires_at if part.reason in OF_CERTIFICATES else None
    return (Trait(Joined.CERTIFICATE, ends.isoformat()),) if ends else ()


def _network(blind_since: datetime | None) -> tuple[Trait, ...]:
    return (Trait(Joined.NETWORK, blind_since.isoformat()),) if blind_since else ()


def kind_of(reason: Reason) -> str:
    """Name the ways of failing that this one is among; one that is among none stands for itself."""
    return next((" ".join(sorted(kind)) for kind in KINDS if reason in kind), reason.value)


def may_share(part: Incident, last_started_at: datetime) -> bool:
    """Return whether this may have begun to fail while an incident was still spreading."""
    began_after = min(part.last_good_at or part.started_at, part.started_at)
    return began_after <= last_started_at + SPREADING
