"""The outbox's side of the database: claim by conditional update, settle afterwards.

A claimed alert is leased, not taken: if we die before settling, it is due again when the lease ends.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    case,
    exists,
    func,
    not_,
    or_,
    select,
    update,
)

from monitor.core.model import Alert, AlertKind, NotifierHealth, Queue, QueuedAlert, Severity
from monitor.store.rows import (
    alert_to_row,
    clean,
    micros,
    micros_or_none,
    moment,
    moment_or_none,
    notifier_health_from_row,
    notifier_health_to_row,
    queued_from_row,
)
from monitor.store.tables import alerts, notifiers
from monitor.store.upsert import put, unless_there

LONGEST_ERROR = 500  # characters
waits = alerts.c.settled_at.is_(None)
since = func.coalesce(alerts.c.held_until, alerts.c.created_at)  # from when it could have left


def claim(
    connection: Connection, notifier: str, *, now: datetime, lease: timedelta, limit: int
) -> tuple[QueuedAlert, ...]:
    """Lease what is due for this notifier, oldest first."""
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
        .values(leased_until=micros(now + lease))
        .returning(alerts)
    )
    rows = sorted(connection.execute(claimed), key=lambda row: row.id)
    untold = _untold(connection, notifier, rows)
    return tuple(queued_from_row(row, untold=row.incident in untold) for row in rows)


def _untold(connection: Connection, notifier: str, rows: Sequence[Row[Any]]) -> frozenset[int]:
    """Return the incidents that are over, and whose alarm never reached this notifier."""
    over = {row.incident for row in rows if row.kind == AlertKind.RECOVERED and row.incident is not None}
    if not over:
        return frozenset()
    lost = or_(alerts.c.given_up, alerts.c.handed_to.is_not(None))
    mine = and_(alerts.c.notifier == notifier, alerts.c.kind == AlertKind.OPENED.value)
    return frozenset(
        connection.scalars(select(alerts.c.incident).where(alerts.c.incident.in_(over), mine, lost))
    )


def release(connection: Connection) -> None:
    """End the leases of a process that is gone: what it held is due."""
    connection.execute(update(alerts).where(waits, alerts.c.leased_until > 0).values(leased_until=0))


def depart(connection: Connection, keys: Collection[str], *, at: datetime) -> None:
    """These leave now. If we die before we know what became of them, they may have arrived."""
    _update(connection, keys, left_at=micros(at), attempts=alerts.c.attempts + 1)


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
    _update(connection, keys, settled_at=micros(at), error=None, left_at=None)


def postpone(
    connection: Connection,
    keys: Collection[str],
    *,
    due_at: datetime,
    error: str,
    left_at: datetime | None = None,
) -> None:
    """These were not taken; they are due again. ``left_at``: they left then, and may have arrived."""
    again = {"due_at": micros(due_at), "leased_until": 0, "error": _short(error)}
    _update(connection, keys, left_at=micros_or_none(left_at), **again)


def put_back(connection: Connection, keys: Collection[str], *, due_at: datetime) -> None:
    """These never left; they are due again."""
    _update(connection, keys, due_at=micros(due_at), leased_until=0)


def hasten(connection: Connection, notifier: str, *, at: datetime) -> None:
    """What this notifier refused is due now: it may be another one by now."""
    refused = update(alerts).where(waits, alerts.c.notifier == notifier, alerts.c.attempts > 0)
    connection.execute(refused.values(due_at=micros(at), leased_until=0))


def give_up(connection: Connection, keys: Collection[str], *, at: datetime, error: str) -> None:
    """These will never be taken. They stay, visibly."""
    _update(connection, keys, settled_at=micros(at), given_up=True, error=_short(error))


def hand_over(
    connection: Connection, keys: Collection[str], others: Sequence[Alert], *, at: datetime, error: str
) -> None:
    """These are told to others, as ``others``; whoever was told the same already is not told again."""
    unless_there(connection, alerts, [alert_to_row(other) for other in others])
    names = ", ".join(dict.fromkeys(other.notifier for other in others))
    _update(connection, keys, settled_at=micros(at), handed_to=names, error=_short(error), left_at=None)


def retry(connection: Connection, keys: Collection[str] | None, *, at: datetime) -> tuple[str, ...]:
    """Put what was given up back into the outbox (None: all of it); return the keys of what was."""
    dead = alerts.c.given_up if keys is None else and_(alerts.c.given_up, alerts.c.key.in_(list(keys)))
    fresh = {"due_at": micros(at), "revived_at": micros(at), "leased_until": 0, "attempts": 0}
    back = update(alerts).where(dead).values(settled_at=None, given_up=False, **fresh)
    return tuple(connection.scalars(back.returning(alerts.c.key)))


def note(connection: Connection, health: NotifierHealth) -> None:
    """Remember how a notifier did."""
    put(connection, notifiers, [notifier_health_to_row(health)], ("notifier",))


def health(connection: Connection, notifier: str) -> NotifierHealth:
    """Return how a notifier did, last."""
    row = connection.execute(select(notifiers).where(notifiers.c.notifier == notifier)).first()
    return notifier_health_from_row(row) if row else NotifierHealth(notifier=notifier)


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
    """Return what waits, by notifier, what was given up, and how each did. There are indexes for these."""
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
    known = {row.notifier: notifier_health_from_row(row) for row in connection.execute(select(notifiers))}
    return tuple(
        Queue(
            notifier=notifier,
            depth=waiting.get(notifier, (0, None))[0],
            oldest_at=moment_or_none(waiting.get(notifier, (0, None))[1]),
            given_up=given_up.get(notifier, 0),
            health=known.get(notifier),
        )
        for notifier in sorted(waiting.keys() | given_up.keys() | known.keys())
    )


def next_due(connection: Connection, notifier: str) -> datetime | None:
    """Return when the next alert of this notifier may be claimed, but for what only waits in quiet hours."""
    due = case((alerts.c.leased_until > alerts.c.due_at, alerts.c.leased_until), else_=alerts.c.due_at)
    tried = or_(alerts.c.held_until.is_(None), alerts.c.due_at != alerts.c.held_until)
    first = connection.scalar(select(func.min(due)).where(alerts.c.notifier == notifier, waits, tried))
    return moment(first) if first is not None else None
