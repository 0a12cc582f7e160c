"""Finding results: the one table that is large, so each question is asked in the way its index likes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, or_, select

from monitor.core.model import Check, Result, StoredResult
from monitor.store.rows import micros, result_from_evidence, result_from_row
from monitor.store.tables import checks, failures, results

FIRST_ERROR = 400
MOST_RECALLED = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which results. ``before`` is the number of the last one already seen; ``end`` is not included."""

    monitor: str | None = None
    check: Check | None = None
    start: datetime | None = None
    end: datetime | None = None
    before: int | None = None
    limit: int = 100


def find(connection: Connection, wanted: Wanted) -> tuple[StoredResult, ...]:
    """Return results, newest first. One whose evidence is kept is whole."""
    if wanted.monitor is None and wanted.check is None:
        return _stored(connection, _anybodys(connection, wanted))
    rows: list[Row[Any]] = []
    for check_id in list(connection.scalars(_checks(wanted))):
        rows += connection.execute(_newest_of(connection, check_id, wanted))
    rows.sort(key=lambda row: (row.at, row.id), reverse=True)
    return _stored(connection, rows[: wanted.limit])


def find_failing(connection: Connection, wanted: Wanted) -> tuple[StoredResult, ...]:
    """Return results that were not good, newest first, however many good ones came since."""
    query = select(failures, checks.c.monitor, checks.c.check_name).select_from(failures.join(checks))
    if wanted.monitor is not None or wanted.check is not None:
        query = query.where(failures.c.check_id.in_(connection.scalars(_checks(wanted)).all()))
    query = query.where(*_between(failures.c.at, wanted))
    if wanted.before is not None:
        query = query.where(failures.c.result_id < wanted.before)
    rows = connection.execute(query.order_by(failures.c.result_id.desc()).limit(wanted.limit))
    return tuple(
        StoredResult(
            id=row.result_id,
            result=result_from_evidence(row.evidence, row.at, row.monitor, row.check_name),
        )
        for row in rows
    )


def refused(connection: Connection, start: datetime) -> tuple[Result, ...]:
    """Return what was answered with an error since then, oldest first; of very many failures the latest."""
    newest = select(failures.c.result_id).order_by(failures.c.result_id.desc()).limit(MOST_RECALLED)
    at, status = results.c.at, results.c.http_status
    query = _rows().where(results.c.id.in_(newest), at >= micros(start), status >= FIRST_ERROR)
    rows = connection.execute(query.order_by(results.c.id))
    return tuple(result_from_row(row, row.monitor, row.check_name) for row in rows)


def _checks(wanted: Wanted) -> Select[Any]:
    query = select(checks.c.id)
    if wanted.monitor is not None:
        query = query.where(checks.c.monitor == wanted.monitor)
    if wanted.check is not None:
        query = query.where(checks.c.check_name == wanted.check.value)
    return query


def _between(at: ColumnElement[int], wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions = []
    if wanted.start is not None:
        conditions.append(at >= micros(wanted.start))
    if wanted.end is not None:
        conditions.append(at < micros(wanted.end))
    return conditions


def _rows() -> Select[Any]:
    return select(results, checks.c.monitor, checks.c.check_name).select_from(results.join(checks))


def _anybodys(connection: Connection, wanted: Wanted) -> list[Row[Any]]:
    """In the order of numbers: backwards through the table itself."""
    query = _rows().where(*_between(results.c.at, wanted))
    if wanted.before is not None:
        query = query.where(results.c.id < wanted.before)
    return list(connection.execute(query.order_by(results.c.id.desc()).limit(wanted.limit)))


def _newest_of(connection: Connection, check_id: int, wanted: Wanted) -> Select[Any]:
    """In the order of (check, time), which has an index: never by sorting two weeks of a check."""
    query = _rows().where(results.c.check_id == check_id, *_between(results.c.at, wanted))
    if wanted.before is not None:
        seen = connection.scalar(select(results.c.at).where(results.c.id == wanted.before))
        query = query.where(_older(seen, wanted.before))
    return query.order_by(results.c.at.desc(), results.c.id.desc()).limit(wanted.limit)


def _older(seen: int | None, number: int) -> ColumnElement[bool]:
    if seen is None:  # pruned meanwhile, and with it all that was older
        return results.c.id < number
    older: ColumnElement[bool] = and_(results.c.at <= seen, or_(results.c.at < seen, results.c.id < number))
    return older


def _stored(connection: Connection, rows: list[Row[Any]]) -> tuple[StoredResult, ...]:
    numbers = [row.id for row in rows if row.status != "up"]
    evidence = {
        row.result_id: row.evidence
        for row in connection.execute(select(failures).where(failures.c.result_id.in_(numbers)))
    }
    return tuple(
        StoredResult(
            id=row.id,
            result=result_from_evidence(evidence[row.id], row.at, row.monitor, row.check_name)
            if row.id in evidence
            else result_from_row(row, row.monitor, row.check_name),
        )
        for row in rows
    )
