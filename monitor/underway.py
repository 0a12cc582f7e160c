"""Which checks are under way: one task each. Some of them only rest: until their turn, or to confirm."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from monitor.core.model import CheckKey


class Underway:
    """Tasks by the check they run; never two for one check. ``sleep`` takes seconds."""

    def __init__(self, *, sleep: Callable[[float], Awaitable[None]]) -> None:
        self._sleep = sleep
        self._tasks: dict[CheckKey, asyncio.Task[None]] = {}
        self._resting: set[asyncio.Task[None]] = set()
        self._stopping = False

    def __len__(self) -> int:
        return len(self._tasks)

    def __contains__(self, key: CheckKey) -> bool:
        return key in self._tasks

    def start(self, key: CheckKey, work: Callable[[CheckKey], Coroutine[Any, Any, None]]) -> None:
        """Start a check that is not under way; after the stop, nothing."""
        if self._stopping:
            return
        task = asyncio.create_task(self._run(key, work))
        self._tasks[key] = task
        task.add_done_callback(lambda done: self._left(key, done))  # it may end before it began

    async def _run(self, key: CheckKey, work: Callable[[CheckKey], Coroutine[Any, Any, None]]) -> None:
        try:
            await work(key)
        finally:  # at once: it may be started again before anybody sees that its task is done
            self._left(key, asyncio.current_task())

    def _left(self, key: CheckKey, task: asyncio.Task[None] | None) -> None:
        if self._tasks.get(key) is task:
            del self._tasks[key]

    async def rest(self, seconds: float) -> None:
        """Sleep, as part of a check. ``end_resting`` and ``stop`` end the check."""
        task = asyncio.current_task()
        if task is None or self._stopping:
            raise asyncio.CancelledError
        self._resting.add(task)
        try:
            await self._sleep(max(0.0, seconds))
        finally:
            self._resting.discard(task)

    def end_resting(self, unwanted: Callable[[CheckKey], bool]) -> tuple[CheckKey, ...]:
        """End the checks that only rest and are not wanted; return which."""
        ended = [key for key, task in self._tasks.items() if task in self._resting and unwanted(key)]
        for key in ended:
            self._tasks.pop(key).cancel()
        return tuple(ended)

    async def stop(self, seconds: float) -> None:
        """Start nothing any more, end what only rests, and let the others come home, for so long."""
        self._stopping = True
        self.end_resting(lambda _: True)
        await self.drain(seconds)

    async def drain(self, seconds: float) -> None:
        """Let what is on its way come home, for so long; then cancel it."""
        tasks = list(self._tasks.values())
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
