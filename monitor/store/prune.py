"""Letting go of what is old, in small steps. Nothing is pruned that was not rolled up."""

from datetime import datetime, timedelta

from sqlalchemy import Column, ColumnElement, Connection, Table, delete, func, or_, select

from monitor.store import progress, rollup
from monitor.store.rows import micros
from monitor.store.tables import (
    alerts,
    checks,
    failures,
    happened,
    incidents,
    real_events,
    receipts,
    results,
    rollups,
    transitions,
)

KEEP_RESULTS = timedelta(days=14)
KEEP_EVENTS = timedelta(days=60)  # counted by the minute; longer than any traffic check looks back
KEEP_HISTORY = timedelta(days=400)  # roll-ups, transitions, incidents, alerts
KEEP_FAILURES = 100  # of each check, however old, within history
MOST_FAILURES = 2000  # of each check, however young: a listener that is down for weeks fills no disk
ROWS_AT_ONCE = 500
CHECKS_AT_ONCE = 10


def prune_results(connection: Connection, now: datetime) -> bool:
    """Delete the next few raw results that are too old; return whether there were any.

    They stand at the front, so no index on time is needed.
    """
    rolled = progress.get(connection, progress.ROLLED, 0)
    before = rollup.hour_of(min(micros(now - KEEP_RESULTS), rolled))
    if before > progress.get(connection, progress.PRUNED, 0):
        progress.put(connection, progress.PRUNED, before)
    return _delete_front(connection, results, results.c.id, results.c.at < before)


def sweep(connection: Connection, now: datetime) -> None:
    """Let go of the old belongings of the next few checks, and of the oldest alerts. It never ends."""
    done = progress.get(connection, progress.SWEPT, 0)
    ids = connection.scalars(
        select(checks.c.id).where(checks.c.id > done).order_by(checks.c.id).limit(CHECKS_AT_ONCE)
    ).all()
    history = micros(now - KEEP_HISTORY)
    for check_id in ids:
        _sweep_results(connection, check_id)
        _sweep_check(connection, check_id, history=history, recent=micros(now - KEEP_RESULTS))
    _delete_front(connection, alerts, alerts.c.id, alerts.c.settled_at < history)
    _delete_front(connection, happened, happened.c.id, happened.c.at < history)
    old = receipts.c.arrived_at < micros(now - KEEP_RESULTS)
    _delete_front(connection, receipts, receipts.c.id, old)
    connection.execute(delete(real_events).where(real_events.c.minute < micros(now - KEEP_EVENTS)))
    progress.put(connection, progress.SWEPT, ids[-1] if len(ids) == CHECKS_AT_ONCE else 0)


def _sweep_results(connection: Connection, check_id: int) -> None:
    """Delete what pruning could not reach: a clock that ran ahead puts results at the front that stay."""
    overdue = progress.get(connection, progress.PRUNED, 0) - rollup.DAY_MICROS
    connection.execute(delete(results).where(results.c.check_id == check_id, results.c.at < overdue))


def _sweep_check(connection: Connection, check_id: int, *, history: int, recent: int) -> None:
    _delete_failures(connection, check_id, history=history, recent=recent)
    for seconds in (rollup.HOUR, rollup.DAY):
        connection.execute(
            delete(rollups).where(
                rollups.c.check_id == check_id, rollups.c.seconds == seconds, rollups.c.start < history
            )
        )
    # The last transition before says what the check was when history begins.
    last = (
        select(func.max(transitions.c.at))
        .where(transitions.c.check_id == check_id, transitions.c.at <= history)
        .scalar_subquery()
    )
    connection.execute(delete(transitions).where(transitions.c.check_id == check_id, transitions.c.at < last))
    connection.execute(
        delete(incidents).where(incidents.c.check_id == check_id, incidents.c.ended_at < history)
    )


def _delete_failures(connection: Connection, check_id: int, *, history: int, recent: int) -> None:
    mine = failures.c.check_id == check_id
    hundredth, furthest = (
        connection.scalar(
            select(failures.c.result_id)
            .where(mine)
            .order_by(failures.c.result_id.desc())
            .offset(number - 1)
            .limit(1)
        )
        or 0
        for number in (KEEP_FAILURES, MOST_FAILURES)
    )
    number, at = failures.c.result_id, failures.c.at
    connection.execute(
        delete(failures).where(
            mine, or_(at < history, number < furthest, (number < hundredth) & (at < recent))
        )
    )


def _delete_front(
    connection: Connection, table: Table, number: Column[int], old: ColumnElement[bool]
) -> bool:
    """Delete what is old among the oldest rows; return whether anything was."""
    front = select(number).order_by(number).limit(ROWS_AT_ONCE).scalar_subquery()
    return connection.execute(delete(table).where(number.in_(front), old)).rowcount > 0
