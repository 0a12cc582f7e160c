"""What the web is shown of the house: a handful of callables, filled in by ``monitor.app``."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from monitor.core.model import (
    AlertKind,
    AlertState,
    Check,
    Config,
    Events,
    Incident,
    Latency,
    Monitor,
    Queue,
    QueuedAlert,
    Receipt,
    Signal,
    Snapshot,
    StoredResult,
    Transition,
)
from monitor.core.tokens import Claim
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
        """Newest first by number; ``before`` is the number of the last one already seen."""

    async def incident(self, number: int) -> Incident | None: ...

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

    async def incident(self, number: int) -> Incident | None:  # noqa: ARG002  (the protocol's)
        raise DatabaseAway(STANDING_BY)

    async def alerts(self, **_: object) -> tuple[tuple[int, QueuedAlert], ...]:
        raise DatabaseAway(STANDING_BY)

    async def latency(self, monitor: str, check: Check, **_: object) -> Latency:  # noqa: ARG002  (the protocol's)
        raise DatabaseAway(STANDING_BY)

    async def real_events(self, monitor: str, **_: object) -> tuple[Events, ...]:  # noqa: ARG002  (the protocol's)
        raise DatabaseAway(STANDING_BY)
