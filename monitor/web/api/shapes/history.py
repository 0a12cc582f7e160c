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
    meaning: str
    """What becomes of real events."""
    first: str
    """What to do first."""
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
