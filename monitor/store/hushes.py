"""What operators announced or silenced while we run. They are few, and kept as they were said."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, delete, insert, select, update

from monitor.core.model import Check, Scope, Silence, Window
from monitor.core.window import renamed
from monitor.store.rows import MICROSECOND, clean, micros, moment
from monitor.store.tables import silences, windows

T = TypeVar("T")


class _Run(Protocol):
    """Runs work with a connection."""

    def __call__(self, work: Callable[[Connection], T], /) -> Awaitable[T]: ...


class Hushes:
    """The store's door to announced work and silences. Every method may raise DatabaseAway or NotOwner."""

    def __init__(self, *, write: _Run, read: _Run) -> None:
        self._write = write
        self._read = read

    async def recall(self, now: datetime) -> tuple[tuple[Window, ...], tuple[Silence, ...]]:
        """Return what is not over. The windows do not know yet when they come again."""
        return await self._read(partial(_recall, now=now))

    async def announce(self, window: Window) -> Window:
        """Keep a new window; return it with its number."""
        return replace(window, number=await self._write(partial(_insert_window, window=window)))

    async def rewrite(self, number: int, window: Window | None) -> None:
        """Keep what a window has become; None: it never comes."""
        await self._write(partial(_rewrite, number=number, window=window))

    async def silence(self, silence: Silence) -> Silence:
        """Keep a new silence; return it with its number."""
        return replace(silence, number=await self._write(partial(_insert_silence, silence=silence)))

    async def end_silence(self, number: int, at: datetime) -> None:
        """A silence is over, sooner than it was meant."""
        await self._write(partial(_end_silence, number=number, at=at))


def rename(connection: Connection, old: str, new: str) -> None:
    """Let what was said of a monitor follow it to another id."""
    for table in (windows, silences):
        for row in connection.execute(select(table)):
            scope = _scope(row.scope)
            if old in scope.monitors:
                changed = _scope_to_text(renamed(scope, {old: new}))
                connection.execute(update(table).where(table.c.number == row.number).values(scope=changed))


def _recall(connection: Connection, now: datetime) -> tuple[tuple[Window, ...], tuple[Silence, ...]]:
    announced = [_window(row) for row in connection.execute(select(windows).order_by(windows.c.number))]
    lasting = select(silences).where(silences.c.until > micros(now)).order_by(silences.c.number)
    return (
        tuple(one for one in announced if one.repeat is not None or one.start + one.length > now),
        tuple(_silence(row) for row in connection.execute(lasting)),
    )


def _insert_window(connection: Connection, window: Window) -> int:
    number: int = connection.execute(
        insert(windows).values(_window_to_row(window)).returning(windows.c.number)
    ).scalar_one()
    return number


def _rewrite(connection: Connection, number: int, window: Window | None) -> None:
    if window is None:
        connection.execute(delete(windows).where(windows.c.number == number))
        return
    connection.execute(update(windows).where(windows.c.number == number).values(_window_to_row(window)))


def _insert_silence(connection: Connection, silence: Silence) -> int:
    row = {
        "reason": clean(silence.reason),
        "scope": _scope_to_text(silence.scope),
        "since": micros(silence.since),
        "until": micros(silence.until),
    }
    number: int = connection.execute(insert(silences).values(row).returning(silences.c.number)).scalar_one()
    return number


def _end_silence(connection: Connection, number: int, at: datetime) -> None:
    connection.execute(update(silences).where(silences.c.number == number).values(until=micros(at)))


def _window_to_row(window: Window) -> dict[str, Any]:
    return {
        "name": clean(window.name),
        "scope": _scope_to_text(window.scope),
        "start": micros(window.start),
        "length": window.length // MICROSECOND,
        "zone": window.zone,
        "repeat": window.repeat,
        "public": clean(window.public) if window.public else None,
    }


def _window(row: Any) -> Window:  # noqa: ANN401  a database row
    return Window(
        name=row.name,
        scope=_scope(row.scope),
        start=moment(row.start),
        length=row.length * MICROSECOND,
        zone=row.zone,
        repeat=row.repeat,
        public=row.public,
        number=row.number,
    )


def _silence(row: Any) -> Silence:  # noqa: ANN401  a database row
    return Silence(
        number=row.number,
        reason=row.reason,
        scope=_scope(row.scope),
        since=moment(row.since),
        until=moment(row.until),
    )


def _scope_to_text(scope: Scope) -> str:
    said = [scope.everything, scope.monitors, scope.groups, scope.tags, scope.checks]
    return clean(json.dumps(said, ensure_ascii=False))


def _scope(text: str) -> Scope:
    everything, monitors, groups, tags, checks = json.loads(text)
    return Scope(
        everything=everything,
        monitors=tuple(monitors),
        groups=tuple(groups),
        tags=tuple(tags),
        checks=tuple(map(Check, checks)),
    )
