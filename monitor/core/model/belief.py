"""What we hold to be true of a check, and how that changed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from monitor.core.model.handling import IncidentEvent, Joined
from monitor.core.model.hushing import Held
from monitor.core.model.probe import Result
from monitor.core.model.telling import Alert
from monitor.core.model.words import Check, Closing, Reason, Severity, Status


class CheckKey(NamedTuple):
    """Which check of which monitor."""

    monitor: str
    check: Check


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What we believe of one check, after thresholds. A new check is believed nothing: UNKNOWN.

    ``settled`` is the last status that thresholds confirmed (UP, DEGRADED, DOWN, or UNKNOWN before any);
    ``status`` differs from it only while we are blind. ``since`` dates ``status`` from its first probe.
    ``failures`` and ``successes`` count the current streak; unknown results break neither.
    """

    status: Status = Status.UNKNOWN
    settled: Status = Status.UNKNOWN
    reason: Reason | None = None
    since: datetime | None = None
    failures: int = 0
    successes: int = 0
    slow: int = 0  # acknowledged, but past the warning share, in a row
    streak_started_at: datetime | None = None  # the first probe of the current streak
    recent: str = ""  # the last 20 scheduled probes, oldest first: "." good, "x" failed
    last_result_at: datetime | None = None  # start of the last probe that told us something
    last_good_at: datetime | None = None
    last_verdict: Reason | None = None  # of the last probe, believed or not
    settled_reason: Reason | None = None  # of ``settled``: outlives the blindness that ``reason`` tells of
    held_until: datetime | None = None  # we were asked to stay away until then, or thought it better
    changed_at: tuple[datetime, ...] = ()  # its last few changes between good and bad, oldest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """A change of status. ``at`` is when it began (its first probe), ``known_at`` when we were sure."""

    monitor: str
    check: Check
    at: datetime
    known_at: datetime
    status: Status
    previous: Status
    reason: Reason | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One check's part in an incident: from the first failing probe of a confirmed failure to its recovery.

    Parts of one cause share a number (``core.incidents``). It may begin and end with milder times;
    ``down_since`` and ``down_until`` enclose those in which the check was down.
    """

    number: int
    monitor: str
    check: Check
    started_at: datetime
    confirmed_at: datetime
    severity: Severity
    reason: Reason
    message: str  # what the confirming probe showed, in words
    diagnosis: str = ""  # what it said beside another probe, if anything
    failures: int = 0  # failing probes so far
    last_good_at: datetime | None = None  # before it was down, or before it began where it never was
    down_since: datetime | None = None  # the first failing probe of the (first) outage in it
    down_until: datetime | None = None  # the first acknowledgement, where a milder time followed
    unmeasured: timedelta = timedelta(0)  # of its time, how much nobody saw
    told: tuple[str, ...] = ()  # notifiers that heard of it: they hear its end, too
    told_at: datetime | None = None  # its first alarm
    reminded_at: datetime | None = None  # the last time it was told again
    flapping_since: datetime | None = (
        None  # it fails and recovers again and again, and nobody is told each time
    )
    changes: int = 0  # between good and bad, since it flaps or while it did
    held: Held | None = None  # news that nobody was told yet, or (once it is over) ever
    joined: Joined | None = None  # why it shares the number of another; None: it was the first
    certificate_expires_at: datetime | None = None  # of the listener's chain, as far as it was seen
    ended_at: datetime | None = None
    closing: Closing | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One unit of work: what is written together, or not at all.

    ``renames`` (old id, new id) and ``merges`` (incident, into which) stand alone: what was recorded before
    them is under the old ids, what comes after them under the new ones.
    """

    result: Result | None = None
    key: CheckKey | None = None
    health: Health | None = None
    transitions: tuple[Transition, ...] = ()
    incident: Incident | None = None
    happened: tuple[IncidentEvent, ...] = ()
    alerts: tuple[Alert, ...] = ()
    renames: tuple[tuple[str, str], ...] = ()
    merges: tuple[tuple[int, int], ...] = ()
