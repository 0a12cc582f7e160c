"""What was, as the API shows it."""

from datetime import datetime

from monitor.core.model import Check, Closing, Reason, Severity, Status
from monitor.web.api.shapes.base import shape


@shape
class TransitionShown:
    """A change of status of one check."""

    monitor: str
    check: Check
    at: datetime
    """When it began: the first probe that showed it."""
    known_at: datetime
    """When thresholds had confirmed it."""
    status: Status
    previous: Status
    reason: Reason | None


@shape
class ConsequencesShown:
    """What becomes of real events, from what is known of the provider and from the measured outage."""

    text: str
    """In words; while it is open, as of now."""
    events_at_risk: int | None
    """About how many real events failed, by the `volume` of the monitor; null without one."""
    lost_since: datetime | None
    """From when on events do not come again by themselves; null where none is lost, or nobody knows."""
    resend_until: datetime | None
    """When, at the latest, what failed first is sent again for the last time; null where nobody knows."""


@shape
class IncidentShown:
    """From the first failing probe of a confirmed failure to the first good one of its recovery."""

    number: int
    monitor: str
    check: Check
    finding: bool
    """True: about safety; it touches neither status nor uptime, and no public page shows it."""
    severity: Severity
    reason: Reason
    message: str
    """What the confirming probe showed."""
    diagnosis: str | None
    """What that probe said beside a second one: verification is off, or another secret is accepted."""
    meaning: str
    """What the reason means for real events."""
    first: str
    """What to do first."""
    consequences: ConsequencesShown | None
    """Null where no event is lost (slow, flaky, a finding), or nothing is known of the provider."""
    started_at: datetime
    confirmed_at: datetime
    last_good_at: datetime | None
    ended_at: datetime | None
    """Null while it is open."""
    closing: Closing | None
    """Why it ended."""
    duration_seconds: float
    unmeasured_seconds: float
    """Up to its end, or to now."""
    failures: int
    """Failing probes so far."""
    measured: bool
    """False: it is open, but nothing has been measured lately, so nobody knows."""


@shape
class SecondsShown:
    """How long each status lasted, in seconds."""

    up: float
    degraded: float
    down: float
    maintenance: float
    unknown: float


@shape
class UptimeShown:
    """The share of measured time in which real events were accepted."""

    monitor: str
    from_: datetime
    to: datetime
    """Never later than now."""
    uptime: float | None
    """0 to 1; null if nothing was measured."""
    coverage: float
    """0 to 1: how much of the time, maintenance apart, was measured."""
    seconds: SecondsShown
    method: str
    """How the number is made."""


@shape
class LatencyShown:
    """How long listeners took to answer the probes of one check."""

    monitor: str
    check: Check
    from_: datetime
    to: datetime
    count: int
    """The probes it is made of."""
    p50_seconds: float | None
    p90_seconds: float | None
    p95_seconds: float | None
    p99_seconds: float | None
    method: str
    """How the numbers are made."""


@shape
class HourShown:
    """How many real events were reported in one hour."""

    start: datetime
    count: int


@shape
class EventsShown:
    """How many real events were reported, by the hour. Hours without any are left out."""

    monitor: str
    from_: datetime
    to: datetime
    count: int
    """All of them together."""
    hours: tuple[HourShown, ...]
