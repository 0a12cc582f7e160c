"""The one writer: units of work wait in memory and are written together, a few times a second.

A unit with a change of status or an alert does not wait. When the database is away nothing is lost that
matters: plain results are dropped, oldest first, beyond a bound, and counted; urgent ones never.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from monitor.core.model import Alert
from monitor.errors import DatabaseAway, NotOwner, StoreError
from monitor.store.waiting import Unit, Waiting, is_precious
from monitor.store.write import Batch, Numbered

log = structlog.get_logger()

GROUP_SECONDS = 0.25
LARGEST_BATCH = 5000
SHORTEST_PAUSE, LONGEST_PAUSE = 0.1, 2.0  # seconds between two tries while the database is away


class Writer:
    """Hands what waits to ``write`` in batches, in order.

    ``write`` writes a batch in one transaction: DatabaseAway asks to try again, NotOwner ends the writer,
    anything else means that one unit is rotten. ``committed`` hears of alerts that are in the outbox now.
    """

    def __init__(
        self,
        waiting: Waiting,
        *,
        now: Callable[[], datetime],
        write: Callable[[Batch], Awaitable[None]],
    ) -> None:
        self.committed: Callable[[tuple[Alert, ...]], None] = lambda _: None
        self.away_since: datetime | None = None
        self.lost_ownership: NotOwner | None = None
        self.rotten = 0
        self._waiting = waiting
        self._now = now
        self._write = write
        self._first_number = 1
        self._task: asyncio.Task[None] | None = None

    def start(self, last_number: int) -> None:
        """Begin to write; results are numbered from there on."""
        self._first_number = last_number + 1
        self._task = asyncio.create_task(self._run(), name="store writer")

    async def stop(self) -> None:
        """Stop writing. A transaction that is under way in its thread comes to its own end."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        pause = SHORTEST_PAUSE
        while self.lost_ownership is None:
            await self._waiting.for_company(GROUP_SECONDS)
            try:
                await self._commit(self._waiting.take(LARGEST_BATCH))
            except NotOwner as error:
                self._lost(error)
            except DatabaseAway as error:
                self._away(error)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
            except Exception:
                log.exception("the writer stumbled; it goes on")
                await asyncio.sleep(LONGEST_PAUSE)
            else:
                pause = SHORTEST_PAUSE

    async def _commit(self, units: Sequence[Unit]) -> None:
        """Write the units; if one of them is rotten, find it, drop it alone, and say so."""
        batch = self._batch(units)
        try:
            await self._write(batch)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001  whatever it is, it must not stop the others
            if len(units) <= 1:
                await self._save_what_can_be_saved(units, error)
                return
            half = len(units) // 2
            await self._commit(units[:half])
            await self._commit(units[half:])
        else:
            self._written(units, batch)

    def _batch(self, units: Sequence[Unit]) -> Batch:
        keys = [alert.key for unit in units for alert in unit.record.alerts]
        sent = self._waiting.sent_of(keys)
        return Batch(
            units=[Numbered(number=self._first_number + unit.place, record=unit.record) for unit in units],
            sent=sent,
            durable=bool(sent) or any(is_precious(unit.record) for unit in units),
        )

    async def _save_what_can_be_saved(self, units: Sequence[Unit], error: Exception) -> None:
        """A result that no database takes must not cost the alert that was made from it."""
        self.rotten += 1
        whole = units[0] if units else None
        about = {"monitor": key.monitor, "check": key.check} if whole and (key := whole.record.key) else {}
        log.error("a unit of work could not be written", **about, exc_info=error)
        if whole is None:
            self._waiting.forget_sent()
            return
        if is_precious(whole.record) and whole.record.result is not None:
            await self._commit([replace(whole, record=replace(whole.record, result=None))])
            return
        self._waiting.done([whole])

    def _lost(self, error: NotOwner) -> None:
        self.lost_ownership = error
        log.error("the database has another owner; nothing more is written", why=str(error))

    def _away(self, error: DatabaseAway) -> None:
        if self.away_since is None:
            self.away_since = self._now()
            log.error("the database is away; results wait in memory", why=str(error))

    def _written(self, units: Sequence[Unit], batch: Batch) -> None:
        if self.away_since is not None:
            log.info("the database is back", away_since=self.away_since.isoformat())
            self.away_since = None
        self._waiting.done(units, sent=batch.sent)
        alerts = tuple(alert for unit in units for alert in unit.record.alerts)
        if fresh := tuple(alert for alert in alerts if alert.key not in batch.sent):
            self.committed(fresh)
