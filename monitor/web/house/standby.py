"""What a process that stands by has to show: nothing. Every part of it takes nothing either."""

from collections.abc import Collection
from datetime import datetime

from monitor.core.incidents import Gathered
from monitor.core.model import (
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
    Signal,
    Silence,
    Snapshot,
    StoredResult,
    Transition,
    Window,
)
from monitor.core.tokens import Claim
from monitor.errors import DatabaseAway

STANDING_BY = "standing by: another process owns the clock"


class NoBoard:
    """A process that stands by takes no announcements."""

    async def announce(self, **_: object) -> Window:
        raise DatabaseAway(STANDING_BY)

    async def end_window(self, number: int) -> Window:  # noqa: ARG002  (the protocol's)
        raise DatabaseAway(STANDING_BY)

    async def silence(self, **_: object) -> Silence:
        raise DatabaseAway(STANDING_BY)

    async def end_silence(self, number: int) -> Silence:  # noqa: ARG002  (the protocol's)
        raise DatabaseAway(STANDING_BY)


class NoDesk:
    """A process that stands by takes no receipts."""

    def read(self, token: str) -> Claim | None:  # noqa: ARG002  (the protocol's)
        return None

    def find(self, key: str, event_id: str) -> Claim | None:  # noqa: ARG002  (the protocol's)
        return None

    def by_get(self, monitor: str) -> bool:  # noqa: ARG002  (the protocol's)
        return False

    async def receive(self, receipt: Receipt) -> None:  # noqa: ARG002  (the protocol's)
        raise DatabaseAway(STANDING_BY)


class NoResponders:
    """On a process that stands by nobody can act."""

    async def find(self, number: int) -> Gathered:  # noqa: ARG002  (the protocol's)
        raise DatabaseAway(STANDING_BY)

    async def act(self, number: int, deed: Deed) -> Gathered:  # noqa: ARG002  (the protocol's)
        raise DatabaseAway(STANDING_BY)


class NoEar:
    """A process that stands by hears nobody."""

    def find(self, token: str) -> Monitor | None:  # noqa: ARG002  (the protocol's)
        return None

    async def hear(self, monitor: Monitor, signal: Signal) -> None:  # noqa: ARG002  (the protocol's)
        raise DatabaseAway(STANDING_BY)

    async def count(self, events: Events) -> None:  # noqa: ARG002  (the protocol's)
        raise DatabaseAway(STANDING_BY)


class NoHistory:
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


def empty(at: datetime) -> Snapshot:
    return Snapshot(config=Config(), healths={}, last_results={}, open_incidents={}, taken_at=at)


async def nothing() -> bytes:
    return b""


async def no_retry(_: Collection[str] | None) -> tuple[str, ...]:
    raise DatabaseAway(STANDING_BY)


async def no_queues() -> tuple[Queue, ...]:
    return ()
