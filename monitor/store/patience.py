"""Waiting for a database, but not for ever: one that is frozen answers nothing, not even that it is away."""

import asyncio
import os
import socket
import weakref
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

import psycopg
from sqlalchemy import Engine, event

from monitor.errors import DatabaseAway

T = TypeVar("T")


class Cutter:
    """Knows the connections of an engine to PostgreSQL, and can cut them off under a thread that waits."""

    def __init__(self, engine: Engine) -> None:
        self._open: weakref.WeakSet[psycopg.Connection] = weakref.WeakSet()
        if engine.dialect.name == "postgresql":
            event.listen(engine, "connect", self._note)

    def _note(self, connection: psycopg.Connection, _record: object) -> None:
        self._open.add(connection)

    def cut(self) -> None:
        """End all of them. Closing them would wait; a socket that is shut down wakes who waits for it."""
        for connection in list(self._open):
            with suppress(OSError, psycopg.Error), socket.socket(fileno=os.dup(connection.fileno())) as end:
                end.shutdown(socket.SHUT_RDWR)


async def at_most(seconds: float, work: Awaitable[T], cut: Callable[[], None]) -> T:
    """Wait for what a thread does. If it takes too long, cut its connection off and raise DatabaseAway."""
    try:
        return await asyncio.wait_for(work, seconds)
    except TimeoutError:
        cut()
        raise DatabaseAway(f"the database has not answered for {seconds:.0f} s") from None
