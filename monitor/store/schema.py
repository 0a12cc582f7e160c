"""Bringing the tables up to date: Alembic, packaged, applied at start under a lock."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.engine import URL

from monitor.errors import SchemaMismatch
from monitor.store.engine import blaming, lone_engine, make_private, reading_engine
from monitor.store.tables import Base

MIGRATIONS = Path(__file__).parent / "migrations"
UPGRADE_LOCK = 7_216_053_871  # any number that is ours


def upgrade(url: URL) -> None:
    """Apply what is missing. Raises SchemaMismatch if the database is newer than this program."""
    make_private(url)
    engine = lone_engine(url)
    try:
        # Two processes may start at once: the second finds the work done.
        with blaming(url), engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": UPGRADE_LOCK})
            if _current(connection) != _newest():
                command.upgrade(_config(connection), "head")
    finally:
        engine.dispose()


def is_current(url: URL) -> bool:
    """Return whether there is nothing to upgrade. Raises SchemaMismatch as ``upgrade`` does.

    It only reads: a command that looks at history need not wait for anybody's lock.
    """
    make_private(url)
    engine = reading_engine(url)
    try:
        with blaming(url), engine.connect() as connection:
            return _current(connection) == _newest()
    finally:
        engine.dispose()


def check(url: URL) -> None:
    """Raise SchemaMismatch unless the tables are exactly those of this version."""
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        raise SchemaMismatch(f"there is no database {url.database} yet: run webhook-monitor db upgrade")
    engine = reading_engine(url)
    try:
        with blaming(url), engine.connect() as connection:
            current = _current(connection)
            if current is None:
                raise SchemaMismatch("there are no tables yet: run webhook-monitor db upgrade")
            if current != _newest():
                raise SchemaMismatch("the tables are older than this program: run webhook-monitor db upgrade")
            if compare_metadata(MigrationContext.configure(connection), Base.metadata):
                raise SchemaMismatch("the tables are not those of this version: they were changed by hand")
    finally:
        engine.dispose()


def _current(connection: Connection) -> str | None:
    """Return the revision of the database. Raises SchemaMismatch for one we have never heard of."""
    current = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}
    if current is not None and current not in known:
        raise SchemaMismatch(
            f"the database has schema {current}, newer than this program knows: use a newer webhook-monitor"
        )
    return current


def _newest() -> str | None:
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
