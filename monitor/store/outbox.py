"""The outbox's side of the database: claim by conditional update, settle afterwards.

A claimed alert is leased, not taken: if we die before settling, it is due again when the lease ends.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, exists, func, not_, or_, select, update

from monitor.core.model import AlertKind, Queue, QueuedAlert, Severity
from monitor.store.rows import clean, micros, moment, moment_or_none, queued_from_row
from monitor.store.tables import alerts

LONGEST_ERROR = 500  # characters
waits = alerts.c.settled_at.is_(None)
since = func.coalesce(alerts.c.held_until, alerts.c.created_at)  # from when it could have left


def claim(
    connection: Connection, notifier: str, *, now: datetime, lease: timedelta, limit: int
) -> tuple[QueuedAlert, ...]:
    """Lease what is due for this notifier, oldest first, and count the attempt."""
    at = micros(now)
    due = (
        select(alerts.c.id)
        .where(alerts.c.notifier == notifier, waits, _free(alerts.c, at), ~_held_up(at))
        .order_by(alerts.c.id)
        .limit(limit)
    )
    claimed = (
        update(alerts)
        .where(alerts.c.id.in_(due.scalar_subquery()))
        .values(leased_until=micros(now + lease), attempts=alerts.c.attempts + 1)
        .returning(alerts)
    )
    rows = sorted(connection.execute(claimed), key=lambda row: row.id)
    return tuple(queued_from_row(row) for row in rows)


def _free(columns: Any, at: int) -> ColumnElement[bool]:  # noqa: ANN401  SQLAlchemy's columns
    """Whether an alert is due and nobody is just sending it."""
    free: ColumnElement[bool] = and_(columns.due_at <= at, columns.leased_until <= at)
    return free


def _held_up(at: int) -> ColumnElement[bool]:
    """Whether an earlier word about the same still waits: a recovery never without its alarm.

    The end of an incident waits for all that was said of it, an alarm for what was said of its own check.
    What is critical does not wait for the end of quiet hours.
    """
    earlier = alerts.alias("earlier")
    the_end = alerts.c.kind.in_([AlertKind.RECOVERED.value, AlertKind.RESOLVED.value])
    same = and_(earlier.c.monitor == alerts.c.monitor, earlier.c.check_name == alerts.c.check_name)
    quiet = and_(
        earlier.c.held_until.is_not(None),
        earlier.c.held_until > at,
        alerts.c.severity == Severity.CRITICAL.value,
    )
    return exists().where(
        or_(the_end, same),
        not_(quiet),
        earlier.c.notifier == alerts.c.notifier,
        earlier.c.incident == alerts.c.incident,
        earlier.c.id < alerts.c.id,
        earlier.c.settled_at.is_(None),
        ~_free(earlier.c, at),
    )


def settle(connection: Connection, keys: Collection[str], *, at: datetime) -> None:
    """These were taken by their service."""
    _update(connection, keys, settled_at=micros(at), error=None)


def postpone(connection: Connection, keys: Collection[str], *, due_at: datetime, error: str) -> None:
    """These were not taken; they are due again."""
    _update(connection, keys, due_at=micros(due_at), leased_until=0, error=_short(error))


def give_up(connection: Connection, keys: Collection[str], *, at: datetime, error: str) -> None:
    """These will never be taken. They stay, visibly."""
    _update(connection, keys, settled_at=micros(at), given_up=True, error=_short(error))


def give_up_unserved(
    connection: Connection, served: Collection[str], *, made_before: datetime, at: datetime, error: str
) -> None:
    """What was made so long ago for a notifier that nobody serves will never be taken. It stays, visibly."""
    forgotten = update(alerts).where(
        waits, alerts.c.notifier.not_in(list(served)), since <= micros(made_before)
    )
    connection.execute(forgotten.values(settled_at=micros(at), given_up=True, error=_short(error)))


def _short(error: str) -> str:
    return clean(error)[:LONGEST_ERROR]


def _update(connection: Connection, keys: Collection[str], **values: object) -> None:
    waiting = update(alerts).where(alerts.c.key.in_(list(keys)), waits)
    connection.execute(waiting.values(**values))


def queues(connection: Connection) -> tuple[Queue, ...]:
    """Return what waits, by notifier, and what was given up. Two questions, for which there are indexes."""
    waiting = {
        row.notifier: (row.depth, row.oldest)
        for row in connection.execute(
            select(alerts.c.notifier, func.count().label("depth"), func.min(since).label("oldest"))
            .where(waits)
            .group_by(alerts.c.notifier)
        )
    }
    given_up = {
        row.notifier: row.number
        for row in connection.execute(
            select(alerts.c.notifier, func.count().label("number"))
            .where(alerts.c.given_up)
            .group_by(alerts.c.notifier)
        )
    }
    return tuple(
        Queue(
            notifier=notifier,
            depth=waiting.get(notifier, (0, None))[0],
            oldest_at=moment_or_none(waiting.get(notifier, (0, None))[1]),
            given_up=given_up.get(notifier, 0),
        )
        for notifier in sorted(waiting.keys() | given_up.keys())
    )


def next_due(connection: Connection, notifier: str) -> datetime | None:
    """Return when the next alert of this notifier may be claimed, but for what only waits in quiet hours."""
    due = case((alerts.c.leased_until > alerts.c.due_at, alerts.c.leased_until), else_=alerts.c.due_at)
    tried = or_(alerts.c.held_until.is_(None), alerts.c.due_at != alerts.c.held_until)
    first = connection.scalar(select(func.min(due)).where(alerts.c.notifier == notifier, waits, tried))
    return moment(first) if first is not None else None
