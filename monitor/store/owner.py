"""One process owns the clock of a database.

The lock dies with its holder: a kernel file lock beside a SQLite file, an advisory lock on a connection of
its own in PostgreSQL. The epoch, raised at every take-over, is the second wall: each writing transaction
compares it, so an owner that was taken for dead cannot write any more, whatever it believes.
"""

import fcntl
import os
from datetime import datetime
from pathlib import Path
from typing import IO, Protocol

from sqlalchemy import Connection, select, text, update
from sqlalchemy.engine import URL
from sqlmodel import col

from monitor.errors import DatabaseAway, NotOwner, OwnedElsewhere
from monitor.store.engine import blaming, lone_engine
from monitor.store.rows import micros, moment
from monitor.store.tables import OwnerRow

OWNER_LOCK = 7_216_053_872  # any number that is ours, per database
owners = OwnerRow.__table__  # type: ignore[attr-defined]  # SQLModel types the class, not its table


class Lock(Protocol):
    """Something only one process can hold."""

    def take(self, holder: str) -> bool: ...

    def held(self) -> bool: ...

    def let_go(self) -> None: ...


class FileLock:
    """``<database>.lock``: the kernel lets go of it when the process dies, however it dies."""

    def __init__(self, url: URL) -> None:
        self._path = Path(f"{url.database}.lock")
        self._file: IO[str] | None = None

    def take(self, holder: str) -> bool:
        try:
            file = self._path.open("a+", encoding="utf-8")
        except OSError as error:
            raise DatabaseAway(f"{self._path}: {error.strerror}") from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            return False
        file.truncate(0)
        file.write(f"{holder}\n")
        file.flush()
        self._file = file
        return True

    def held(self) -> bool:
        """The kernel keeps it for us; but a file that somebody replaced protects nobody."""
        try:
            return self._file is not None and os.fstat(self._file.fileno()).st_ino == self._path.stat().st_ino
        except OSError:
            return False

    def let_go(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


class AdvisoryLock:
    """A session lock in PostgreSQL, on a connection that does nothing else."""

    def __init__(self, url: URL) -> None:
        self._url = url
        self._engine = lone_engine(url)
        self._connection: Connection | None = None

    def take(self, holder: str) -> bool:  # noqa: ARG002  the holder's name is in the owner row
        with blaming(self._url):
            connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            if connection.scalar(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": OWNER_LOCK}):
                self._connection = connection
                return True
            connection.close()
            return False

    def held(self) -> bool:
        if self._connection is None:
            return False
        try:
            with blaming(self._url):
                self._connection.scalar(text("SELECT 1"))
        except DatabaseAway:
            self._connection.invalidate()
            self._connection = None
            return False
        return True

    def let_go(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._engine.dispose()


def lock_for(url: URL) -> Lock:
    """Return the lock that guards this database."""
    return FileLock(url) if url.get_backend_name() == "sqlite" else AdvisoryLock(url)


def last_owner(connection: Connection) -> tuple[str, datetime] | None:
    """Return who owned the clock last, and when it last gave a sign of life."""
    row = connection.execute(select(owners)).first()
    return (row.holder, moment(row.beat_at)) if row else None


def take_over(connection: Connection, holder: str, at: datetime) -> int:
    """Raise the epoch and return it: from now on every other process is refused."""
    row = connection.execute(select(owners)).first()
    if row is None:
        connection.execute(owners.insert(), {"id": 1, "epoch": 1, "holder": holder, "beat_at": micros(at)})
        return 1
    epoch = int(row.epoch) + 1
    connection.execute(update(OwnerRow).values(epoch=epoch, holder=holder, beat_at=micros(at)))
    return epoch


def refuse_unless_owner(connection: Connection, epoch: int) -> None:
    """Raise NotOwner if somebody else took over. Part of every writing transaction."""
    query = select(owners.c.epoch, owners.c.holder)
    if connection.dialect.name == "postgresql":
        query = query.with_for_update(read=True)
    row = connection.execute(query).first()
    if row is None or row.epoch != epoch:
        taker = row.holder if row else "nobody"
        raise NotOwner(f"the clock of this database now belongs to {taker}")


def beat(connection: Connection, epoch: int, at: datetime) -> None:
    """Give a sign of life. Raises NotOwner if somebody else took over."""
    changed = connection.execute(
        update(OwnerRow)
        .where(col(OwnerRow.epoch) == epoch)
        .values(beat_at=micros(at), measured_until=micros(at))
    )
    if changed.rowcount != 1:
        refuse_unless_owner(connection, epoch)


def retire(connection: Connection, epoch: int) -> None:
    """Say that the owner left of its own will: nobody need wait for its silence."""
    connection.execute(update(OwnerRow).where(col(OwnerRow.epoch) == epoch).values(beat_at=0))


def elsewhere(connection: Connection) -> OwnedElsewhere:
    last = last_owner(connection)
    return OwnedElsewhere(last[0] if last else "another process that has just started")
