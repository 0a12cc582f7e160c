"""Reading history back. Each function takes a connection and returns values; none of them writes."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from monitor.core.model import (
    AlertKind,
    AlertState,
    Check,
    CheckKey,
    Incident,
    QueuedAlert,
    Recollection,
    Transition,
)
from monitor.store import heartbeats
from monitor.store.rows import (
    health_from_text,
    incident_from_row,
    micros,
    moment_or_none,
    queued_from_row,
    transition_from_row,
)
from monitor.store.tables import alerts as alerts_
from monitor.store.tables import checks, owners
from monitor.store.tables import incidents as incidents_
from monitor.store.tables import transitions as transitions_


def recall(connection: Connection) -> Recollection:
    """Return what the owner needs to go on."""
    healths = {
        CheckKey(row.monitor, Check(row.check_name)): health_from_text(row.health)
        for row in connection.execute(select(checks))
    }
    open_ = connection.execute(_incidents().where(incidents_.c.ended_at.is_(None)))
    owner = connection.execute(select(owners)).first()
    pulses, events = heartbeats.recall(connection)
    return Recollection(
        healths=healths,
        open_incidents={
            CheckKey(one.monitor, one.check): one for one in (incident_from_row(row) for row in open_)
        },
        last_incident=connection.scalar(select(func.max(incidents_.c.number))) or 0,
        measured_until=moment_or_none(owner.measured_until) if owner else None,
        pulses=pulses,
        events=events,
    )


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
    """Return incidents, newest first. ``start`` and ``end``: those that were open in between."""
    query = _incidents().where(*_mine(incidents_.c.check_id, monitor))
    if open_only:
        query = query.where(incidents_.c.ended_at.is_(None))
    if start is not None:
        query = query.where(or_(incidents_.c.ended_at.is_(None), incidents_.c.ended_at >= micros(start)))
    if end is not None:
        query = query.where(incidents_.c.started_at < micros(end))
    if before is not None:
        query = query.where(incidents_.c.number < before)
    rows = connection.execute(query.order_by(incidents_.c.number.desc()).limit(limit))
    return tuple(incident_from_row(row) for row in rows)


def incident(connection: Connection, number: int) -> Incident | None:
    row = connection.execute(_incidents().where(incidents_.c.number == number)).first()
    return incident_from_row(row) if row else None


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
