"""Reading history back. Each function takes a connection and returns values; none of them writes."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select, true

from monitor.core.model import (
    AlertKind,
    AlertState,
    Check,
    CheckKey,
    Happened,
    Incident,
    IncidentEvent,
    QueuedAlert,
    Recollection,
    Status,
    Transition,
)
from monitor.core.tokens import RECEIPT_LIFE
from monitor.store import find, heartbeats, receipts
from monitor.store.rows import (
    happened_from_row,
    health_from_text,
    incident_from_row,
    micros,
    moment_or_none,
    queued_from_row,
    transition_from_row,
)
from monitor.store.tables import alerts as alerts_
from monitor.store.tables import checks, owners
from monitor.store.tables import happened as happened_
from monitor.store.tables import incidents as incidents_
from monitor.store.tables import transitions as transitions_


def recall(connection: Connection, now: datetime) -> Recollection:
    """Return what the owner needs to go on."""
    healths = {
        CheckKey(row.monitor, Check(row.check_name)): health_from_text(row.health)
        for row in connection.execute(select(checks))
    }
    open_ = connection.scalars(select(incidents_.c.number).where(incidents_.c.ended_at.is_(None)))
    numbers = sorted({*open_, *_held_open(connection)})
    parts = _parts(connection, numbers)
    owner = connection.execute(select(owners)).first()
    given = (incidents_.c.number, happened_.c.number, happened_.c.origin)
    pulses, events = heartbeats.recall(connection)
    return Recollection(
        healths=healths,
        open_incidents={CheckKey(one.monitor, one.check): one for one in parts if one.ended_at is None},
        last_incident=max(connection.scalar(select(func.max(column))) or 0 for column in given),
        measured_until=moment_or_none(owner.measured_until) if owner else None,
        ended_parts=tuple(one for one in parts if one.ended_at is not None),
        happened=happened(connection, numbers),
        in_maintenance=_in_maintenance(connection),
        pulses=pulses,
        events=events,
        refused=find.refused(connection, now - RECEIPT_LIFE),
        receipts=receipts.recall(connection, now - RECEIPT_LIFE),
    )


def _in_maintenance(connection: Connection) -> dict[CheckKey, datetime]:
    """Return which checks were in maintenance at last, by their history, and since when."""
    at, check_id = transitions_.c.at, transitions_.c.check_id
    last = select(check_id, func.max(at).label("last")).group_by(check_id).subquery()
    query = (
        select(transitions_, checks.c.monitor, checks.c.check_name)
        .select_from(
            transitions_.join(checks).join(last, and_(last.c.check_id == check_id, last.c.last == at))
        )
        .order_by(transitions_.c.id)
    )
    newest = {(one.monitor, one.check): one for one in map(transition_from_row, connection.execute(query))}
    return {CheckKey(*key): one.at for key, one in newest.items() if one.status is Status.MAINTENANCE}


def transitions(
    connection: Connection, monitor: str | None, *, start: datetime, end: datetime
) -> tuple[Transition, ...]:
    """Return changes of status, oldest first; for each check the last one before ``start`` as well."""
    at, check_id = transitions_.c.at, transitions_.c.check_id
    before = (
        select(check_id, func.max(at).label("last"))
        .where(at <= micros(start), *_mine(check_id, monitor))
        .group_by(check_id)
        .subquery()
    )
    query = (
        select(transitions_, checks.c.monitor, checks.c.check_name)
        .select_from(transitions_.join(checks))
        .outerjoin(before, before.c.check_id == check_id)
        .where(
            or_(and_(at > micros(start), at < micros(end)), at == before.c.last), *_mine(check_id, monitor)
        )
        .order_by(at, transitions_.c.id)
    )
    return tuple(transition_from_row(row) for row in connection.execute(query))


def incidents(  # noqa: PLR0913  a query in words
    connection: Connection,
    *,
    monitor: str | None,
    open_only: bool,
    start: datetime | None,
    end: datetime | None,
    before: int | None,
    limit: int,
) -> tuple[Incident, ...]:
    """Return all parts of so many incidents, newest number first. ``start`` and ``end``: open in between.

    Those that have a part of this monitor, or a part that was open then, are whole.
    """
    number, ended_at = incidents_.c.number, incidents_.c.ended_at
    query = select(number).distinct().where(*_mine(incidents_.c.check_id, monitor))
    if open_only or start is not None:
        held = number.in_(_held_open(connection))
        query = query.where(or_(ended_at.is_(None), held) if open_only else true())
        query = query.where(or_(ended_at.is_(None), held, ended_at >= micros(start)) if start else true())
    if end is not None:
        query = query.where(incidents_.c.started_at < micros(end))
    if before is not None:
        query = query.where(number < before)
    return _parts(connection, connection.scalars(query.order_by(number.desc()).limit(limit)).all())


def incident(connection: Connection, number: int) -> tuple[Incident, ...]:
    """Return the parts of one incident, in the order in which they were confirmed; none: there is none."""
    return _parts(connection, [number])


def happened(connection: Connection, numbers: Collection[int]) -> tuple[IncidentEvent, ...]:
    """Return what happened to these incidents, oldest first."""
    query = select(happened_).where(happened_.c.number.in_(list(numbers)))
    rows = connection.execute(query.order_by(happened_.c.at, happened_.c.id))
    return tuple(happened_from_row(row) for row in rows)


def _parts(connection: Connection, numbers: Collection[int]) -> tuple[Incident, ...]:
    query = _incidents().where(incidents_.c.number.in_(list(numbers)))
    order = (incidents_.c.number.desc(), incidents_.c.confirmed_at, incidents_.c.started_at)
    return tuple(incident_from_row(row) for row in connection.execute(query.order_by(*order)))


def _held_open(connection: Connection) -> tuple[int, ...]:
    """Return what somebody has reopened and nobody resolved since. There are few of these."""
    kinds = (Happened.REOPENED, Happened.RESOLVED)
    rows = connection.execute(
        select(happened_.c.number, happened_.c.kind)
        .where(happened_.c.kind.in_([kind.value for kind in kinds]), happened_.c.number == happened_.c.origin)
        .order_by(happened_.c.at, happened_.c.id)
    )
    last = {row.number: row.kind for row in rows}
    gone = set(
        connection.scalars(select(happened_.c.number).where(happened_.c.kind == Happened.MERGED_INTO.value))
    )
    return tuple(
        number for number, kind in last.items() if kind == Happened.REOPENED.value and number not in gone
    )


STATES = {
    AlertState.WAITING: alerts_.c.settled_at.is_(None),
    AlertState.SENT: and_(
        alerts_.c.settled_at.is_not(None), ~alerts_.c.given_up, alerts_.c.handed_to.is_(None)
    ),
    AlertState.HANDED_OVER: alerts_.c.handed_to.is_not(None),
    AlertState.GIVEN_UP: alerts_.c.given_up,
}


def alerts(  # noqa: PLR0913  a query in words
    connection: Connection,
    *,
    notifier: str | None,
    incident: int | None,
    kind: AlertKind | None,
    state: AlertState | None,
    start: datetime | None,
    end: datetime | None,
    before: int | None,
    limit: int,
) -> tuple[tuple[int, QueuedAlert], ...]:
    """Return what was told or waits to be told, newest first, each with its place."""
    query = select(alerts_)
    if notifier is not None:
        query = query.where(alerts_.c.notifier == notifier)
    if incident is not None:
        query = query.where(alerts_.c.incident == incident)
    if kind is not None:
        query = query.where(alerts_.c.kind == kind.value)
    if state is not None:
        query = query.where(STATES[state])
    if start is not None:
        query = query.where(alerts_.c.created_at >= micros(start))
    if end is not None:
        query = query.where(alerts_.c.created_at < micros(end))
    if before is not None:
        query = query.where(alerts_.c.id < before)
    rows = connection.execute(query.order_by(alerts_.c.id.desc()).limit(limit))
    return tuple((row.id, queued_from_row(row)) for row in rows)


def _incidents() -> Select[Any]:
    return select(incidents_, checks.c.monitor, checks.c.check_name).select_from(incidents_.join(checks))


def _mine(check_id: ColumnElement[int], monitor: str | None) -> tuple[ColumnElement[bool], ...]:
    """Narrow to the checks of one monitor, or to nothing."""
    if monitor is None:
        return ()
    return (check_id.in_(select(checks.c.id).where(checks.c.monitor == monitor)),)
