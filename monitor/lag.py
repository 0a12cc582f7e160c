"""How late our own event loop is: the first suspect when many listeners seem slow at once."""

import asyncio
import time
from collections import deque
from datetime import datetime, timedelta

PERIOD = 0.1  # seconds between two looks
NOTABLE = 0.2  # seconds; smaller hiccups are not kept
KEEP = 1000


class LagMeter:
    """Looks at the clock ten times a second and remembers when it could not."""

    def __init__(self) -> None:
        self._last = time.monotonic()
        self._stalls: deque[tuple[float, float]] = deque(maxlen=KEEP)  # when it ended, seconds it took
        self.current = 0.0  # seconds of the last look

    async def run(self) -> None:
        """Measure until cancelled."""
        self._last = time.monotonic()
        while True:
            await asyncio.sleep(PERIOD)
            now = time.monotonic()
            self.current = max(0.0, now - self._last - PERIOD)
            if self.current > NOTABLE:
                self._stalls.append((now, self.current))
            self._last = now

    def since(self, started_at: datetime, now: datetime) -> float:
        """Return the longest stall in seconds between two instants, the one still going on included."""
        monotonic = time.monotonic()
        start = monotonic - (now - started_at) / timedelta(seconds=1)
        running = monotonic - self._last - PERIOD
        return max([running, 0.0, *(seconds for ended, seconds in self._stalls if ended >= start)])
