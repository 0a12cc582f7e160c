"""Bringing the tables up to date: Alembic, packaged, applied at start under a lock."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, text
from sqlalchemy.engine import URL

from monitor.errors import SchemaMismatch
from monitor.store.engine import blaming, make_engine
from monitor.store.tables import Base

MIGRATIONS = Path(__file__).parent / "migrations"
UPGRADE_LOCK = 7_216_053_871  # any number that is ours


def upgrade(url: URL) -> None:
    """Apply what is missing. Raises SchemaMismatch if the database is newer than this program."""
    engine = make_engine(url, writing=True)
    try:
        with blaming(url), engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": UPGRADE_LOCK})
            _refuse_newer(connection)
            command.upgrade(_config(connection), "head")
    finally:
        engine.dispose()


def check(url: URL) -> None:
    """Raise SchemaMismatch unless the tables are exactly those of this version."""
    engine = make_engine(url, writing=False)
    try:
        with blaming(url), engine.connect() as connection:
            _refuse_newer(connection)
            context = MigrationContext.configure(connection)
            if context.get_current_revision() != _newest():
                raise SchemaMismatch("the tables are older than this program: run webhook-monitor db upgrade")
            if compare_metadata(context, Base.metadata):
                raise SchemaMismatch("the tables are not those of this version: they were changed by hand")
    finally:
        engine.dispose()


def _refuse_newer(connection: Connection) -> None:
    current = MigrationContext.configure(connection).get_current_revision()
    if current is None:
        return
    try:
        ScriptDirectory(str(MIGRATIONS)).get_revision(current)
    except CommandError as error:
        raise SchemaMismatch(
            f"the database has schema {current}, newer than this program: use a newer one"
        ) from error


def _newest() -> str | None:
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config
