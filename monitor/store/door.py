"""The store's door: what the rest of the house may ask of it."""

import asyncio
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from functools import partial
from typing import TypeVar

import structlog
from sqlalchemy import Connection
from sqlalchemy.engine import URL

from monitor.core.model import (
    Alert,
    AlertKind,
    AlertState,
    Check,
    Events,
    Incident,
    IncidentEvent,
    Latency,
    Pulse,
    Queue,
    QueuedAlert,
    Receipt,
    Recollection,
    Record,
    StoredResult,
    Transition,
)
from monitor.errors import NotOwner, OwnedElsewhere, StoreError
from monitor.store import find, heartbeats, latency, outbox, owner, read, receipts, schema, tidy, write
from monitor.store.engine import parse
from monitor.store.hushes import Hushes
from monitor.store.locks import lock_for
from monitor.store.patience import at_most
from monitor.store.shelf import Shelf
from monitor.store.threads import LONGEST_WRITE, Threads, Work
from monitor.store.waiting import Waiting
from monitor.store.writer import Writer

T = TypeVar("T")
log = structlog.get_logger()


class Store:
    """One database. Writes go through one thread, reads through a few; nothing here blocks the loop.

    Every method may raise DatabaseAway; the writing ones NotOwner, once another process has taken over.
    ``shelf`` is the outbox's part of it.
    """

    def __init__(self, url: URL, *, now: Callable[[], datetime]) -> None:
        self.name = url.render_as_string(hide_password=True)
        self._now = now
        self._threads = Threads(url)
        self._ids = write.Ids()
        self._lock = lock_for(url)
        self._pulse = owner.Pulse()
        self._epoch = 0
        self._waiting = Waiting(now=now)
        self._counter = receipts.Counter(self._write_receipts)
        self.hushes = Hushes(write=self._own, read=self._threads.read)
        self._calls = receipts.Counter[Pulse | Events](
            lambda group: self._own(partial(heartbeats.write, group=group))
        )
        self._writer = Writer(self._waiting, now=now, write=self._write_batch)
        self.shelf = Shelf(own=self._own, read=self._threads.read, waiting=self._waiting, writer=self._writer)

    @classmethod
    async def open(cls, url: str, *, now: Callable[[], datetime]) -> "Store":
        """Open a database and bring its tables up to date. Raises UsageError, SchemaMismatch."""
        parsed = parse(url)
        if not await asyncio.to_thread(schema.is_current, parsed):
            await asyncio.to_thread(schema.upgrade, parsed)
        return cls(parsed, now=now)

    async def close(self) -> None:
        """Let go of everything. What is not flushed is lost."""
        await self._writer.stop()
        await self._threads.shut()
        await asyncio.to_thread(self._lock.let_go)

    # --- ownership ------------------------------------------------------------------------------------------

    async def acquire(self, holder: str) -> None:
        """Become the owner of the clock. Raises OwnedElsewhere.

        In PostgreSQL, one that holds the lock but was seen silent for 15 s (it hangs, or its machine does)
        loses it to us; its epoch is over then.
        """
        last = await self.holder()  # asked first: a lock that we took must never be left behind
        taken = await self._locking(partial(self._lock.take, holder))
        if not taken and self._pulse.stopped:
            await self._locking(self._lock.wrest)
            taken = await self._locking(partial(self._lock.take, holder))
        if not taken:
            said = await asyncio.to_thread(self._lock.holder)
            raise OwnedElsewhere(said or (last[0] if last else "another process that has just started"))
        try:
            self._epoch = await self._threads.write(partial(owner.take_over, holder=holder, at=self._now()))
            self._writer.start(await self._threads.read(write.last_number))
        except BaseException:
            await asyncio.to_thread(self._lock.let_go)
            raise

    async def holder(self) -> tuple[str, datetime] | None:
        """Return who owned the clock last, and its last sign of life."""
        last = await self._threads.read(owner.last_owner)
        self._pulse.felt(last[1] if last else None)
        return last

    async def beat(self, at: datetime) -> None:
        """Give a sign of life: until now everything was measured. Sees to the lock as well."""
        await self._locking(self._lock.keep)
        await self._threads.write_lightly(self._as_owner(partial(owner.beat, at=at)))

    async def release(self) -> None:
        """Give the clock back, so that another process need not wait for our silence."""
        try:
            await self._threads.write(self._as_owner(owner.retire))
        except StoreError as error:
            log.warning("the database does not know that we have left", why=str(error))
        await asyncio.to_thread(self._lock.let_go)

    async def recall(self) -> Recollection:
        """Return what the last owner knew."""
        return await self._threads.read(partial(read.recall, now=self._now()))

    # --- writing --------------------------------------------------------------------------------------------

    def record(self, record: Record) -> None:
        """Take one unit of work; it is written in a moment. Never blocks, never raises."""
        self._waiting.put(record)

    async def flush(self, seconds: float) -> bool:
        """Wait until all is written, for so long at most; return whether it is."""
        written = self.lost_ownership is None and await self._waiting.empty(seconds)
        if not written:
            log.warning("not everything could be written in time", waiting=len(self._waiting))
        return written

    async def written(self) -> None:
        """Wait until what was recorded until now is in the database, for two seconds at most."""
        await self._waiting.written(2)

    def on_commit(self, committed: Callable[[tuple[Alert, ...]], None]) -> None:
        """Call this after each commit that put alerts into the outbox."""
        self._writer.committed = committed

    @property
    def queue_length(self) -> int:
        return len(self._waiting)

    @property
    def dropped(self) -> int:
        """Results that are lost: there was no room in memory, or no database would take them."""
        return self._waiting.dropped + self._writer.rotten

    @property
    def away_since(self) -> datetime | None:
        return self._writer.away_since

    @property
    def lost_ownership(self) -> NotOwner | None:
        return self._writer.lost_ownership

    async def tidy(self, now: datetime) -> None:
        """Roll up and prune: a few short transactions while there is much to do, one when there is little."""
        for _ in range(tidy.SLICES):
            if not await self._threads.write_lightly(self._as_owner(partial(tidy.tidy, now=now))):
                return
            await asyncio.sleep(tidy.PAUSE)

    async def receive(self, receipt: Receipt) -> None:
        """Take a receipt; return once it is durable."""
        await self._counter.take(receipt)

    async def _write_receipts(self, group: Sequence[Receipt]) -> None:
        await self._own(partial(receipts.write, group=group))

    async def hear(self, heard: Pulse | Events) -> None:
        """Take what was heard from outside; return once it is durable."""
        await self._calls.take(heard)

    # --- reading --------------------------------------------------------------------------------------------

    async def queues(self) -> tuple[Queue, ...]:
        return await self._threads.read(outbox.queues)

    async def results(  # noqa: PLR0913  a query in words
        self,
        *,
        monitor: str | None = None,
        check: Check | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        failing: bool = False,
        before: int | None = None,
        limit: int = 100,
    ) -> tuple[StoredResult, ...]:
        """Return results, newest first. ``failing``: those that were not good, with their evidence."""
        wanted = find.Wanted(monitor=monitor, check=check, start=start, end=end, before=before, limit=limit)
        return await self._threads.read(partial(find.find_failing if failing else find.find, wanted=wanted))

    async def transitions(
        self, monitor: str | None, *, start: datetime, end: datetime
    ) -> tuple[Transition, ...]:
        """Return changes of status, oldest first; for each check the last one before ``start`` as well."""
        return await self._threads.read(partial(read.transitions, monitor=monitor, start=start, end=end))

    async def incidents(  # noqa: PLR0913  a query in words
        self,
        *,
        monitor: str | None = None,
        open_only: bool = False,
        start: datetime | None = None,
        end: datetime | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> tuple[Incident, ...]:
        """Return all parts of so many incidents, newest first. ``start`` and ``end``: open in between."""
        those = partial(read.incidents, monitor=monitor, open_only=open_only, start=start, end=end)
        return await self._threads.read(partial(those, before=before, limit=limit))

    async def incident(self, number: int) -> tuple[Incident, ...]:
        """Return the parts of one incident; none: there is none of this number (any more)."""
        return await self._threads.read(partial(read.incident, number=number))

    async def happened(self, numbers: Collection[int]) -> tuple[IncidentEvent, ...]:
        """Return what happened to these incidents, oldest first."""
        return await self._threads.read(partial(read.happened, numbers=numbers))

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
        limit: int = 100,
    ) -> tuple[tuple[int, QueuedAlert], ...]:
        """Return what was told or waits to be told, newest first, each with its place."""
        those = partial(read.alerts, notifier=notifier, incident=incident, kind=kind, state=state)
        those = partial(those, start=start, end=end)
        return await self._threads.read(partial(those, before=before, limit=limit))

    async def latency(self, monitor: str, check: Check, *, start: datetime, end: datetime) -> Latency:
        """Return latencies of answers that were good or slow; to the hour where raw results are gone."""
        return await self._threads.read(
            partial(latency.latency, monitor=monitor, check=check, start=start, end=end)
        )

    async def real_events(self, monitor: str, *, start: datetime, end: datetime) -> tuple[Events, ...]:
        """Return how many real events were reported in each hour that had any, oldest first."""
        return await self._threads.read(partial(heartbeats.hours, monitor=monitor, start=start, end=end))

    # --- as the owner of the clock, or not at all -----------------------------------------------------------

    async def _write_batch(self, batch: write.Batch) -> None:
        how = self._threads.write if batch.durable else self._threads.write_lightly
        try:
            await how(self._as_owner(partial(write.write, batch=batch, ids=self._ids)))
        except BaseException:
            self._ids.forget()
            raise

    async def _locking(self, work: Callable[[], T]) -> T:
        return await at_most(LONGEST_WRITE, asyncio.to_thread(work), self._lock.cut)

    async def _own(self, work: Work[T]) -> T:
        return await self._threads.write(self._as_owner(work))

    def _as_owner(self, work: Work[T]) -> Work[T]:
        def guarded(connection: Connection) -> T:
            owner.refuse_unless_owner(connection, self._epoch)
            return work(connection)

        return guarded
