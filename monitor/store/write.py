"""Writing one batch of units of work, all or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, bindparam, insert, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlmodel import col

from monitor.core.model import Alert, Check, CheckKey, Health, Record, Status
from monitor.store.rows import (
    alert_to_row,
    evidence_to_text,
    health_to_text,
    incident_to_row,
    micros,
    result_to_row,
    transition_to_row,
)
from monitor.store.tables import AlertRow, CheckRow, FailureRow, IncidentRow, ResultRow, TransitionRow

FRESH = health_to_text(Health())


def table(row: type) -> Table:
    """Return the Core table of a row class: SQLModel types the class, not its table."""
    found: Table = row.__table__  # type: ignore[attr-defined]
    return found


@dataclass(slots=True)
class Ids:
    """Which number stands for which check: read once, kept by the one writer."""

    known: dict[CheckKey, int] = field(default_factory=dict)

    def load(self, connection: Connection) -> None:
        rows = connection.execute(select(CheckRow.id, CheckRow.monitor, CheckRow.check_name))  # type: ignore[call-overload]
        self.known = {CheckKey(row.monitor, Check(row.check_name)): row.id for row in rows}

    def ensure(self, connection: Connection, keys: set[CheckKey]) -> None:
        """Give every new check a number."""
        new = [key for key in keys if key not in self.known]
        if not new:
            return
        rows = [{"monitor": key.monitor, "check_name": key.check, "health": FRESH} for key in sorted(new)]
        unless_there(connection, CheckRow, rows, ("monitor", "check_name"))
        self.load(connection)


def unless_there(
    connection: Connection, row: type, rows: Sequence[dict[str, Any]], unique: tuple[str, ...]
) -> None:
    """Insert what is not there yet."""
    make = postgresql_insert if connection.dialect.name == "postgresql" else sqlite_insert
    connection.execute(make(table(row)).on_conflict_do_nothing(index_elements=list(unique)), list(rows))


def put(connection: Connection, row: type, rows: Sequence[dict[str, Any]], unique: tuple[str, ...]) -> None:
    """Insert, or replace what is there under the same unique columns."""
    make = postgresql_insert if connection.dialect.name == "postgresql" else sqlite_insert
    statement = make(table(row))
    changed = {name: statement.excluded[name] for name in rows[0] if name not in unique}
    connection.execute(statement.on_conflict_do_update(index_elements=list(unique), set_=changed), list(rows))


def write(connection: Connection, records: Sequence[Record], ids: Ids, sent: dict[str, datetime]) -> None:
    """Write the batch. ``sent`` are keys of alerts that have left from memory meanwhile, and when."""
    ids.ensure(connection, {key for record in records for key in _keys(record)})
    _results(connection, records, ids)
    _healths(connection, records, ids)
    transitions = [
        transition_to_row(one, ids.known[CheckKey(one.monitor, one.check)])
        for record in records
        for one in record.transitions
    ]
    if transitions:
        connection.execute(insert(table(TransitionRow)), transitions)
    incidents = {
        record.incident.number: incident_to_row(
            record.incident, ids.known[CheckKey(record.incident.monitor, record.incident.check)]
        )
        for record in records
        if record.incident
    }
    if incidents:
        put(connection, IncidentRow, list(incidents.values()), ("number",))
    alerts = [_alert(alert, sent) for record in records for alert in record.alerts]
    if alerts:
        unless_there(connection, AlertRow, alerts, ("key",))


def _keys(record: Record) -> set[CheckKey]:
    keys = {CheckKey(one.monitor, one.check) for one in record.transitions}
    if record.key:
        keys.add(record.key)
    if record.incident:
        keys.add(CheckKey(record.incident.monitor, record.incident.check))
    return keys


def _results(connection: Connection, records: Sequence[Record], ids: Ids) -> None:
    good, failed = [], []
    for record in records:
        if record.result is None or record.key is None:
            continue
        row = result_to_row(record.result, ids.known[record.key])
        if record.result.verdict.status is Status.UP:
            good.append(row)
        else:
            failed.append((row, record.result))
    if good:
        connection.execute(insert(table(ResultRow)), good)
    for row, result in failed:
        written = connection.execute(insert(table(ResultRow)), row).inserted_primary_key
        evidence = {
            "result_id": written[0] if written else None,
            "check_id": row["check_id"],
            "at": row["at"],
            "evidence": evidence_to_text(result),
        }
        connection.execute(insert(table(FailureRow)), evidence)


def _healths(connection: Connection, records: Sequence[Record], ids: Ids) -> None:
    latest = {record.key: record.health for record in records if record.key and record.health}
    if not latest:
        return
    checks = table(CheckRow)
    rows = [{"check_id": ids.known[key], "belief": health_to_text(health)} for key, health in latest.items()]
    statement = update(checks).where(checks.c.id == bindparam("check_id"))
    connection.execute(statement.values(health=bindparam("belief")), rows)


def _alert(alert: Alert, sent: dict[str, datetime]) -> dict[str, Any]:
    row = alert_to_row(alert)
    if alert.key in sent:
        row |= {"settled_at": micros(sent[alert.key])}
    return row


def rename(connection: Connection, old: str, new: str) -> None:
    """Let the history of one monitor follow it to another name."""
    connection.execute(update(CheckRow).where(col(CheckRow.monitor) == old).values(monitor=new))
