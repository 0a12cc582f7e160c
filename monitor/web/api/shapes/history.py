"""What was, as the API shows it."""

from datetime import datetime

from monitor.core.model import Check, Reason, Status
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
