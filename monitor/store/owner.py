"""One process owns the clock of a database.

The lock (``locks``) dies with its holder. The epoch, raised at every take-over, is the second wall: each
writing transaction compares it, so an owner that was taken for dead cannot write any more, whatever it
believes.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, select, update

from monitor.errors import NotOwner
from monitor.store import outbox
from monitor.store.rows import clean, micros, moment
from monitor.store.tables import owners

# A take-over waits until we have committed (SQLite, with its one writer, needs no such words and gets none).
GUARDED = select(owners.c.epoch, owners.c.holder).with_for_update(read=True)
SILENT_FOR = 15.0  # seconds without a sign of life after which the owner is taken for dead


@dataclass(slots=True)
class Pulse:
    """How long the owner's sign of life has not changed, by our own clock: theirs may be wrong."""

    clock: Callable[[], float] = time.monotonic
    _last: datetime | None = None
    _since: float = field(default=float("inf"))

    def felt(self, beat_at: datetime | None) -> None:
        if beat_at != self._last:
            self._last, self._since = beat_at, self.clock()

    @property
    def stopped(self) -> bool:
        return self.clock() - self._since >= SILENT_FOR


def last_owner(connection: Connection) -> tuple[str, datetime] | None:
    """Return who owned the clock last, and when it last gave a sign of life."""
    row = connection.execute(select(owners)).first()
    return (row.holder, moment(row.beat_at)) if row else None


def take_over(connection: Connection, holder: str, at: datetime) -> int:
    """Raise the epoch and return it: from now on every other process is refused, and its leases are over."""
    signed = {"holder": clean(holder), "beat_at": micros(at)}
    raised = update(owners).values(epoch=owners.c.epoch + 1, **signed)
    if connection.execute(raised).rowcount == 0:
        connection.execute(owners.insert(), {"id": 1, "epoch": 1, **signed})
    outbox.release(connection)
    epoch: int = connection.execute(select(owners.c.epoch)).scalar_one()
    return epoch


def refuse_unless_owner(connection: Connection, epoch: int) -> None:
    """Raise NotOwner if somebody else took over. Part of every writing transaction."""
    row = connection.execute(GUARDED).first()
    if row is None or row.epoch != epoch:
        raise NotOwner(f"the clock of this database now belongs to {row.holder if row else 'nobody'}")


def beat(connection: Connection, at: datetime) -> None:
    """Give a sign of life: up to here, everything was measured."""
    connection.execute(update(owners).values(beat_at=micros(at), measured_until=micros(at)))


def retire(connection: Connection) -> None:
    """Say that the owner left of its own will: nobody need wait for its silence."""
    connection.execute(update(owners).values(beat_at=0))
