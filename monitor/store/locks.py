"""The first wall round the clock of a database: a lock that dies with its holder."""

import fcntl
import os
from pathlib import Path
from typing import IO, Protocol

import structlog
from sqlalchemy import Connection, text
from sqlalchemy.engine import URL

from monitor.errors import DatabaseAway
from monitor.store.engine import blaming, lone_engine
from monitor.store.patience import Cutter

log = structlog.get_logger()

# The lock's two numbers: ours, and the schema's. Advisory locks are per database already.
OURS = 1_464_356_909
KEY = "(:ours)::int4, hashtext(current_schema())"
HOLDERS = """
    SELECT pg_terminate_backend(pid) FROM pg_locks
    WHERE locktype = 'advisory' AND granted AND classid = :ours AND objid = hashtext(current_schema())::oid
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND pid <> pg_backend_pid()
"""


class Lock(Protocol):
    """Something only one process can hold. Every method may raise DatabaseAway."""

    def take(self, holder: str) -> bool:
        """Take it, unless somebody else has it."""

    def keep(self) -> None:
        """See to it that we still hold it, if that can be."""

    def wrest(self) -> None:
        """Take it from a holder that is alive but has long been silent, where that is possible."""

    def holder(self) -> str | None:
        """Return who has it, where the lock itself can tell."""

    def cut(self) -> None:
        """Wake a thread that waits for an answer of a frozen server."""

    def let_go(self) -> None: ...


class FileLock:
    """``<database>.lock``: the kernel lets go of it when the process dies, however it dies."""

    def __init__(self, url: URL) -> None:
        self._path = Path(f"{url.database}.lock")
        self._holder = ""
        self._file: IO[str] | None = None

    def take(self, holder: str) -> bool:
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise DatabaseAway(f"{self._path}: {error.strerror}") from error
        file = os.fdopen(descriptor, "r+", encoding="utf-8")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            return False
        self._file, self._holder = file, holder
        self._sign(file)
        return True

    def _sign(self, file: IO[str]) -> None:
        """Write who we are. On a full disk the lock stands all the same: it is the kernel's."""
        try:
            file.truncate(0)
            file.write(f"{self._holder}\n")
            file.flush()
        except OSError as error:
            log.warning("the lock file cannot say who holds it", file=str(self._path), why=error.strerror)

    def keep(self) -> None:
        """A file that somebody removed protects nobody: lock the one that stands there now."""
        try:
            if self._file and os.fstat(self._file.fileno()).st_ino == self._path.stat().st_ino:
                return
        except OSError:
            pass
        lost, self._file = self._file, None
        if not self.take(self._holder):
            self._file = lost  # the epoch tells who the owner is
            log.warning("another process locked the database in our place", file=str(self._path))
        elif lost:
            lost.close()

    def wrest(self) -> None:
        """A process on this machine that is alive but hangs is for its service manager to end, not for us."""

    def holder(self) -> str | None:
        try:
            return self._path.read_text(encoding="utf-8").strip() or None
        except (OSError, UnicodeDecodeError):
            return None

    def cut(self) -> None:
        """The kernel is never frozen."""

    def let_go(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


class AdvisoryLock:
    """A session lock in PostgreSQL, on a connection that does nothing else."""

    def __init__(self, url: URL) -> None:
        self._url = url
        self._engine = lone_engine(url)
        self._cutter = Cutter(self._engine)
        self._connection: Connection | None = None

    def take(self, holder: str) -> bool:  # noqa: ARG002  the holder's name is in the owner row
        with blaming(self._url):
            connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            try:
                if connection.scalar(text(f"SELECT pg_try_advisory_lock({KEY})"), {"ours": OURS}):
                    self._connection = connection
            finally:
                if self._connection is not connection:
                    connection.close()
        return self._connection is not None

    def keep(self) -> None:
        """The server lets go when the connection breaks: take the lock again.

        Our own lost session may still stand on the server and hold it. That does no harm: whoever takes over
        raises the epoch, so as long as the epoch is ours, nobody did.
        """
        if self._connection is not None:
            try:
                with blaming(self._url):
                    self._connection.scalar(text("SELECT 1"))
            except DatabaseAway:
                self._forget()
            else:
                return
        if not self.take(""):
            log.warning("the lock of the database is held by another session; the epoch is still ours")

    def wrest(self) -> None:
        with blaming(self._url), self._engine.connect() as connection:
            connection.execute(text(HOLDERS), {"ours": OURS})

    def holder(self) -> str | None:
        return None

    def cut(self) -> None:
        self._cutter.cut()

    def let_go(self) -> None:
        self._forget()
        self._engine.dispose()

    def _forget(self) -> None:
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None


def lock_for(url: URL) -> Lock:
    """Return the lock that guards this database."""
    return FileLock(url) if url.get_backend_name() == "sqlite" else AdvisoryLock(url)
