"""The orders listener's queue and its orders: two tables in one file, which outlives every process.

The effect of an event and the name of the run that had it are one transaction. What is still to be reported
stays a job until the answer is in, so that neither an end of the worker nor one of the monitor loses it.
"""

import json
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Self

PATIENCE = 5.0  # seconds for the other process to let go of the file
TABLES = """
CREATE TABLE IF NOT EXISTS job (number INTEGER PRIMARY KEY, event BLOB NOT NULL, run TEXT);
CREATE TABLE IF NOT EXISTS placed (id TEXT PRIMARY KEY) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What an event asks for: ``receipt`` is where to say that it was done, if anybody wants to know."""

    id: str
    receipt: str

    @classmethod
    def read(cls, event: bytes) -> Self | None:
        """Return the order in an event; None where there is none. Never raises."""
        try:
            document = json.loads(event)
            return cls(id=str(document["order"]), receipt=str(document.get("receipt", "")))
        except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
            return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """An accepted event. ``run`` names the run that did its work; None while it waits for one."""

    number: int
    event: bytes
    run: str | None


class Queue:
    """One connection to the file. The listener puts; the worker takes."""

    def __init__(self, path: Path) -> None:
        self._file = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
        self._file.execute("PRAGMA journal_mode = WAL")
        self._file.executescript(TABLES)

    def put(self, event: bytes) -> None:
        """Keep an accepted event."""
        self._file.execute("INSERT INTO job (event) VALUES (?)", (event,))

    def first(self) -> Job | None:
        """Return the oldest job; None where there is nothing to do."""
        row = self._file.execute("SELECT number, event, run FROM job ORDER BY number LIMIT 1").fetchone()
        return Job(number=row[0], event=row[1], run=row[2]) if row else None

    def place(self, order: Order, job: Job, *, run: str, twice: bool) -> bool:
        """Do the work: place the order, in this run. False: it was placed before, which is enough.

        ``twice``: forget to look whether it was.
        """
        with self._file:
            self._file.execute("BEGIN IMMEDIATE")
            placed = self._file.execute("INSERT OR IGNORE INTO placed (id) VALUES (?)", (order.id,)).rowcount
            if not placed and not twice:
                return False
            self._file.execute("UPDATE job SET run = ? WHERE number = ?", (run, job.number))
        return True

    def done(self, job: Job) -> None:
        """Forget a job of which nothing is left to do."""
        self._file.execute("DELETE FROM job WHERE number = ?", (job.number,))

    def close(self) -> None:
        self._file.close()
