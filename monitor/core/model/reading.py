"""What is read back: history from the store, and the picture the owner holds in memory."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor.core.model.belief import CheckKey, Health, Incident
from monitor.core.model.handling import Handling, IncidentEvent
from monitor.core.model.heartbeat import Events, Pulse
from monitor.core.model.hushing import Occurrence, Silence
from monitor.core.model.monitor import Config
from monitor.core.model.probe import Result
from monitor.core.model.receipt import Receipt
from monitor.core.model.telling import Alert, AlertState


@dataclass(frozen=True, slots=True, kw_only=True)
class Recollection:
    """What the owner needs to go on where the last one stopped."""

    healths: Mapping[CheckKey, Health]
    open_incidents: Mapping[CheckKey, Incident]
    last_incident: int  # the highest number given so far; 0 for none
    measured_until: datetime | None
    in_maintenance: Mapping[CheckKey, datetime] = field(default_factory=dict)  # and since when
    ended_parts: tuple[Incident, ...] = ()  # of incidents that are open: what of them is over
    happened: tuple[IncidentEvent, ...] = ()  # to incidents that are open, oldest first
    pulses: Mapping[str, Pulse] = field(default_factory=dict)
    events: tuple[Events, ...] = ()  # real ones of the last weeks, by the minute, oldest first
    refused: tuple[Result, ...] = ()  # of the last day, oldest first: what was answered with an error
    receipts: tuple[Receipt, ...] = ()  # of the last day, oldest first; of very many the latest


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What the owner knows now: cheap to take, never changed afterwards."""

    config: Config
    healths: Mapping[CheckKey, Health]
    last_results: Mapping[CheckKey, Result]
    open_incidents: Mapping[CheckKey, Incident]
    taken_at: datetime
    maintenance: tuple[Occurrence, ...] = ()  # of each window the time it is open, or the next; soonest first
    silences: tuple[Silence, ...] = ()
    handlings: Mapping[int, Handling] = field(default_factory=dict)  # of open incidents
    pulses: Mapping[str, Pulse] = field(default_factory=dict)  # by monitor, of those that anything calls


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredResult:
    """A result and its place in history. A good result has kept no headers and no body."""

    id: int
    result: Result


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedAlert:
    """An alert in the outbox. ``error`` is the last refusal, in words.

    ``left_at``: it left then, and nobody knows whether it arrived. ``untold``: it is the end of something
    that this notifier never heard of. ``handed_to``: who was told instead. ``revived_at``: somebody wants
    another try.
    """

    alert: Alert
    attempts: int
    due_at: datetime
    sent_at: datetime | None = None
    given_up_at: datetime | None = None
    error: str | None = None
    left_at: datetime | None = None
    untold: bool = False
    handed_to: str | None = None
    handed_at: datetime | None = None
    revived_at: datetime | None = None

    @property
    def state(self) -> AlertState:
        if self.sent_at is not None:
            return AlertState.SENT
        if self.handed_at is not None:
            return AlertState.HANDED_OVER
        return AlertState.WAITING if self.given_up_at is None else AlertState.GIVEN_UP


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifierHealth:
    """How one notifier did, last. ``took``: how long its service needed for the last message that it took.

    ``failing_since``: nothing was taken since then. ``dead_since``: and nothing will be, until somebody
    mends it: a wrong token, a hook that is gone.
    """

    notifier: str
    succeeded_at: datetime | None = None
    took: timedelta | None = None
    failed_at: datetime | None = None
    error: str | None = None
    failing_since: datetime | None = None
    dead_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """The part of the outbox that waits for one notifier."""

    notifier: str
    depth: int
    oldest_at: datetime | None
    given_up: int = 0
    health: NotifierHealth | None = None  # None: nothing was ever sent to it


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """Delivery latencies of a stretch of time. ``buckets`` maps a bucket index to a count;
    bucket i holds latencies in (BASE ** (i - 1), BASE ** i] milliseconds (``core.uptime.bucket``).
    """

    count: int
    buckets: Mapping[int, int]
