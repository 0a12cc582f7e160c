"""Inserting what may be there already: the one thing that both databases say in their own dialect."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert


def unless_there(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert what is not there yet."""
    if rows:
        connection.execute(_unless_there(connection.dialect.name, table), list(rows))


def put(
    connection: Connection,
    table: Table,
    rows: Sequence[dict[str, Any]],
    unique: tuple[str, ...],
    *,
    keep: tuple[str, ...] = (),
) -> None:
    """Insert, or replace what is there under the same unique columns, except for what is to ``keep``."""
    if not rows:
        return
    statement = _insert(connection.dialect.name, table)
    changed = {name: statement.excluded[name] for name in rows[0] if name not in (*unique, *keep)}
    connection.execute(statement.on_conflict_do_update(index_elements=list(unique), set_=changed), list(rows))


def add(  # noqa: PLR0913  which rows, and what becomes of those that are there
    connection: Connection,
    table: Table,
    rows: Sequence[dict[str, Any]],
    unique: tuple[str, ...],
    sum_: str,
    *,
    also: tuple[str, ...] = (),
) -> None:
    """Insert, or add ``sum_`` to what is there under the same unique columns; ``also`` is replaced."""
    if not rows:
        return
    statement = _insert(connection.dialect.name, table)
    changed = {name: statement.excluded[name] for name in also}
    changed[sum_] = table.c[sum_] + statement.excluded[sum_]
    connection.execute(statement.on_conflict_do_update(index_elements=list(unique), set_=changed), list(rows))


@cache
def _unless_there(dialect: str, table: Table) -> Any:  # noqa: ANN401  as below
    return _insert(dialect, table).on_conflict_do_nothing()


def _insert(dialect: str, table: Table) -> Any:  # noqa: ANN401  two dialects, one shape
    return (postgresql_insert if dialect == "postgresql" else sqlite_insert)(table)
