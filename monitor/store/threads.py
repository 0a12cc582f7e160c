"""The threads of the store: one that writes, a few that read. Nothing waits on the event loop."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.engine import URL

from monitor.store.engine import READERS, blaming, durably, lightly, reading_engine, writing_engine

T = TypeVar("T")
Work = Callable[[Connection], T]
Transaction = Callable[[], AbstractContextManager[Connection]]


class Threads:
    """Runs work on a connection, in a transaction of its own. Raises DatabaseAway."""

    def __init__(self, url: URL) -> None:
        self._url = url
        self._writing, self._reading = writing_engine(url), reading_engine(url)
        self._hand = ThreadPoolExecutor(1, thread_name_prefix="store-writer")
        self._eyes = ThreadPoolExecutor(READERS, thread_name_prefix="store-reader")

    async def write(self, work: Work[T]) -> T:
        """Do this, after all that was asked for before, and let it survive a power cut."""
        return await self._run(self._hand, partial(durably, self._writing), work)

    async def write_lightly(self, work: Work[T]) -> T:
        """Do this; a power cut in the next moment may undo it."""
        return await self._run(self._hand, partial(lightly, self._writing), work)

    async def read(self, work: Work[T]) -> T:
        """Do this, while others read and write."""
        return await self._run(self._eyes, self._reading.connect, work)

    async def _run(self, threads: ThreadPoolExecutor, transaction: Transaction, work: Work[T]) -> T:
        def run() -> T:
            with blaming(self._url), transaction() as connection:
                return work(connection)

        return await asyncio.get_running_loop().run_in_executor(threads, run)

    def shut(self) -> None:
        """Wait for what is under way, and let go of all connections."""
        self._hand.shutdown(cancel_futures=True)
        self._eyes.shutdown(cancel_futures=True)
        self._writing.dispose()
        self._reading.dispose()
