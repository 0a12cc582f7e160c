"""What the web is shown of the house: a handful of callables, filled in by ``monitor.app``."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from monitor.core.incidents import Gathered
from monitor.core.model import (
    AlertKind,
    AlertState,
    Check,
    Config,
    Deed,
    Events,
    Incident,
    IncidentEvent,
    Latency,
    Monitor,
    Queue,
    QueuedAlert,
    Receipt,
    Scope,
    Signal,
    Silence,
    Snapshot,
    StoredResult,
    Transition,
    Window,
)
from monitor.core.tokens import Claim, Ticket
from monitor.errors import DatabaseAway, Problem

STANDING_BY = "standing by: another process owns the clock"


class History(Protocol):
    """The reading half of the store. Every method may raise DatabaseAway."""

    async def results(  # noqa: PLR0913  a query in words
        self,
        *,
        monitor: str | None = None,
        check: Check | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        failing: bool = False,
        before: int | None = None,
        limit: int,
    ) -> tuple[StoredResult, ...]:
        """Newest first; ``before`` is the id of the last one already seen."""

    async def transitions(
        self, monitor: str | None, *, start: datetime, end: datetime
    ) -> tuple[Transition, ...]:
        """Oldest first, including for each check the last one at or before ``start``."""

    async def incidents(  # noqa: PLR0913  a query in words
        self,
        *,
        monitor: str | None = None,
        open_only: bool = False,
        start: datetime | None = None,
        end: datetime | None = None,
        before: int | None = None,
        limit: int,
    ) -> tuple[Incident, ...]:
        """All parts of so many incidents, newest number first; ``before`` is the last number already seen."""

    async def incident(self, number: int) -> tuple[Incident, ...]:
        """All parts of one incident, in the order in which they were confirmed; none: there is none."""

    async def happened(self, numbers: Collection[int]) -> tuple[IncidentEvent, ...]:
        """What happened to these incidents, oldest first."""

    async def alerts(  # noqa: PLR0913  a query in words
        self,
        *,
        notifier: str | None = None,
        incident: int | None = None,
        kind: AlertKind | None = None,
        state: AlertState | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        before: int | None = None,
        limit: int,
    ) -> tuple[tuple[int, QueuedAlert], ...]:
        """Newest first, each with its place; ``before`` is the place of the last one already seen."""

    async def latency(self, monitor: str, check: Check, *, start: datetime, end: datetime) -> Latency: ...

    async def real_events(self, monitor: str, *, start: datetime, end: datetime) -> tuple[Events, ...]:
        """By the hour, oldest first; hours without any are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReloadState:
    """How the last attempt to read the configuration went, and when that was."""

    ok: bool
    at: datetime
    problems: tuple[Problem, ...] = ()


class ReceiptDesk(Protocol):
    """Where workers report that events were processed."""

    def read(self, token: str) -> Claim | None:
        """Return what a receipt's token is about; None for one that is not ours."""

    def find(self, key: str, event_id: str) -> Claim | None:
        """Return what is known of an event, for who holds the receipt key of its monitor."""

    def by_get(self, monitor: str) -> bool:
        """Return whether this monitor's receipts may be fetched instead of posted."""

    async def receive(self, receipt: Receipt) -> None:
        """Take a receipt; return once it is durable. Raises StoreError."""


class NoticeBoard(Protocol):
    """Where operators announce work and silence alarms.

    Every method may raise UsageError, in words, and StoreError; those that end something LookupError.
    """

    async def announce(  # noqa: PLR0913  a window in words
        self,
        *,
        name: str,
        scope: Scope,
        start: datetime | None,
        end: datetime | None,
        length: timedelta | None,
        zone: str,
        repeat: str | None,
        public: str | None,
    ) -> Window:
        """Return the window with its number. ``start`` None: now."""

    async def end_window(self, number: int) -> Window:
        """Return what was ended."""

    async def silence(self, *, reason: str, scope: Scope, until: datetime) -> Silence:
        """Return the silence with its number."""

    async def end_silence(self, number: int) -> Silence:
        """Return what was ended."""


class _NoBoard:
    """A process that stands by takes no announcements."""

    async def announce(self, **_: object) -> Window:
        raise DatabaseAway(STANDING_BY)

    async def end_window(self, number: int) -> Window:  # noqa: ARG002  (the protocol's)
        raise DatabaseAway(STANDING_BY)

    async def silence(self, **_: object) -> Silence:
        raise DatabaseAway(STANDING_BY)

    async def end_silence(self, number: int) -> Silence:  # noqa: ARG002  (the protocol's)
        raise DatabaseAway(STANDING_BY)


class _NoDesk:
    """A process that stands by takes no receipts."""

    def read(self, token: str) -> Claim | None:  # noqa: ARG002  (the protocol's)
        return None

    def find(self, key: str, event_id: str) -> Claim | None:  # noqa: ARG002  (the protocol's)
        return None

    def by_get(self, monitor: str) -> bool:  # noqa: ARG002  (the protocol's)
        return False

    async def receive(self, receipt: Receipt) -> None:  # noqa: ARG002  (the protocol's)
        raise DatabaseAway(STANDING_BY)


class Responders(Protocol):
    """What people may do about incidents. Every method may raise StoreError."""

    async def find(self, number: int) -> Gathered:
        """Return an incident, also by the number of one that was merged into it. Raises NotPossible."""

    async def act(self, number: int, deed: Deed) -> Gathered:
        """Do it, and return what the incident is now. Raises NotPossible, in words."""


class _NoResponders:
    """On a process that stands by nobody can act."""

    async def find(self, number: int) -> Gathered:  # noqa: ARG002  (the protocol's)
        raise DatabaseAway(STANDING_BY)

    async def act(self, number: int, deed: Deed) -> Gathered:  # noqa: ARG002  (the protocol's)
        raise DatabaseAway(STANDING_BY)


class Ear(Protocol):
    """Where jobs give signs of life, and listeners report real events."""

    def find(self, token: str) -> Monitor | None:
        """Return whose address this is; None for one that is not ours, or of a monitor that is gone."""

    async def hear(self, monitor: Monitor, signal: Signal) -> None:
        """Take a job's call; return once it is durable. Raises StoreError."""

    async def count(self, events: Events) -> None:
        """Take real events; return once they are durable. Raises StoreError."""


class _NoEar:
    """A process that stands by hears nobody."""

    def find(self, token: str) -> Monitor | None:  # noqa: ARG002  (the protocol's)
        return None

    async def hear(self, monitor: Monitor, signal: Signal) -> None:  # noqa: ARG002  (the protocol's)
        raise DatabaseAway(STANDING_BY)

    async def count(self, events: Events) -> None:  # noqa: ARG002  (the protocol's)
        raise DatabaseAway(STANDING_BY)


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Everything the two sockets may ask.

    ``metrics``  the Prometheus text of this moment
    ``alive``    None while all is well, else what has stalled, in words fit for strangers
    ``receipts``  where workers report
    ``responders``  what people do about incidents
    ``ticket``   what the token in a link of an alert is good for; None for one that is not ours
    ``board``    where operators announce work and silence alarms
    ``retry``    try again what was given up (None: all of it); returns the keys of what was
    ``heartbeats``  where jobs and listeners call
    ``ready``    None when this process does its job, else why not, in words fit for strangers
    """

    snapshot: Callable[[], Snapshot]
    history: History
    metrics: Callable[[], Awaitable[bytes]]
    now: Callable[[], datetime]
    alive: Callable[[], str | None]
    ready: Callable[[], str | None]
    queues: Callable[[], Awaitable[tuple[Queue, ...]]]
    reload_state: Callable[[], ReloadState]
    retry: Callable[[Collection[str] | None], Awaitable[tuple[str, ...]]]
    receipts: ReceiptDesk = field(default_factory=_NoDesk)
    responders: Responders = field(default_factory=_NoResponders)
    ticket: Callable[[str], Ticket | None] = lambda _: None
    board: NoticeBoard = field(default_factory=_NoBoard)
    heartbeats: Ear = field(default_factory=_NoEar)
    standby: bool = False

    @classmethod
    def standing_by(cls, *, now: Callable[[], datetime]) -> "House":
        """Return the house of a process that waits for its turn: alive, not ready, with nothing to show."""
        since = now()
        return cls(
            snapshot=lambda: _empty(now()),
            history=_NoHistory(),
            metrics=_nothing,
            now=now,
            alive=lambda: None,
            ready=lambda: STANDING_BY,
            queues=_no_queues,
            reload_state=lambda: ReloadState(ok=True, at=since),
            retry=_no_retry,
            standby=True,
        )


def _empty(at: datetime) -> Snapshot:
    return Snapshot(config=Config(), healths={}, last_results={}, open_incidents={}, taken_at=at)


async def _nothing() -> bytes:
    return b""


async def _no_retry(_: Collection[str] | None) -> tuple[str, ...]:
    raise DatabaseAway(STANDING_BY)


async def _no_queues() -> tuple[Queue, ...]:
    return ()


class _NoHistory:
    """What a process that stands by can tell of the past."""

    async def results(self, **_: object) -> tuple[StoredResult, ...]:
        raise DatabaseAway(STANDING_BY)

    async def transitions(self, monitor: str | None, **_: object) -> tuple[Transition, ...]:  # noqa: ARG002  (the protocol's)
        raise DatabaseAway(STANDING_BY)

    async def incidents(self, **_: object) -> tuple[Incident, ...]:
        raise DatabaseAway(STANDING_BY)

    async def incident(self, number: int) -> tuple[Incident, ...]:  # noqa: ARG002  (the protocol's)
        raise DatabaseAway(STANDING_BY)

    async def happened(self, numbers: Collection[int]) -> tuple[IncidentEvent, ...]:  # noqa: ARG002  (the protocol's)
        raise DatabaseAway(STANDING_BY)

    async def alerts(self, **_: object) -> tuple[tuple[int, QueuedAlert], ...]:
        raise DatabaseAway(STANDING_BY)

    async def latency(self, monitor: str, check: Check, **_: object) -> Latency:  # noqa: ARG002  (the protocol's)
        raise DatabaseAway(STANDING_BY)

    async def real_events(self, monitor: str, **_: object) -> tuple[Events, ...]:  # noqa: ARG002  (the protocol's)
        raise DatabaseAway(STANDING_BY)
