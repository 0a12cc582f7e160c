"""The store: everything that outlives the process. SQLite in one file, or PostgreSQL by URL.

``tables``  what lies in the database          ``rows``    values ⇄ rows
``schema``  migrations                          ``engine``  connections, and whose fault an error is
``writer``  the one writer, in groups           ``write``   one batch, one transaction
``owner``   one process owns the clock          ``outbox``  alerts: lease, settle, postpone
``read``    history                             ``rollup``  histograms that stay, raw results that go
"""

import asyncio
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection
from sqlalchemy.engine import URL

from monitor.core.model import (
    Alert,
    Check,
    Incident,
    Latency,
    Queue,
    QueuedAlert,
    Recollection,
    Record,
    StoredResult,
    Transition,
)
from monitor.errors import NotOwner
from monitor.store import outbox, owner, read, rollup, schema, write
from monitor.store.engine import blaming, make_engine, parse
from monitor.store.writer import Writer

P = ParamSpec("P")
T = TypeVar("T")

READERS = 4


def upgrade(url: str) -> None:
    """Bring the tables up to this version (``db upgrade``)."""
    schema.upgrade(parse(url))


def check_schema(url: str) -> None:
    """Raise SchemaMismatch unless the tables are those of this version (``db check``)."""
    schema.check(parse(url))


class Store:
    """One database. Writes go through one thread, reads through a few; nothing here blocks the loop.

    Every method may raise DatabaseAway; the writing ones NotOwner, once another process has taken over.
    """

    def __init__(self, url: URL, *, now: Callable[[], datetime]) -> None:
        self.name = url.render_as_string(hide_password=True)
        self._url = url
        self._now = now
        self._writing, self._reading = make_engine(url, writing=True), make_engine(url, writing=False)
        self._hand = ThreadPoolExecutor(1, thread_name_prefix="store-writer")
        self._eyes = ThreadPoolExecutor(READERS, thread_name_prefix="store-reader")
        self._ids = write.Ids()
        self._lock = owner.lock_for(url)
        self._epoch = 0
        self._writer = Writer(now=now, write=self._write_batch)

    @classmethod
    async def open(cls, url: str, *, now: Callable[[], datetime]) -> "Store":
        """Open a database and bring its tables up to date. Raises UsageError, SchemaMismatch."""
        parsed = parse(url)
        await asyncio.to_thread(schema.upgrade, parsed)
        return cls(parsed, now=now)

    async def close(self) -> None:
        """Let go of everything. What is not flushed is lost."""
        await self._writer.stop()
        await asyncio.to_thread(self._shut)

    def _shut(self) -> None:
        self._hand.shutdown()
        self._eyes.shutdown()
        self._writing.dispose()
        self._reading.dispose()
        self._lock.let_go()

    # --- ownership ------------------------------------------------------------------------------------------

    async def acquire(self, holder: str) -> None:
        """Become the owner of the clock. Raises OwnedElsewhere."""
        if not await asyncio.to_thread(self._lock.take, holder):
            raise await self._read(owner.elsewhere)
        try:
            self._epoch = await self._write(owner.take_over, holder, self._now())
            await self._write(self._ids.load)
        except BaseException:
            self._lock.let_go()
            raise

    async def holder(self) -> tuple[str, datetime] | None:
        """Return who owned the clock last, and its last sign of life."""
        return await self._read(owner.last_owner)

    async def beat(self, at: datetime) -> None:
        """Give a sign of life."""
        if not await asyncio.to_thread(self._lock.held):
            raise NotOwner("the lock of this database was lost")
        await self._write(owner.beat, self._epoch, at)

    async def release(self) -> None:
        """Give the clock back, so that another process need not wait for our silence."""
        await self._write(owner.retire, self._epoch)
        await asyncio.to_thread(self._lock.let_go)

    async def recall(self) -> Recollection:
        return await self._read(read.recall)

    # --- writing --------------------------------------------------------------------------------------------

    def record(self, record: Record) -> None:
        """Take one unit of work; it is written in a moment. Never blocks, never raises."""
        self._writer.put(record)

    async def flush(self, seconds: float) -> None:
        """Wait until all is written, for so long at most."""
        await self._writer.flush(seconds)

    def on_commit(self, committed: Callable[[tuple[Alert, ...]], None]) -> None:
        """Call this after each commit that put alerts into the outbox."""
        self._writer.committed = committed

    @property
    def queue_length(self) -> int:
        return len(self._writer)

    @property
    def dropped(self) -> int:
        return self._writer.dropped

    @property
    def away_since(self) -> datetime | None:
        return self._writer.away_since

    @property
    def lost_ownership(self) -> NotOwner | None:
        return self._writer.lost_ownership

    def unwritten_alerts(self, older_than: timedelta) -> tuple[Alert, ...]:
        return self._writer.unwritten_alerts(older_than)

    def sent_unwritten(self, keys: Sequence[str], at: datetime) -> None:
        self._writer.sent_unwritten(keys, at)

    async def rename(self, old: str, new: str) -> None:
        """Let the history of one monitor follow it to another name, after all that waits is written."""
        await self._writer.flush(5)
        await self._write(self._renamed, old, new)

    def _renamed(self, connection: Connection, old: str, new: str) -> None:
        owner.refuse_unless_owner(connection, self._epoch)
        write.rename(connection, old, new)
        self._ids.load(connection)

    async def tidy(self, now: datetime) -> None:
        """Roll up and prune, one bounded step."""
        await self._write(self._tidied, now)

    def _tidied(self, connection: Connection, now: datetime) -> None:
        owner.refuse_unless_owner(connection, self._epoch)
        rollup.step(connection, now)

    # --- the outbox -----------------------------------------------------------------------------------------

    async def claim(
        self, notifier: str, *, now: datetime, lease: timedelta, limit: int = 1000
    ) -> tuple[QueuedAlert, ...]:
        """Lease what is due for a notifier, oldest first."""
        return await self._own(outbox.claim, notifier, now=now, lease=lease, limit=limit)

    async def settle(self, keys: Collection[str], *, at: datetime) -> None:
        await self._own(outbox.settle, keys, at=at)

    async def postpone(self, keys: Collection[str], *, due_at: datetime, error: str) -> None:
        await self._own(outbox.postpone, keys, due_at=due_at, error=error)

    async def give_up(self, keys: Collection[str], *, at: datetime, error: str) -> None:
        await self._own(outbox.give_up, keys, at=at, error=error)

    async def queues(self) -> tuple[Queue, ...]:
        return await self._read(outbox.queues)

    async def next_due(self, notifier: str) -> datetime | None:
        return await self._read(outbox.next_due, notifier)

    # --- reading --------------------------------------------------------------------------------------------

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
        return await self._read(
            read.results,
            monitor=monitor,
            check=check,
            start=start,
            end=end,
            failing=failing,
            before=before,
            limit=limit,
        )

    async def transitions(
        self, monitor: str | None, *, start: datetime, end: datetime
    ) -> tuple[Transition, ...]:
        return await self._read(read.transitions, monitor, start=start, end=end)

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
        return await self._read(
            read.incidents,
            monitor=monitor,
            open_only=open_only,
            start=start,
            end=end,
            before=before,
            limit=limit,
        )

    async def incident(self, number: int) -> Incident | None:
        return await self._read(read.incident, number)

    async def alerts(  # noqa: PLR0913  a query in words
        self,
        *,
        notifier: str | None = None,
        incident: int | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> tuple[tuple[int, QueuedAlert], ...]:
        return await self._read(
            read.alerts,
            notifier=notifier,
            incident=incident,
            start=start,
            end=end,
            before=before,
            limit=limit,
        )

    async def latency(self, monitor: str, check: Check, *, start: datetime, end: datetime) -> Latency:
        return await self._read(rollup.latency, monitor, check, start=start, end=end)

    # --- threads --------------------------------------------------------------------------------------------

    async def _write_batch(self, batch: Sequence[Record], sent: dict[str, datetime]) -> None:
        await self._own(write.write, batch, self._ids, sent)

    async def _own(
        self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Write, as the owner of the clock or not at all."""

        def guarded(connection: Connection) -> T:
            owner.refuse_unless_owner(connection, self._epoch)
            return work(connection, *args, **kwargs)

        return await self._write(guarded)

    async def _write(
        self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        def transaction() -> T:
            with blaming(self._url), self._writing.begin() as connection:
                return work(connection, *args, **kwargs)

        return await asyncio.get_running_loop().run_in_executor(self._hand, transaction)

    async def _read(
        self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        def transaction() -> T:
            with blaming(self._url), self._reading.connect() as connection:
                return work(connection, *args, **kwargs)

        return await asyncio.get_running_loop().run_in_executor(self._eyes, transaction)
