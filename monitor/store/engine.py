"""The way into the database: engines, pragmas, and whose fault an error is."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import NullPool, QueuePool

from monitor.errors import DatabaseAway, UsageError

READERS = 4
BUSY_SECONDS = 1.0  # how long we wait for somebody else's lock on a SQLite file before we say so
UPGRADE_SECONDS = 10.0  # who starts while another brings the tables up to date waits for the end of it
CONNECT_SECONDS = 3

# A server that vanished without a word is noticed in seconds, not in the kernel's quarter of an hour.
IMPATIENT = {
    "connect_timeout": CONNECT_SECONDS,
    "application_name": "webhook-monitor",
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
# A writer that was stopped in mid-transaction (a paused machine) does not hold up the one that takes over.
BOUNDED = "-c statement_timeout=30s -c lock_timeout=5s -c idle_in_transaction_session_timeout=15s"


def parse(url: str) -> URL:
    """Return the URL of a database we can speak to. Raises UsageError."""
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
    except (ArgumentError, ValueError):  # its words may hold the password: they are not passed on
        raise UsageError("the database URL cannot be read; try sqlite:///webhook-monitor.db") from None
    match backend:
        case "sqlite":
            if not parsed.database or parsed.database == ":memory:" or "uri" in parsed.query:
                raise UsageError("SQLite needs a plain file: sqlite:///webhook-monitor.db")
            return parsed.set(drivername="sqlite")
        case "postgresql" | "postgres":
            return parsed.set(drivername="postgresql+psycopg")
    raise UsageError(f"no {backend} databases: use sqlite:///FILE or postgresql://…")


def writing_engine(url: URL) -> Engine:
    """Return an engine with one connection, whose transactions begin as the only writer."""
    if url.get_backend_name() == "sqlite":
        return _sqlite(url, begin="BEGIN IMMEDIATE", connections=1, patience=BUSY_SECONDS)
    return _postgresql(url, options=BOUNDED, pool_size=1, max_overflow=0, pool_pre_ping=True)


def reading_engine(url: URL) -> Engine:
    """Return an engine whose transactions see one moment of the database, and change nothing."""
    if url.get_backend_name() == "sqlite":
        return _sqlite(url, begin="BEGIN", connections=READERS, patience=BUSY_SECONDS)
    return _postgresql(
        url,
        options=f"{BOUNDED} -c default_transaction_read_only=on",
        pool_size=READERS,
        max_overflow=0,
        pool_pre_ping=True,
        isolation_level="REPEATABLE READ",
    )


def lone_engine(url: URL) -> Engine:
    """Return an engine whose connections are never pooled: for locks and migrations."""
    if url.get_backend_name() == "sqlite":
        return _sqlite(url, begin="BEGIN IMMEDIATE", connections=1, patience=UPGRADE_SECONDS)
    return _postgresql(url, options="", poolclass=NullPool)


def _postgresql(url: URL, *, options: str, **settings: Any) -> Engine:  # noqa: ANN401  create_engine's own
    ours = {**IMPATIENT, "options": options}
    wanted = {name: value for name, value in ours.items() if name not in url.query}  # the operator's win
    return create_engine(url, connect_args=wanted, hide_parameters=True, **settings)


def _sqlite(url: URL, *, begin: str, connections: int, patience: float) -> Engine:
    engine = create_engine(
        url,
        connect_args={"check_same_thread": False, "timeout": patience},
        poolclass=QueuePool,
        pool_size=connections,
        max_overflow=0,
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # the driver must not begin for us: see below
        _write_ahead(connection, patience)
        for pragma in ("synchronous=NORMAL", "foreign_keys=ON", "temp_store=MEMORY"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A read that turns into a write would fail at once where somebody else writes: begin as a writer.
        connection.exec_driver_sql(begin)

    return engine


def _write_ahead(connection: sqlite3.Connection, patience: float) -> None:
    """Switch a file to WAL, unless it is in it. SQLite waits for no lock here: whoever is not alone waits."""
    end = time.monotonic() + patience
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY  # the low byte; the rest says why
            if not busy or time.monotonic() >= end:
                raise
            time.sleep(0.01)
        else:
            return


def make_private(url: URL) -> None:
    """Create a SQLite file that only we can read: evidence may name what is internal."""
    if url.get_backend_name() == "sqlite" and url.database:
        try:
            Path(url.database).touch(mode=0o600)
        except OSError as error:
            raise DatabaseAway(f"{url.database}: {error.strerror}") from error


@contextmanager
def durably(engine: Engine) -> Iterator[Connection]:
    """Give a transaction that is on the disk, whatever happens to the machine, once it is committed."""
    with engine.connect() as connection:
        _synchronous(connection, "FULL")
        with connection.begin():
            yield connection


@contextmanager
def lightly(engine: Engine) -> Iterator[Connection]:
    """Give a transaction that a power cut may undo for a moment after its commit: no waiting for a disk."""
    with engine.connect() as connection:
        _synchronous(connection, "NORMAL")
        with connection.begin():
            if connection.dialect.name == "postgresql":
                connection.execute(text("SET LOCAL synchronous_commit TO off"))
            yield connection


def _synchronous(connection: Connection, how: str) -> None:
    """Set SQLite's own switch, which can only be moved outside a transaction (so: past SQLAlchemy)."""
    driver = connection.connection.driver_connection
    if isinstance(driver, sqlite3.Connection):
        driver.execute(f"PRAGMA synchronous={how}")


@contextmanager
def blaming(url: URL) -> Iterator[None]:
    """Turn what the driver says into DatabaseAway, unless it speaks of the values we gave it.

    Locked, full, unreachable, read-only, a table or a right that is missing: somebody can mend that, and
    what waits is written afterwards. A value that no database would take is our bug, and passes through.
    """
    try:
        yield
    except (PoolTimeout, sqlite3.Error) as error:
        raise DatabaseAway(_words(url, error)) from error
    except DBAPIError as error:
        if _speaks_of_values(error):
            raise
        raise DatabaseAway(_words(url, error)) from error


def _speaks_of_values(error: DBAPIError) -> bool:
    if error.connection_invalidated:
        return False
    if isinstance(error, IntegrityError | DataError):
        return True
    # Both drivers say ProgrammingError of a value they cannot pass on, too: then no server has spoken.
    return isinstance(error, ProgrammingError) and getattr(error.orig, "sqlstate", None) is None


def _words(url: URL, error: Exception) -> str:
    """Return one line: which database, and the driver's first sentence, without a password."""
    said = str(getattr(error, "orig", None) or error).strip().splitlines()
    shown = url.render_as_string(hide_password=True)
    line = f"{shown}: {said[0] if said else type(error).__name__}"
    password = str(url.password or "")
    return line.replace(password, "•••") if password else line
