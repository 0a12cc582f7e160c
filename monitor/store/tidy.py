"""One step of housekeeping: so short that nobody who wants to write has to wait for it."""

import time
from datetime import datetime

from sqlalchemy import Connection

from monitor.store import prune, rollup

BUDGET = 0.05  # seconds of work in one transaction
SLICES = 10  # transactions in one step, while there is work left
PAUSE = 0.1  # seconds between them, for those who have something to write


def tidy(connection: Connection, now: datetime) -> bool:
    """Roll up, then prune, until the time is over; return whether something was left to do."""
    end = time.monotonic() + BUDGET
    while rollup.step(connection, now) or prune.prune_results(connection, now):
        if time.monotonic() >= end:
            return True
    prune.sweep(connection, now)
    return False
