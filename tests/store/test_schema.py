"""The tables are brought up to date by themselves, once, and never behind a newer program's back."""

import asyncio
import threading
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from monitor.errors import DatabaseAway, SchemaMismatch, UsageError
from monitor.store import Store, check_schema, schema, upgrade
from monitor.store.engine import lone_engine, parse
from monitor.store.tables import Base
from tests.store.records import Clock, a_record


def run(url: str, statement: str) -> None:
    engine = lone_engine(parse(url))
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def test_migrations_make_exactly_the_tables_that_we_speak_of(url: str) -> None:
    upgrade(url)
    engine = lone_engine(parse(url))
    with engine.begin() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
        waiting = {index["name"]: index for index in inspect(connection).get_indexes("alert")}
        assert "ix_alert_waiting" in waiting
    engine.dispose()
    check_schema(url)


def test_every_constraint_has_a_name() -> None:
    for table in Base.metadata.tables.values():
        assert all(constraint.name for constraint in table.constraints)


def test_an_upgrade_that_is_done_does_nothing(url: str) -> None:
    upgrade(url)
    upgrade(url)
    assert schema.is_current(parse(url))


async def test_many_may_come_at_once(url: str) -> None:
    await asyncio.gather(*(asyncio.to_thread(upgrade, url) for _ in range(4)))
    check_schema(url)


async def test_a_newer_database_is_refused_in_words(url: str, clock: Clock) -> None:
    upgrade(url)
    run(url, "UPDATE alembic_version SET version_num = '9999_far_future'")
    with pytest.raises(SchemaMismatch, match="schema 9999_far_future, newer than this program"):
        await Store.open(url, now=clock)
    with pytest.raises(SchemaMismatch):
        upgrade(url)
    with pytest.raises(SchemaMismatch):
        check_schema(url)


def test_a_database_without_tables_or_with_strange_ones_does_not_pass(url: str) -> None:
    with pytest.raises(SchemaMismatch, match="yet: run webhook-monitor db upgrade"):
        check_schema(url)
    upgrade(url)
    run(url, "DROP TABLE progress")
    with pytest.raises(SchemaMismatch, match="changed by hand"):
        check_schema(url)


def test_checking_makes_no_file(tmp_path: Path) -> None:
    with pytest.raises(SchemaMismatch):
        check_schema(f"sqlite:///{tmp_path / 'none.db'}")
    assert list(tmp_path.iterdir()) == []


def test_a_migration_can_be_undone(url: str) -> None:
    upgrade(url)
    engine = lone_engine(parse(url))
    with engine.begin() as connection:
        command.downgrade(schema._config(connection), "base")
        assert set(inspect(connection).get_table_names()) == {"alembic_version"}
    engine.dispose()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "monitor.db",
        "sqlite://",
        "sqlite:///:memory:",
        "mysql://root@db/x",
        "sqlite:///file:x?uri=true",
        "://",
    ],
)
def test_a_url_we_cannot_use_is_refused_with_the_remedy(url: str) -> None:
    with pytest.raises(UsageError, match="sqlite:///"):
        parse(url)


@pytest.mark.parametrize(
    "url", ["postgres://u:p@h/d", "postgresql://u:p@h/d", "postgresql+psycopg2://u:p@h/d"]
)
def test_every_spelling_of_postgresql_is_understood(url: str) -> None:
    assert parse(url).drivername == "postgresql+psycopg"


async def test_a_password_never_shows(clock: Clock, capfd: pytest.CaptureFixture[str]) -> None:
    url = "postgresql://watcher:c0rrect-h0rse@127.0.0.1:1/d"
    with pytest.raises(DatabaseAway) as caught:
        await Store.open(url, now=clock)
    store = Store(parse(url), now=clock)
    shown = [
        str(caught.value),
        repr(caught.value),
        str(caught.value.__cause__),
        store.name,
        repr(vars(store)),
    ]
    await store.close()
    assert "c0rrect" not in " ".join([*shown, *capfd.readouterr()])
    with pytest.raises(UsageError) as refused:
        parse("postgresql://watcher:c0rrect-h0rse@127.0.0.1:port/d")
    assert "c0rrect" not in str(refused.value)
    assert refused.value.__cause__ is None


async def test_a_file_that_is_not_a_database_is_said_to_be_none(tmp_path: Path, clock: Clock) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("milk, bread, eggs\n" * 500)
    with pytest.raises(DatabaseAway, match="not a database"):
        await Store.open(f"sqlite:///{file}", now=clock)


async def test_a_folder_that_is_missing_is_named(tmp_path: Path, clock: Clock) -> None:
    with pytest.raises(DatabaseAway, match=r"missing/monitor\.db: No such file"):
        await Store.open(f"sqlite:///{tmp_path / 'missing' / 'monitor.db'}", now=clock)


async def test_looking_at_history_waits_for_nobodys_lock(store: Store, url: str, clock: Clock) -> None:
    store.record(a_record())
    assert await store.flush(5)
    holding, enough = threading.Event(), threading.Event()

    def hold(_: Connection) -> None:
        holding.set()
        enough.wait(10)

    writing = asyncio.create_task(store._threads.write(hold))
    await asyncio.to_thread(holding.wait)
    other = await Store.open(url, now=clock)
    assert len(await other.results()) == 1
    assert not writing.done()
    enough.set()
    await writing
    await other.close()
