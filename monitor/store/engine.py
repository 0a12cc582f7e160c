"""The way into the database: engines, pragmas, and whose fault an error is."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import NullPool, QueuePool

from monitor.errors import DatabaseAway, UsageError

BUSY_MILLISECONDS = 2000
CONNECT_SECONDS = 3


def parse(url: str) -> URL:
    """Return the URL of a database we can speak to. Raises UsageError."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise UsageError("the database URL cannot be read; try sqlite:///webhook-monitor.db") from error
    match parsed.get_backend_name():
        case "sqlite":
            if not parsed.database or parsed.database == ":memory:":
                raise UsageError("SQLite needs a file: sqlite:///webhook-monitor.db")
            return parsed
        case "postgresql" | "postgres":
            return parsed.set(drivername="postgresql+psycopg")
    raise UsageError(f"no {parsed.get_backend_name()} databases: use sqlite:///FILE or postgresql://…")


def make_engine(url: URL, *, writing: bool) -> Engine:
    """Return an engine. The writing one begins every transaction as the only writer."""
    if url.get_backend_name() == "sqlite":
        return _sqlite(url, writing=writing)
    options = {"connect_timeout": CONNECT_SECONDS, "application_name": "webhook-monitor"}
    return create_engine(
        url, connect_args=options, pool_size=1 if writing else 4, max_overflow=0, pool_pre_ping=not writing
    )


def _sqlite(url: URL, *, writing: bool) -> Engine:
    engine = create_engine(
        url,
        connect_args={"check_same_thread": False, "timeout": BUSY_MILLISECONDS / 1000},
        poolclass=QueuePool,
        pool_size=1 if writing else 4,
        max_overflow=0,
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # the driver must not begin for us: see below
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "temp_store=MEMORY"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:  # noqa: ANN401  SQLAlchemy's connection
        # A read that turns into a write would fail at once where somebody else writes: begin as a writer.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def lone_engine(url: URL) -> Engine:
    """Return an engine whose connections are never pooled: for locks that live as long as a connection."""
    return create_engine(url, poolclass=NullPool, connect_args={"connect_timeout": CONNECT_SECONDS})


@contextmanager
def blaming(url: URL) -> Iterator[None]:
    """Turn what the driver says into DatabaseAway where trying again can help; the rest is a bug."""
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeout) as error:
        raise DatabaseAway(_words(url, error)) from error
    except DBAPIError as error:
        broken = isinstance(error.orig, sqlite3.DatabaseError) and type(error.orig) is sqlite3.DatabaseError
        if error.connection_invalidated or broken:
            raise DatabaseAway(_words(url, error)) from error
        raise


def _words(url: URL, error: Exception) -> str:
    """Return one line: which database, and the driver's first sentence, without a password."""
    said = str(getattr(error, "orig", None) or error).strip().splitlines()
    shown = url.render_as_string(hide_password=True)
    text = f"{shown}: {said[0] if said else type(error).__name__}"
    password = url.password
    return text.replace(str(password), "•••") if password else text
