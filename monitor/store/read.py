"""Reading history back. Each function takes a connection and returns values; none of them writes."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, or_, select

from monitor.core.model import (
    Check,
    CheckKey,
    Incident,
    QueuedAlert,
    Recollection,
    StoredResult,
    Transition,
)
from monitor.store.rows import (
    health_from_text,
    incident_from_row,
    micros,
    moment_or_none,
    queued_from_row,
    result_from_evidence,
    result_from_row,
    transition_from_row,
)
from monitor.store.tables import (
    AlertRow,
    CheckRow,
    FailureRow,
    IncidentRow,
    OwnerRow,
    ResultRow,
    TransitionRow,
)
from monitor.store.write import table

checks, found, failures = table(CheckRow), table(ResultRow), table(FailureRow)
transitions_, incidents_, alerts_ = table(TransitionRow), table(IncidentRow), table(AlertRow)


def recall(connection: Connection) -> Recollection:
    """Return what the owner needs to go on."""
    healths = {
        CheckKey(row.monitor, Check(row.check_name)): health_from_text(row.health)
        for row in connection.execute(select(checks))
    }
    open_ = connection.execute(_incidents().where(incidents_.c.ended_at.is_(None)))
    owner = connection.execute(select(table(OwnerRow))).first()
    return Recollection(
        healths=healths,
        open_incidents={
            CheckKey(one.monitor, one.check): one for one in (incident_from_row(row) for row in open_)
        },
        last_incident=connection.scalar(select(func.max(incidents_.c.number))) or 0,
        measured_until=moment_or_none(owner.measured_until) if owner else None,
    )


def results(  # noqa: PLR0913  a query in words
    connection: Connection,
    *,
    monitor: str | None,
    check: Check | None,
    start: datetime | None,
    end: datetime | None,
    failing: bool,
    before: int | None,
    limit: int,
) -> tuple[StoredResult, ...]:
    """Return results, newest first. ``failing``: only those whose evidence was kept."""
    if failing:
        query = _of(select(failures, *_names()).select_from(failures.join(checks)), failures, monitor, check)
        query = _between(query, failures.c.at, start, end)
        number = failures.c.result_id
    else:
        query = _of(
            select(found, failures.c.evidence, *_names()).select_from(
                found.join(checks).outerjoin(failures, failures.c.result_id == found.c.id)
            ),
            found,
            monitor,
            check,
        )
        query = _between(query, found.c.at, start, end)
        number = found.c.id
    if before is not None:
        query = query.where(number < before)
    rows = connection.execute(query.order_by(number.desc()).limit(limit))
    return tuple(_stored(row) for row in rows)


def _stored(row: Row[Any]) -> StoredResult:
    number = row.result_id if hasattr(row, "result_id") else row.id
    if row.evidence is None:
        return StoredResult(id=number, result=result_from_row(row, row.monitor, row.check_name))
    kept = result_from_evidence(row.evidence, row.at, row.monitor, row.check_name)
    return StoredResult(id=number, result=kept)


def _names() -> tuple[ColumnElement[str], ColumnElement[str]]:
    return checks.c.monitor, checks.c.check_name


def _of(query: Select[Any], rows: Any, monitor: str | None, check: Check | None) -> Select[Any]:  # noqa: ANN401
    """Narrow to one monitor or check, in the way an index can help with."""
    wanted = select(checks.c.id)
    if monitor is not None:
        wanted = wanted.where(checks.c.monitor == monitor)
    if check is not None:
        wanted = wanted.where(checks.c.check_name == check)
    return query if monitor is None and check is None else query.where(rows.c.check_id.in_(wanted))


def _between(
    query: Select[Any], column: ColumnElement[int], start: datetime | None, end: datetime | None
) -> Select[Any]:
    if start is not None:
        query = query.where(column >= micros(start))
    return query.where(column < micros(end)) if end is not None else query


def transitions(
    connection: Connection, monitor: str | None, *, start: datetime, end: datetime
) -> tuple[Transition, ...]:
    """Return changes of status, oldest first; for each check the last one before ``start`` as well."""
    at, check_id = transitions_.c.at, transitions_.c.check_id
    before = (
        select(check_id, func.max(at).label("last")).where(at <= micros(start)).group_by(check_id).subquery()
    )
    query = (
        _of(
            select(transitions_, *_names()).select_from(transitions_.join(checks)),
            transitions_,
            monitor,
            None,
        )
        .outerjoin(before, before.c.check_id == check_id)
        .where(or_(and_(at > micros(start), at < micros(end)), at == before.c.last))
        .order_by(at, transitions_.c.id)
    )
    return tuple(transition_from_row(row) for row in connection.execute(query))


def _incidents() -> Select[Any]:
    return select(incidents_, *_names()).select_from(incidents_.join(checks))


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
    query = _of(_incidents(), incidents_, monitor, None)
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


def alerts(  # noqa: PLR0913  a query in words
    connection: Connection,
    *,
    notifier: str | None,
    incident: int | None,
    start: datetime | None,
    end: datetime | None,
    before: int | None,
    limit: int,
) -> tuple[tuple[int, QueuedAlert], ...]:
    """Return what was told or waits to be told, newest first, each with its place."""
    query = _between(select(alerts_), alerts_.c.created_at, start, end)
    if notifier is not None:
        query = query.where(alerts_.c.notifier == notifier)
    if incident is not None:
        query = query.where(alerts_.c.incident == incident)
    if before is not None:
        query = query.where(alerts_.c.id < before)
    rows = connection.execute(query.order_by(alerts_.c.id.desc()).limit(limit))
    return tuple((row.id, queued_from_row(row)) for row in rows)
