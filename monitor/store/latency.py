"""Latencies of a stretch of time: days, hours and raw results, each instant counted exactly once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, func, select

from monitor.core.model import Check, Latency
from monitor.store import histogram, progress
from monitor.store.rollup import DAY, DAY_MICROS, HOUR, HOUR_MICROS
from monitor.store.rows import micros
from monitor.store.tables import checks, results, rollups

Source = Literal["raw", "hours", "days"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Where to look for what, in microseconds; ``end`` is the first instant outside."""

    source: Source
    start: int
    end: int


def plan(start: int, end: int, *, pruned: int, rolled: int) -> tuple[Stretch, ...]:
    """Cover ``start`` to ``end`` without a hole or an overlap, from as few rows as can be.

    Whole hours before ``rolled`` are rolled up, days with their last hour; raw results are whole from
    ``pruned`` on (both are full hours, ``pruned`` ≤ ``rolled``). Before that, parts of hours become whole.
    """
    first = start - start % HOUR_MICROS if start < pruned else _up(start, HOUR_MICROS)
    last = _up(end, HOUR_MICROS) if end <= pruned else min(end - end % HOUR_MICROS, rolled)
    if first >= last:
        return _those(Stretch(source="raw", start=start, end=end))
    first_day, last_day = _up(first, DAY_MICROS), last - last % DAY_MICROS
    if first_day >= last_day:
        first_day = last_day = last
    return _those(
        Stretch(source="raw", start=start, end=first),
        Stretch(source="hours", start=first, end=first_day),
        Stretch(source="days", start=first_day, end=last_day),
        Stretch(source="hours", start=last_day, end=last),
        Stretch(source="raw", start=max(start, last), end=end),
    )


def _up(at: int, length: int) -> int:
    return -(-at // length) * length


def _those(*stretches: Stretch) -> tuple[Stretch, ...]:
    return tuple(stretch for stretch in stretches if stretch.start < stretch.end)


def latency(connection: Connection, monitor: str, check: Check, *, start: datetime, end: datetime) -> Latency:
    """Return the latencies of results that started in the stretch."""
    check_id = connection.scalar(
        select(checks.c.id).where(checks.c.monitor == monitor, checks.c.check_name == check.value)
    )
    rolled = progress.get(connection, progress.ROLLED, 0)
    pruned = progress.get(connection, progress.PRUNED, 0)
    total: dict[int, int] = {}
    if check_id is not None:
        for stretch in plan(micros(start), micros(end), pruned=pruned, rolled=rolled):
            for bucket, count in _counted(connection, check_id, stretch).items():
                total[bucket] = total.get(bucket, 0) + count
    return Latency(count=sum(total.values()), buckets=total)


def _counted(connection: Connection, check_id: int, stretch: Stretch) -> dict[int, int]:
    if stretch.source == "raw":
        rows = connection.execute(
            select(results.c.bucket, func.count().label("number"))
            .where(
                results.c.check_id == check_id,
                results.c.at >= stretch.start,
                results.c.at < stretch.end,
                results.c.bucket.is_not(None),
            )
            .group_by(results.c.bucket)
        )
        return {row.bucket: row.number for row in rows}
    packed = connection.scalars(
        select(rollups.c.buckets).where(
            rollups.c.check_id == check_id,
            rollups.c.seconds == (HOUR if stretch.source == "hours" else DAY),
            rollups.c.start >= stretch.start,
            rollups.c.start < stretch.end,
        )
    )
    return histogram.add(packed)
