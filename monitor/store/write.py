"""Writing one batch of units of work, all or nothing, and any number of times: twice changes nothing.

A commit whose answer got lost may have been done. So every row has a key of its own before it is written:
results a number, alerts and parts of incidents theirs, a transition its check, instant and status, a line of
a timeline what happened when, by whom, to what.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, true, update

from monitor.core.model import Check, CheckKey, Happened, Health, Record, Result
from monitor.store import heartbeats, hushes, outbox, rollup, tables
from monitor.store.rows import (
    alert_to_row,
    evidence_to_text,
    happened_to_row,
    health_to_text,
    incident_to_row,
    result_to_row,
    transition_to_row,
)
from monitor.store.upsert import put, unless_there

FRESH = health_to_text(Health())
# Made once: SQLAlchemy takes as long to make a small statement as SQLite to execute it.
BELIEVE = (
    update(tables.checks).where(tables.checks.c.id == bindparam("number")).values(health=bindparam("now"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """A unit of work and the number of its result."""

    number: int
    record: Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What is written together.

    ``sent``: alerts that have left from memory, and when, in this batch or before it.
    """

    units: Sequence[Numbered]
    sent: Mapping[str, datetime] = field(default_factory=dict)
    durable: bool = True  # it must survive a power cut, not only our own death


@dataclass(slots=True)
class Ids:
    """Which number stands for which check: read once, kept by the one writer."""

    known: dict[CheckKey, int] = field(default_factory=dict)

    def forget(self) -> None:
        """What a transaction that was undone has taught us is not true."""
        self.known = {}

    def ensure(self, connection: Connection, keys: set[CheckKey]) -> None:
        """Give every new check a number."""
        if not self.known:
            self._learn(connection.execute(select(tables.checks)))
        new = sorted(key for key in keys if key not in self.known)
        if new:
            rows = [{"monitor": key.monitor, "check_name": key.check.value, "health": FRESH} for key in new]
            self._learn(connection.execute(insert(tables.checks).returning(tables.checks), rows))

    def _learn(self, rows: Any) -> None:  # noqa: ANN401  SQLAlchemy's result
        self.known |= {CheckKey(row.monitor, Check(row.check_name)): row.id for row in rows}


def last_number(connection: Connection) -> int:
    """Return the highest number ever given to a result that is still known."""
    highest = [
        connection.scalar(select(func.max(column)))
        for column in (tables.results.c.id, tables.failures.c.result_id)
    ]
    return max(number or 0 for number in highest)


def write(connection: Connection, batch: Batch, ids: Ids) -> None:
    """Write the batch."""
    records = [unit.record for unit in batch.units]
    for old, new in (pair for record in records for pair in record.renames):
        _rename(connection, old, new)
        ids.forget()
    for number, into in (pair for record in records for pair in record.merges):
        _merge(connection, number, into)
    ids.ensure(connection, {key for record in records for key in _keys(record)})
    _results(connection, batch.units, ids)
    _healths(connection, records, ids)
    _transitions(connection, records, ids)
    _incidents(connection, records, ids)
    lines = [happened_to_row(line) for record in records for line in record.happened]
    unless_there(connection, tables.happened, lines)
    _alerts(connection, batch)


def _keys(record: Record) -> set[CheckKey]:
    keys = {CheckKey(one.monitor, one.check) for one in record.transitions}
    if record.result:
        keys.add(CheckKey(record.result.monitor, record.result.check))
    if record.key and record.health:
        keys.add(record.key)
    if record.incident:
        keys.add(CheckKey(record.incident.monitor, record.incident.check))
    return keys


def _results(connection: Connection, units: Sequence[Numbered], ids: Ids) -> None:
    finished = [(unit.number, unit.record.result) for unit in units if unit.record.result]
    rows = [
        result_to_row(result, number, ids.known[CheckKey(result.monitor, result.check)])
        for number, result in finished
    ]
    if not rows:
        return
    unless_there(connection, tables.results, rows)
    failing = [
        _evidence(result, row)
        for (_, result), row in zip(finished, rows, strict=True)
        if not result.verdict.good
    ]
    unless_there(connection, tables.failures, failing)
    rollup.reopen(connection, min(row["at"] for row in rows))


def _evidence(result: Result, row: dict[str, Any]) -> dict[str, Any]:
    return {
        "result_id": row["id"],
        "check_id": row["check_id"],
        "at": row["at"],
        "evidence": evidence_to_text(result),
    }


def _healths(connection: Connection, records: Sequence[Record], ids: Ids) -> None:
    latest = {record.key: record.health for record in records if record.key and record.health}
    if latest:
        rows = [{"number": ids.known[key], "now": health_to_text(health)} for key, health in latest.items()]
        connection.execute(BELIEVE, rows)


def _transitions(connection: Connection, records: Sequence[Record], ids: Ids) -> None:
    rows = [
        transition_to_row(one, ids.known[CheckKey(one.monitor, one.check)])
        for record in records
        for one in record.transitions
    ]
    unless_there(connection, tables.transitions, rows)


def _incidents(connection: Connection, records: Sequence[Record], ids: Ids) -> None:
    """The last word on each part of an incident in the batch."""
    rows = [
        incident_to_row(part, ids.known[CheckKey(part.monitor, part.check)])
        for part in (record.incident for record in records)
        if part is not None
    ]
    latest = {(row["number"], row["check_id"], row["started_at"]): row for row in rows}
    put(connection, tables.incidents, list(latest.values()), ("number", "check_id", "started_at"))


def _alerts(connection: Connection, batch: Batch) -> None:
    """The same fact is never told twice: a key that is there already stays as it is."""
    alerts = [alert for unit in batch.units for alert in unit.record.alerts]
    unless_there(connection, tables.alerts, [alert_to_row(alert) for alert in alerts])
    for key, at in batch.sent.items():
        outbox.settle(connection, [key], at=at)


def _rename(connection: Connection, old: str, new: str) -> None:
    """Let the history of one monitor follow it to another name. What bears that name already keeps it."""
    taken = select(tables.checks.c.check_name).where(tables.checks.c.monitor == new)
    connection.execute(
        update(tables.checks)
        .where(tables.checks.c.monitor == old, tables.checks.c.check_name.not_in(taken))
        .values(monitor=new)
    )
    for table in (tables.alerts, tables.happened):
        connection.execute(update(table).where(table.c.monitor == old).values(monitor=new))
    hushes.rename(connection, old, new)
    heartbeats.rename(connection, old, new)


def _merge(connection: Connection, number: int, into: int) -> None:
    """Let all that belongs to one incident belong to another. That it was merged stays under its number."""
    moved = tables.happened.c.kind != Happened.MERGED_INTO.value
    for table, column, which in (
        (tables.incidents, tables.incidents.c.number, true()),
        (tables.happened, tables.happened.c.number, moved),
        (tables.alerts, tables.alerts.c.incident, true()),
    ):
        connection.execute(update(table).where(column == number, which).values({column.name: into}))
