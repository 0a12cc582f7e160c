"""What the outbox needs of the world, as callables and the store's shelf."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from monitor.core.model import Alert, Config, Message, NotifierHealth, QueuedAlert, Record

Send = Callable[[str, Message], Awaitable[str]]
Duty = Callable[[], Awaitable[None]]


class Shelf(Protocol):
    """What the outbox needs of the store."""

    async def claim(
        self, notifier: str, *, now: datetime, lease: timedelta, limit: int = ...
    ) -> tuple[QueuedAlert, ...]: ...

    async def depart(self, keys: Collection[str], *, at: datetime) -> None: ...

    async def settle(self, keys: Collection[str], *, at: datetime) -> None: ...

    async def postpone(
        self, keys: Collection[str], *, due_at: datetime, error: str, left_at: datetime | None = ...
    ) -> None: ...

    async def put_back(self, keys: Collection[str], *, due_at: datetime) -> None: ...

    async def hasten(self, notifier: str, *, at: datetime) -> None: ...

    async def hand_over(
        self, keys: Collection[str], others: Sequence[Alert], *, at: datetime, error: str
    ) -> None: ...

    async def give_up(self, keys: Collection[str], *, at: datetime, error: str) -> None: ...

    async def note(self, health: NotifierHealth) -> None: ...

    async def health(self, notifier: str) -> NotifierHealth: ...

    def record(self, record: Record) -> None: ...

    async def give_up_unserved(
        self, served: Collection[str], *, made_before: datetime, at: datetime, error: str
    ) -> None: ...

    async def next_due(self, notifier: str) -> datetime | None: ...

    def unwritten_alerts(self, older_than: timedelta) -> tuple[Alert, ...]: ...

    def sent_unwritten(self, keys: Sequence[str], at: datetime) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What the lines share of the world."""

    store: Shelf
    send: Send
    config: Callable[[], Config]
    now: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]]
    jitter: Callable[[], float]
    observe: Callable[[str, str, float], None]
