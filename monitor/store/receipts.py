"""Receipts, durable before they are answered. Many come at once: those that wait are written together."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Generic, TypeVar

from sqlalchemy import Connection, select

from monitor.core.model import Check, Outcome, Receipt
from monitor.errors import StoreError
from monitor.store.rows import clean, micros, moment
from monitor.store.tables import receipts
from monitor.store.upsert import unless_there

GROUP_SECONDS = 0.02  # how long the first of a group waits for company
MOST_WAITING = 20_000
TOLD_AT_ONCE = 16  # three milliseconds of work
MOST_RECALLED = 50_000
LONGEST_NOTE = 500  # characters
LONGEST_RUN = 200


T = TypeVar("T")


class Full(StoreError):
    """More wait than can be kept: come again."""


class Counter(Generic[T]):
    """Where receipts, and other calls, wait to be written: some of them in one transaction, durably."""

    def __init__(self, write: Callable[[Sequence[T]], Awaitable[None]]) -> None:
        self._write = write
        self._waiting: list[tuple[T, asyncio.Future[None]]] = []
        self._task: asyncio.Task[None] | None = None

    async def take(self, receipt: T) -> None:
        """Return once it is durable. Raises Full, and what ``write`` raises."""
        if len(self._waiting) >= MOST_WAITING:
            raise Full("too many calls wait to be written")
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((receipt, written))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run(), name="receipts")
        await written

    async def _run(self) -> None:
        while self._waiting:
            await asyncio.sleep(GROUP_SECONDS)
            group, self._waiting = self._waiting, []
            try:
                await self._write([receipt for receipt, _ in group])
            except Exception as error:  # noqa: BLE001  whoever waits is told
                await _tell(group, error)
            else:
                await _tell(group, None)


async def _tell(group: Sequence[tuple[object, asyncio.Future[None]]], error: Exception | None) -> None:
    """Wake those who wait, a few at a time: each has work to do then, and probes must not wait for all."""
    for place, (_, written) in enumerate(group):
        if place % TOLD_AT_ONCE == 0:
            await asyncio.sleep(0)
        if written.done():  # the worker has hung up
            continue
        if error is None:
            written.set_result(None)
        else:
            written.set_exception(error)


def write(connection: Connection, group: Sequence[Receipt]) -> None:
    """Write these; what is there already stays as it came first."""
    unless_there(connection, receipts, [_row(receipt) for receipt in group])


def recall(connection: Connection, start: datetime) -> tuple[Receipt, ...]:
    """Return what was heard since then, oldest first; of very many the latest."""
    newest = select(receipts).order_by(receipts.c.id.desc()).limit(MOST_RECALLED).subquery()
    query = select(newest).where(newest.c.arrived_at >= micros(start)).order_by(newest.c.id)
    return tuple(
        Receipt(
            monitor=row.monitor,
            event_id=row.event_id,
            kind=Check(row.kind),
            sent_at=moment(row.sent_at),
            arrived_at=moment(row.arrived_at),
            outcome=Outcome(row.outcome),
            run=row.run,
        )
        for row in connection.execute(query)
    )


def _row(receipt: Receipt) -> dict[str, object]:
    return {
        "event_id": clean(receipt.event_id),
        "run": clean(receipt.run)[:LONGEST_RUN],
        "monitor": receipt.monitor,
        "kind": receipt.kind.value,
        "sent_at": micros(receipt.sent_at),
        "arrived_at": micros(receipt.arrived_at),
        "outcome": receipt.outcome.value,
        "note": clean(receipt.note)[:LONGEST_NOTE],
    }
