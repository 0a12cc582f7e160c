"""Heartbeats and real events: what calls us from outside, how often it should, and what was heard."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from monitor.core.model.secret import Secret


class Sign(StrEnum):
    """What a job says of itself. An exit status is a success (0) or a failure."""

    START = "start"
    SUCCESS = "success"
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One call of a job. ``note`` is what it sent along: short, harmless, without the address itself."""

    monitor: str
    sign: Sign
    at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cron:
    """Five fields as crontab has them, and the IANA time zone that they are meant in."""

    expression: str
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeartbeatPlan:
    """When a job is to call: every so often, or on a cron; ``grace``: how much later is still in time.

    A run that has started has as long to end.
    """

    rhythm: timedelta | Cron
    grace: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietTime:
    """Times in which no traffic is expected: on these days (Monday is 0), between these hours.

    ``until`` at or before ``start`` is of the next day; both at midnight: all day.
    """

    days: frozenset[int] = frozenset(range(7))
    start: time = time(0)
    until: time = time(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficPlan:
    """How many real events are to be heard of in every ``per`` of the time that is not quiet."""

    at_least: int
    per: timedelta
    quiet: tuple[QuietTime, ...] = ()
    zone: str = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusPlan:
    """Where the provider's own API says whether it still sends; ``token`` can read, and nothing else."""

    endpoint: str
    token: Secret
    api: str  # without a trailing slash


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """What was heard from outside for one monitor, and from when on silence counts.

    ``since``: what came before this instant says nothing of silence: we did not listen, or the plan changed.
    ``deaf_from``: we could not hear from then until ``since``, when something may have called in vain.
    ``heard_at``: the last success, or the last real event. ``events`` counts those, ever.
    """

    monitor: str
    since: datetime
    deaf_from: datetime | None = None
    heard_at: datetime | None = None
    started_at: datetime | None = None  # of a run that has not ended
    failed_at: datetime | None = None  # of the last run, if it failed
    note: str = ""  # of that failure
    events: int = 0

    @property
    def anchor(self) -> datetime:
        """From when on the next call is waited for."""
        return max(self.since, self.heard_at or self.since, self.failed_at or self.since)


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """Real events that were reported together."""

    monitor: str
    at: datetime
    count: int
