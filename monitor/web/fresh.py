"""A value that is made at most once at a time, and kept for a moment."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

T = TypeVar("T")


class Fresh(Generic[T]):
    """One value, never older than ``age``. Everybody who asks meanwhile waits for the same making.

    A making that fails is kept just as long: a database that is away is not asked by every visitor anew.
    The making goes on when the visitor who caused it has left, because others may be waiting for it.
    """

    def __init__(
        self, make: Callable[[], Awaitable[T]], *, age: timedelta, now: Callable[[], datetime]
    ) -> None:
        self._make = make
        self._age = age
        self._now = now
        self._making: asyncio.Task[T] | None = None
        self._made_at: datetime | None = None

    async def get(self) -> T:
        """Return the value, or raise what its making raised."""
        if self._making is None or (self._making.done() and self._stale()):
            self._made_at = None
            self._making = asyncio.create_task(self._make_now())
        return await asyncio.shield(self._making)

    async def _make_now(self) -> T:
        try:
            return await self._make()
        finally:
            self._made_at = self._now()

    def _stale(self) -> bool:
        if self._made_at is None:
            return True
        # A clock set back makes the age negative: that is stale as well, or the value would stay for hours.
        return not timedelta(0) <= self._now() - self._made_at < self._age
