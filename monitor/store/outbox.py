"""The outbox's side of the database: claim by conditional update, settle afterwards.

A claimed alert is leased, not taken: if we die before settling, it is due again when the lease ends.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Connection, case, func, or_, select, update

from monitor.core.model import Queue, QueuedAlert
from monitor.store.rows import micros, moment, moment_or_none, queued_from_row
from monitor.store.tables import AlertRow
from monitor.store.write import table

alerts = table(AlertRow)


def claim(
    connection: Connection, notifier: str, *, now: datetime, lease: timedelta, limit: int
) -> tuple[QueuedAlert, ...]:
    """Lease what is due for this notifier, oldest first."""
    due = (
        select(alerts)
        .where(
            alerts.c.notifier == notifier,
            alerts.c.settled_at.is_(None),
            alerts.c.due_at <= micros(now),
            alerts.c.leased_until <= micros(now),
        )
        .order_by(alerts.c.id)
        .limit(limit)
    )
    rows = connection.execute(due).all()
    if rows:
        connection.execute(
            update(alerts)
            .where(alerts.c.id.in_([row.id for row in rows]))
            .values(leased_until=micros(now + lease), attempts=alerts.c.attempts + 1)
        )
    return tuple(queued_from_row(row) for row in rows)


def settle(connection: Connection, keys: Collection[str], *, at: datetime) -> None:
    """These were taken by their service."""
    _update(connection, keys, settled_at=micros(at), error=None)


def postpone(connection: Connection, keys: Collection[str], *, due_at: datetime, error: str) -> None:
    """These were not taken; they are due again."""
    _update(connection, keys, due_at=micros(due_at), leased_until=0, error=error)


def give_up(connection: Connection, keys: Collection[str], *, at: datetime, error: str) -> None:
    """These will never be taken. They stay, visibly."""
    _update(connection, keys, settled_at=micros(at), given_up=True, error=error)


def _update(connection: Connection, keys: Collection[str], **values: object) -> None:
    waiting = update(alerts).where(alerts.c.key.in_(list(keys)), alerts.c.settled_at.is_(None))
    connection.execute(waiting.values(**values))


def queues(connection: Connection) -> tuple[Queue, ...]:
    """Return what waits, by notifier, and what was given up."""
    waits = alerts.c.settled_at.is_(None)
    query = (
        select(
            alerts.c.notifier,
            func.sum(case((waits, 1), else_=0)).label("depth"),
            func.min(case((waits, alerts.c.created_at))).label("oldest"),
            func.sum(case((alerts.c.given_up, 1), else_=0)).label("given_up"),
        )
        .where(or_(waits, alerts.c.given_up))
        .group_by(alerts.c.notifier)
        .order_by(alerts.c.notifier)
    )
    return tuple(
        Queue(
            notifier=row.notifier,
            depth=int(row.depth),
            oldest_at=moment_or_none(row.oldest),
            given_up=int(row.given_up),
        )
        for row in connection.execute(query)
    )


def next_due(connection: Connection, notifier: str) -> datetime | None:
    """Return when the next alert of this notifier may be claimed."""
    due = case((alerts.c.leased_until > alerts.c.due_at, alerts.c.leased_until), else_=alerts.c.due_at)
    first = connection.scalar(
        select(func.min(due)).where(alerts.c.notifier == notifier, alerts.c.settled_at.is_(None))
    )
    return moment(first) if first is not None else None
