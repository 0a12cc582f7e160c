"""Rolling up and pruning, in small steps that never hold the writer for long.

An hour is rolled up when it is surely over; a day from its hours. Nothing is pruned that was not rolled up.
``progress`` remembers how far we came, in the same transaction as the work: a crash repeats nothing.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, case, delete, func, select

from monitor.core.model import Check, Latency, Status
from monitor.store.rows import micros
from monitor.store.tables import (
    AlertRow,
    CheckRow,
    FailureRow,
    IncidentRow,
    ProgressRow,
    ResultRow,
    RollupRow,
    TransitionRow,
)
from monitor.store.write import put, table

HOUR, DAY = 3600, 86400  # seconds
SECOND = 1_000_000  # microseconds
LATE = timedelta(minutes=5)  # results of an hour may still be waiting to be written so long after its end
KEEP_RESULTS = timedelta(days=14)
KEEP_HOURS = timedelta(days=60)
KEEP_HISTORY = timedelta(days=400)
CHECKS_AT_ONCE = 200
ROWS_AT_ONCE = 2000

results, rollups, progress, checks = table(ResultRow), table(RollupRow), table(ProgressRow), table(CheckRow)


def step(connection: Connection, now: datetime) -> bool:
    """Do one bounded piece of work; return whether there may be more."""
    rolled = _roll(connection, HOUR, now) or _roll(connection, DAY, now)
    return rolled or _prune(connection, now)


def _get(connection: Connection, name: str) -> int | None:
    return connection.scalar(select(progress.c.value).where(progress.c.name == name))


def _set(connection: Connection, name: str, value: int) -> None:
    put(connection, ProgressRow, [{"name": name, "value": value}], ("name",))


def _roll(connection: Connection, seconds: int, now: datetime) -> bool:
    """Roll up the next chunk of checks for the next hour or day that is over."""
    start = _get(connection, f"rolled {seconds}")
    if start is None:
        first = _first(connection, seconds)
        if first is None:
            return False
        start = first - first % (seconds * SECOND)
    end = start + seconds * SECOND
    ready = micros(now - LATE) if seconds == HOUR else (_get(connection, f"rolled {HOUR}") or 0)
    if end > ready:
        return False
    done = _get(connection, f"done {seconds}") or 0
    ids = list(
        connection.scalars(
            select(checks.c.id).where(checks.c.id > done).order_by(checks.c.id).limit(CHECKS_AT_ONCE)
        )
    )
    rows = _hours(connection, ids, start, end) if seconds == HOUR else _days(connection, ids, start, end)
    if rows:
        put(connection, RollupRow, rows, ("check_id", "seconds", "start"))
    finished = len(ids) < CHECKS_AT_ONCE
    _set(connection, f"rolled {seconds}", end if finished else start)
    _set(connection, f"done {seconds}", 0 if finished else ids[-1])
    return True


def _first(connection: Connection, seconds: int) -> int | None:
    if seconds == HOUR:
        query = select(func.min(results.c.at))
    else:
        query = select(func.min(rollups.c.start)).where(rollups.c.seconds == HOUR)
    first: int | None = connection.scalar(query)
    return first


def _hours(connection: Connection, ids: list[int], start: int, end: int) -> list[dict[str, Any]]:
    """Sum up raw results: one row of SQL for each check and bucket."""
    good = func.sum(case((results.c.status == Status.UP, 1), else_=0))
    query = (
        select(results.c.check_id, results.c.bucket, func.count().label("total"), good.label("good"))
        .where(results.c.check_id.in_(ids), results.c.at >= start, results.c.at < end)
        .group_by(results.c.check_id, results.c.bucket)
    )
    return _packed(connection.execute(query), HOUR, start)


def _packed(rows: Iterable[Any], seconds: int, start: int) -> list[dict[str, Any]]:
    by_check: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        by_check[row.check_id].append(row)
    return [
        {
            "check_id": check_id,
            "seconds": seconds,
            "start": start,
            "total": sum(row.total for row in parts),
            "good": int(sum(row.good for row in parts)),
            "buckets": _text({row.bucket: row.total for row in parts if row.bucket is not None}),
        }
        for check_id, parts in by_check.items()
    ]


def _days(connection: Connection, ids: list[int], start: int, end: int) -> list[dict[str, Any]]:
    query = select(rollups).where(
        rollups.c.check_id.in_(ids),
        rollups.c.seconds == HOUR,
        rollups.c.start >= start,
        rollups.c.start < end,
    )
    by_check: dict[int, list[Any]] = defaultdict(list)
    for row in connection.execute(query):
        by_check[row.check_id].append(row)
    return [
        {
            "check_id": check_id,
            "seconds": DAY,
            "start": start,
            "total": sum(row.total for row in parts),
            "good": sum(row.good for row in parts),
            "buckets": _text(_added(row.buckets for row in parts)),
        }
        for check_id, parts in by_check.items()
    ]


def _text(buckets: dict[int, int]) -> str:
    return json.dumps(buckets, separators=(",", ":"))


def _added(texts: Iterable[str]) -> dict[int, int]:
    sums: dict[int, int] = defaultdict(int)
    for text in texts:
        for index, count in json.loads(text).items():
            sums[int(index)] += count
    return dict(sums)


def _prune(connection: Connection, now: datetime) -> bool:
    """Delete one chunk of what is too old; return whether a chunk was full."""
    rolled = _get(connection, f"rolled {HOUR}") or 0
    daily = _get(connection, f"rolled {DAY}") or 0
    raw = min(micros(now - KEEP_RESULTS), rolled)
    hours, history = min(micros(now - KEEP_HOURS), daily), micros(now - KEEP_HISTORY)
    failures, transitions = table(FailureRow), table(TransitionRow)
    incidents, alerts = table(IncidentRow), table(AlertRow)
    gone = [
        _delete_oldest(connection, results, results.c.id, results.c.at < raw),
        _delete_oldest(connection, failures, failures.c.result_id, failures.c.at < history),
        _delete_oldest(connection, transitions, transitions.c.id, _superseded(transitions, history)),
        _delete_oldest(connection, incidents, incidents.c.number, incidents.c.ended_at < history),
        _delete_oldest(connection, alerts, alerts.c.id, alerts.c.settled_at < history),
    ]
    connection.execute(
        delete(rollups).where(rollups.c.seconds == HOUR, rollups.c.start < hours - DAY * SECOND)
    )
    connection.execute(delete(rollups).where(rollups.c.start < history))
    return max(gone) >= ROWS_AT_ONCE


def _superseded(transitions: Table, before: int) -> Any:  # noqa: ANN401  an SQL condition
    """The last transition of a check says what it still is: it is never pruned."""
    later = transitions.alias()
    newer = select(later.c.id).where(
        later.c.check_id == transitions.c.check_id, later.c.at > transitions.c.at
    )
    return (transitions.c.at < before) & newer.exists()


def _delete_oldest(connection: Connection, rows: Table, number: Any, old: Any) -> int:  # noqa: ANN401  SQL
    """Delete what is old among the oldest rows: they stand at the front, so no index on time is needed."""
    front = select(number).order_by(number).limit(ROWS_AT_ONCE)
    gone = connection.execute(delete(rows).where(number.in_(front.scalar_subquery()), old))
    return gone.rowcount


def latency(connection: Connection, monitor: str, check: Check, *, start: datetime, end: datetime) -> Latency:
    """Return the latencies of a stretch of time; to the hour where raw results are gone."""
    ids = select(checks.c.id).where(checks.c.monitor == monitor, checks.c.check_name == check)
    rolled = _get(connection, f"rolled {HOUR}") or 0
    low, high = micros(start), micros(end)
    oldest = connection.scalar(select(func.min(results.c.at)).where(results.c.check_id.in_(ids)))
    raw_from = max(low, min(rolled, _full_hour(oldest))) if oldest is not None else high
    buckets: dict[int, int] = defaultdict(int)
    kept = connection.execute(
        select(results.c.bucket, func.count().label("total"))
        .where(results.c.check_id.in_(ids), results.c.at >= raw_from, results.c.at < high)
        .group_by(results.c.bucket)
    )
    for row in kept:
        if row.bucket is not None:
            buckets[row.bucket] += row.total
    _add_rolled(connection, ids, low, min(raw_from, high), buckets)
    return Latency(count=sum(buckets.values()), buckets=dict(buckets))


def _full_hour(at: int) -> int:
    """The first hour that is whole in raw results: pruning may have bitten into the one before."""
    return at - at % (HOUR * SECOND) + HOUR * SECOND


def _add_rolled(connection: Connection, ids: Any, low: int, high: int, buckets: dict[int, int]) -> None:  # noqa: ANN401
    """Add hours, and days where their hours are gone."""
    base = select(rollups).where(
        rollups.c.check_id.in_(ids), rollups.c.start < high, rollups.c.start >= low - low % (HOUR * SECOND)
    )
    hours = list(connection.execute(base.where(rollups.c.seconds == HOUR)))
    first = min((row.start for row in hours), default=high)
    days = [
        row
        for row in connection.execute(base.where(rollups.c.seconds == DAY))
        if row.start + DAY * SECOND <= first - first % (DAY * SECOND) + DAY * SECOND and row.start < first
    ]
    covered = {row.start for row in days}
    for row in [*days, *(row for row in hours if row.start - row.start % (DAY * SECOND) not in covered)]:
        for index, count in json.loads(row.buckets).items():
            buckets[int(index)] += count
