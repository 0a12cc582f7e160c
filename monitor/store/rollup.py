"""Rolling up: hours and days that stay when raw results go.

An hour is rolled up when it is surely over, from its raw results; a day from its hours, with its last hour.
Rolling up again gives the same, so results that come late just open their hour again (``reopen``).
``progress`` remembers how far we came, in the same transaction as the work: a crash repeats nothing.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, case, func, select

from monitor.core.model import Status
from monitor.store import histogram, progress
from monitor.store.rows import MICROSECOND, micros
from monitor.store.tables import checks, results, rollups
from monitor.store.upsert import put

HOUR, DAY = 3600, 86400  # seconds
HOUR_MICROS, DAY_MICROS = HOUR * 1_000_000, DAY * 1_000_000
LATE = timedelta(minutes=5)  # results of an hour usually wait no longer than that to be written
FURTHEST_BACK = timedelta(days=400)  # nobody asks about a result from 1970, of a clock not yet set
CHECKS_AT_ONCE = 20
BEHIND = 2 * HOUR_MICROS


def step(connection: Connection, now: datetime) -> bool:
    """Roll up the next few checks of the next hour; return whether there was anything to do."""
    hour, closed = _next_hour(connection, now), hour_of(micros(now - LATE))
    if hour is None or hour >= closed:
        return False
    done = progress.get(connection, progress.ROLLING, 0)
    if not done and closed - hour >= BEHIND and (later := _with_results(connection, hour, closed)) > hour:
        progress.put(connection, progress.ROLLED, later)
        return True
    ids = connection.scalars(
        select(checks.c.id).where(checks.c.id > done).order_by(checks.c.id).limit(CHECKS_AT_ONCE)
    ).all()
    _put(connection, _hours(connection, ids, hour))
    if (hour + HOUR_MICROS) % DAY_MICROS == 0:
        _put(connection, _days(connection, ids, hour + HOUR_MICROS - DAY_MICROS))
    if len(ids) == CHECKS_AT_ONCE:
        progress.put(connection, progress.ROLLING, ids[-1])
        return True
    progress.put(connection, progress.ROLLED, hour + HOUR_MICROS)
    progress.put(connection, progress.ROLLING, 0)
    return True


def _next_hour(connection: Connection, now: datetime) -> int | None:
    """Return the first hour that is not rolled up yet. In the beginning that of the oldest result."""
    rolled = progress.get(connection, progress.ROLLED)
    if rolled is not None:
        return rolled
    oldest = _oldest(connection, micros(now - FURTHEST_BACK))
    if oldest is None:
        return None
    progress.put(connection, progress.ROLLED, hour_of(oldest))
    return hour_of(oldest)


def _oldest(connection: Connection, since: int) -> int | None:
    """Return the time of the oldest result since then: one look into the index for each check."""
    first = (
        select(func.min(results.c.at))
        .where(results.c.check_id == checks.c.id, results.c.at >= since)
        .scalar_subquery()
    )
    oldest: int | None = connection.scalar(select(func.min(first)).select_from(checks))
    return oldest


def _with_results(connection: Connection, hour: int, closed: int) -> int:
    """Return the next hour that is worth rolling up: after months of standing still, most are empty.

    The last hour of a day that has begun is, since it makes the day.
    """
    oldest = _oldest(connection, hour)
    if hour % DAY_MICROS:
        closed = min(closed, hour - hour % DAY_MICROS + DAY_MICROS - HOUR_MICROS)
    return min(closed, hour_of(oldest)) if oldest is not None else closed


def reopen(connection: Connection, oldest: int) -> None:
    """Results as old as this were just written: roll up again from their hour on.

    Never an hour whose raw results are going already: it would forget what it knows.
    """
    rolled = progress.get(connection, progress.ROLLED)
    if rolled is None or oldest >= rolled + HOUR_MICROS:
        return
    furthest = rolled - FURTHEST_BACK // MICROSECOND
    again = max(hour_of(oldest), furthest, progress.get(connection, progress.PRUNED, 0))
    if again < rolled or (again == rolled and progress.get(connection, progress.ROLLING, 0)):
        progress.put(connection, progress.ROLLED, again)
        progress.put(connection, progress.ROLLING, 0)


def hour_of(at: int) -> int:
    return at - at % HOUR_MICROS


def _hours(connection: Connection, ids: Sequence[int], start: int) -> list[dict[str, Any]]:
    """Sum up raw results. The database counts: one row comes back for each check and bucket."""
    failed = (Status.DOWN.value, Status.DEGRADED.value)
    query = (
        select(
            results.c.check_id,
            results.c.bucket,
            func.count().label("number"),
            func.sum(case((results.c.status == Status.UP.value, 1), else_=0)).label("good"),
            func.sum(case((results.c.status.in_(failed), 1), else_=0)).label("failed"),
        )
        .where(results.c.check_id.in_(ids), results.c.at >= start, results.c.at < start + HOUR_MICROS)
        .group_by(results.c.check_id, results.c.bucket)
    )
    return [
        {
            "check_id": check_id,
            "seconds": HOUR,
            "start": start,
            "good": sum(int(row.good) for row in rows),
            "failed": sum(int(row.failed) for row in rows),
            "buckets": histogram.pack({row.bucket: row.number for row in rows if row.bucket is not None}),
        }
        for check_id, rows in _by_check(connection.execute(query)).items()
    ]


def _days(connection: Connection, ids: Sequence[int], start: int) -> list[dict[str, Any]]:
    query = select(rollups).where(
        rollups.c.check_id.in_(ids),
        rollups.c.seconds == HOUR,
        rollups.c.start >= start,
        rollups.c.start < start + DAY_MICROS,
    )
    return [
        {
            "check_id": check_id,
            "seconds": DAY,
            "start": start,
            "good": sum(row.good for row in rows),
            "failed": sum(row.failed for row in rows),
            "buckets": histogram.pack(histogram.add(row.buckets for row in rows)),
        }
        for check_id, rows in _by_check(connection.execute(query)).items()
    ]


def _by_check(rows: Iterable[Row[Any]]) -> dict[int, list[Row[Any]]]:
    grouped: dict[int, list[Row[Any]]] = {}
    for row in rows:
        grouped.setdefault(row.check_id, []).append(row)
    return grouped


def _put(connection: Connection, rows: list[dict[str, Any]]) -> None:
    put(connection, rollups, rows, ("check_id", "seconds", "start"))
