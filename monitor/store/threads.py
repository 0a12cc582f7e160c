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
from monitor.store.patience import Cutter, at_most

LONGEST_WRITE = 10.0  # seconds; a write takes milliseconds
LONGEST_READ = 35.0  # a little longer than the server lets a statement run
LONGEST_END = 5.0

T = TypeVar("T")
Work = Callable[[Connection], T]
Transaction = Callable[[], AbstractContextManager[Connection]]


class Threads:
    """Runs work on a connection, in a transaction of its own. Raises DatabaseAway."""

    def __init__(self, url: URL) -> None:
        self._url = url
        self._writing, self._reading = writing_engine(url), reading_engine(url)
        self._cut_writing, self._cut_reading = Cutter(self._writing).cut, Cutter(self._reading).cut
        self._hand = ThreadPoolExecutor(1, thread_name_prefix="store-writer")
        self._eyes = ThreadPoolExecutor(READERS, thread_name_prefix="store-reader")

    async def write(self, work: Work[T]) -> T:
        """Do this, after all that was asked for before, and let it survive a power cut."""
        return await at_most(
            LONGEST_WRITE, self._run(self._hand, partial(durably, self._writing), work), self._cut_writing
        )

    async def write_lightly(self, work: Work[T]) -> T:
        """Do this; a power cut in the next moment may undo it."""
        return await at_most(
            LONGEST_WRITE, self._run(self._hand, partial(lightly, self._writing), work), self._cut_writing
        )

    async def read(self, work: Work[T]) -> T:
        """Do this, while others read and write."""
        return await at_most(
            LONGEST_READ, self._run(self._eyes, self._reading.connect, work), self._cut_reading
        )

    async def _run(self, threads: ThreadPoolExecutor, transaction: Transaction, work: Work[T]) -> T:
        def run() -> T:
            with blaming(self._url), transaction() as connection:
                return work(connection)

        return await asyncio.get_running_loop().run_in_executor(threads, run)

    async def shut(self) -> None:
        """Wait for what is under way, though not for ever, and let go of all connections."""
        ending = asyncio.create_task(asyncio.to_thread(self._end))
        done, _ = await asyncio.wait({ending}, timeout=LONGEST_END)
        if not done:
            self._cut_writing()
            self._cut_reading()
            await asyncio.wait({ending}, timeout=LONGEST_END)

    def _end(self) -> None:
        self._hand.shutdown(cancel_futures=True)
        self._eyes.shutdown(cancel_futures=True)
        self._writing.dispose()
        self._reading.dispose()
