"""The one writer: units of work wait in memory and are written together, a few times a second.

A unit with a change of status or an alert does not wait. When the database is away nothing is lost that
matters: plain results are dropped, oldest first, beyond a bound, and counted; urgent ones never.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from monitor.core.model import Alert, Record
from monitor.errors import DatabaseAway, NotOwner, StoreError

log = structlog.get_logger()

GROUP_SECONDS = 0.25
LARGEST_BATCH = 5000
LONGEST_PAUSE = 2.0  # seconds between two tries while the database is away
MOST_WAITING = 200_000  # plain results


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A unit of work that is not written yet."""

    record: Record
    since: datetime


class Writer:
    """Collects units of work and hands them to ``write`` in batches, in order.

    ``write`` writes a batch in one transaction: DatabaseAway asks to try again, NotOwner ends the writer,
    anything else means that one unit is rotten. ``committed`` hears of alerts that are in the outbox now.
    """

    def __init__(
        self,
        *,
        now: Callable[[], datetime],
        write: Callable[[Sequence[Record], dict[str, datetime]], Awaitable[None]],
    ) -> None:
        self.committed: Callable[[tuple[Alert, ...]], None] = lambda _: None
        self.away_since: datetime | None = None
        self.lost_ownership: NotOwner | None = None
        self.dropped = 0
        self._now = now
        self._write = write
        self._waiting: deque[Waiting] = deque()
        self._sent: dict[str, datetime] = {}
        self._plain = 0
        self._something, self._urgent, self._empty = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._empty.set()
        self._task = asyncio.create_task(self._run(), name="writer")

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, record: Record) -> None:
        """Take a unit of work; never blocks, never raises."""
        self._waiting.append(Waiting(record=record, since=self._now()))
        self._empty.clear()
        self._something.set()
        if record.urgent:
            self._urgent.set()
            return
        self._plain += 1
        if self._plain > MOST_WAITING:
            self._drop_oldest()

    def _drop_oldest(self) -> None:
        for place, waiting in enumerate(self._waiting):
            if not waiting.record.urgent:
                del self._waiting[place]
                self._plain -= 1
                self.dropped += 1
                return

    def unwritten_alerts(self, older_than: timedelta) -> tuple[Alert, ...]:
        """Return the alerts that have waited for the database for so long, and have not left from memory."""
        until = self._now() - older_than
        return tuple(
            alert
            for waiting in self._waiting
            if waiting.record.alerts and waiting.since <= until
            for alert in waiting.record.alerts
            if alert.key not in self._sent
        )

    def sent_unwritten(self, keys: Sequence[str], at: datetime) -> None:
        """Remember that these have left from memory: they will be written as sent."""
        self._sent.update(dict.fromkeys(keys, at))

    async def flush(self, seconds: float) -> None:
        """Wait until all is written, for so long at most."""
        self._urgent.set()
        try:
            await asyncio.wait_for(self._empty.wait(), seconds)
        except TimeoutError:
            log.warning("not everything could be written in time", waiting=len(self._waiting))

    async def stop(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        pause = 0.1
        while self.lost_ownership is None:
            await self._something.wait()
            await self._group()
            batch = [waiting.record for _, waiting in zip(range(LARGEST_BATCH), self._waiting, strict=False)]
            try:
                await self._commit(batch)
            except NotOwner as error:
                self.lost_ownership = error
            except DatabaseAway as error:
                self._away(error)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
            else:
                pause = 0.1
                self._written(batch)

    async def _group(self) -> None:
        """Wait for company, unless somebody is in a hurry."""
        try:
            await asyncio.wait_for(self._urgent.wait(), GROUP_SECONDS)
        except TimeoutError:
            return

    async def _commit(self, batch: list[Record]) -> None:
        """Write the batch; if something in it is rotten, find it, drop it alone, and say so."""
        try:
            await self._write(batch, self._sent)
        except StoreError:
            raise
        except Exception:
            if len(batch) == 1:
                log.exception("a result could not be written and is lost", key=batch[0].key)
                self.dropped += 1
                return
            half = len(batch) // 2
            await self._commit(batch[:half])
            await self._commit(batch[half:])

    def _away(self, error: DatabaseAway) -> None:
        if self.away_since is None:
            self.away_since = self._now()
            log.error("the database is away; results wait in memory", why=str(error))

    def _written(self, batch: list[Record]) -> None:
        if self.away_since is not None:
            log.info("the database is back", away_since=self.away_since.isoformat())
            self.away_since = None
        for _ in batch:
            self._plain -= 0 if self._waiting.popleft().record.urgent else 1
        if not self._waiting:
            self._something.clear()
            self._empty.set()
        if not any(waiting.record.urgent for waiting in self._waiting):
            self._urgent.clear()
        alerts = tuple(alert for record in batch for alert in record.alerts)
        for alert in alerts:
            self._sent.pop(alert.key, None)
        if alerts:
            self.committed(alerts)
