"""Makes a database old: millions of results, written and rolled up by the store itself."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.core.model import (
    Check,
    CheckKey,
    Health,
    Phases,
    Reason,
    Record,
    Reply,
    Result,
    Status,
    Verdict,
)
from monitor.store import Store

SPAN = timedelta(days=13)  # raw results stay for 14
STINT = 20  # rounds in a row
AT_ONCE = 5000  # records between two flushes: well within what the store holds in memory
GOOD = Verdict(status=Status.UP, reason=Reason.ACCEPTED, message="answered 200 in 3 ms")
PHASES = Phases(resolve=0.0, connect=0.001, send=0.0, wait=0.002, receive=0.0)


def age(database: Path, *, monitors: int, results: int, progress: Callable[[int], None]) -> None:
    """Fill the database with so many results of so many monitors, the newest a minute old."""
    asyncio.run(_age(database, monitors, results, progress))


async def _age(database: Path, monitors: int, results: int, progress: Callable[[int], None]) -> None:
    end = datetime.now(UTC) - timedelta(minutes=1)
    store = await Store.open(f"sqlite:///{database}", now=lambda: datetime.now(UTC))
    try:
        await store.acquire("the benchmark")
        for number, record in enumerate(_records(monitors, results, end), start=1):
            store.record(record)
            if number % AT_ONCE == 0:
                await store.flush(60)
                assert record.result is not None
                await store.tidy(record.result.finished_at)
                progress(AT_ONCE)
        await store.flush(60)
        await store.release()
    finally:
        await store.close()
    if store.dropped:
        raise RuntimeError(f"{store.dropped} results were dropped: the database is younger than it says")


def _records(monitors: int, results: int, end: datetime) -> Iterator[Record]:
    """Ten minutes of every 30 s, then a day without: an hour holds many results of a monitor, as in life."""
    rounds = max(1, results // monitors)
    for turn in range(rounds):
        stint, step = divmod(turn, STINT)
        began = end - SPAN + SPAN * (stint + 1) / -(-rounds // STINT)
        at = began - (STINT - step) * timedelta(seconds=30)
        for number in range(monitors):
            yield _record(f"monitor-{number:05d}", at + timedelta(milliseconds=number))


def _record(monitor: str, at: datetime) -> Record:
    reply = Reply(started_at=at, phases=PHASES, http_status=200, address="127.0.0.1:9000")
    result = Result(
        monitor=monitor,
        check=Check.DELIVERY,
        event_id=f"evt_probe_{monitor}{at.timestamp():.0f}",
        verdict=GOOD,
        reply=reply,
        finished_at=at + timedelta(milliseconds=3),
    )
    health = Health(status=Status.UP, settled=Status.UP, since=at, last_result_at=at, last_good_at=at)
    return Record(result=result, key=CheckKey(monitor, Check.DELIVERY), health=health)
