"""The outbox's part of the store's door: what waits to be told, and what became of it."""

from collections.abc import Awaitable, Collection, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol, TypeVar

from monitor.core.model import Alert, NotifierHealth, QueuedAlert, Record
from monitor.store import outbox
from monitor.store.threads import Work
from monitor.store.waiting import Waiting
from monitor.store.writer import Writer

T = TypeVar("T")


class Ask(Protocol):
    """Does a piece of work in the database."""

    def __call__(self, work: Work[T]) -> Awaitable[T]: ...


class Shelf:
    """``own`` writes as the owner of the clock. Raises DatabaseAway and NotOwner, as the store does."""

    def __init__(self, *, own: Ask, read: Ask, waiting: Waiting, writer: Writer) -> None:
        self._own = own
        self._read = read
        self._waiting = waiting
        self._writer = writer

    def record(self, record: Record) -> None:
        """Take alerts to be written; never blocks, never raises."""
        self._waiting.put(record)

    def unwritten_alerts(self, older_than: timedelta) -> tuple[Alert, ...]:
        """Return the alerts that have waited for the database for so long: they may leave from memory."""
        return self._waiting.unwritten_alerts(older_than)

    def sent_unwritten(self, keys: Collection[str], at: datetime) -> None:
        """These have left from memory; the outbox will know them as sent."""
        self._waiting.sent_unwritten(keys, at)

    async def claim(
        self, notifier: str, *, now: datetime, lease: timedelta, limit: int = 50
    ) -> tuple[QueuedAlert, ...]:
        """Lease what is due for a notifier, oldest first; none before an earlier one of its incident."""
        return await self._own(partial(outbox.claim, notifier=notifier, now=now, lease=lease, limit=limit))

    async def depart(self, keys: Collection[str], *, at: datetime) -> None:
        """These leave now."""
        await self._own(partial(outbox.depart, keys=keys, at=at))

    async def settle(self, keys: Collection[str], *, at: datetime) -> None:
        """These were taken by their service."""
        await self._own(partial(outbox.settle, keys=keys, at=at))

    async def postpone(
        self, keys: Collection[str], *, due_at: datetime, error: str, left_at: datetime | None = None
    ) -> None:
        """These were not taken (but those that left at ``left_at`` may have been); they are due again."""
        later = partial(outbox.postpone, keys=keys, due_at=due_at, error=error, left_at=left_at)
        await self._own(later)

    async def put_back(self, keys: Collection[str], *, due_at: datetime) -> None:
        """These never left; they are due again."""
        await self._own(partial(outbox.put_back, keys=keys, due_at=due_at))

    async def hasten(self, notifier: str, *, at: datetime) -> None:
        """What this notifier refused is due now."""
        await self._own(partial(outbox.hasten, notifier=notifier, at=at))

    async def hand_over(
        self, keys: Collection[str], others: Sequence[Alert], *, at: datetime, error: str
    ) -> None:
        """These are told to others instead."""
        await self._own(partial(outbox.hand_over, keys=keys, others=others, at=at, error=error))
        self._writer.committed(tuple(others))

    async def retry(self, keys: Collection[str] | None, *, at: datetime) -> tuple[str, ...]:
        """Try again what was given up (None: all of it); return the keys of what was."""
        return await self._own(partial(outbox.retry, keys=keys, at=at))

    async def note(self, health: NotifierHealth) -> None:
        """Remember how a notifier did."""
        await self._own(partial(outbox.note, health=health))

    async def health(self, notifier: str) -> NotifierHealth:
        return await self._read(partial(outbox.health, notifier=notifier))

    async def give_up(self, keys: Collection[str], *, at: datetime, error: str) -> None:
        """These will never be taken. They stay, visibly."""
        await self._own(partial(outbox.give_up, keys=keys, at=at, error=error))

    async def give_up_unserved(
        self, served: Collection[str], *, made_before: datetime, at: datetime, error: str
    ) -> None:
        """Give up what was made before this for notifiers that are none of those ``served``."""
        given_up = partial(outbox.give_up_unserved, served=served, made_before=made_before)
        await self._own(partial(given_up, at=at, error=error))

    async def next_due(self, notifier: str) -> datetime | None:
        return await self._read(partial(outbox.next_due, notifier=notifier))
