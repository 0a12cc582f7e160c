"""Many workers at once: so many receipts a second, whether the last was answered or not.

``python -m benchmarks.workers`` reads one JSON line, ``{"port": …, "rate": …, "fresh": …, "paths": […]}``,
posts to each path when its time has come, and prints what it saw as one JSON line. ``fresh``: over a new
connection each time. The wait for an answer is counted from when the receipt was due, so that a server that
stands still cannot make the load lighter.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import uvloop

STEP = 0.005  # seconds between two looks at what is due
CONNECTIONS = 500  # open at most, unless fresh ones are wanted: an answer waits for the disk
PATIENCE = 30.0  # seconds for what is unanswered at the end


@dataclass
class Load:
    """What is to be posted, what waits for a connection, and what was seen."""

    port: int
    fresh: bool
    idle: list["Worker"] = field(default_factory=list)
    open: int = 0
    due: list[tuple[float, str]] = field(default_factory=list)  # what found no connection, last first
    statuses: Counter[int] = field(default_factory=Counter)
    waits: list[float] = field(default_factory=list)

    async def post(self, due: float, path: str) -> None:
        if self.idle:
            self.idle.pop().post(due, path)
        elif self.fresh or self.open < CONNECTIONS:
            (await self.connect()).post(due, path)
        else:
            self.due.insert(0, (due, path))

    async def connect(self) -> "Worker":
        self.open += 1
        _, worker = await asyncio.get_running_loop().create_connection(
            lambda: Worker(self), "127.0.0.1", self.port
        )
        return worker


class Worker(asyncio.Protocol):
    """One connection: a receipt, its answer, the next one."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._answer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport  # uvloop's has all of a Transport, but is none

    def connection_lost(self, _: Exception | None) -> None:
        """The server closes what was idle for long. What it had not answered stays unanswered."""
        self._load.open -= 1
        if self in self._load.idle:
            self._load.idle.remove(self)

    def post(self, due: float, path: str) -> None:
        self._due = due
        self._transport.write(
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{self._load.port}\r\nContent-Length: 0\r\n"
            f"Idempotency-Key: {path[-24:]}\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        self._answer += data
        if b"\r\n\r\n" not in self._answer:
            return
        load, status = self._load, int(self._answer[9:12])
        self._answer = b""
        load.statuses[status] += 1
        load.waits.append(time.monotonic() - self._due)
        if load.fresh:
            self._transport.close()
        elif load.due:
            self.post(*load.due.pop())
        else:
            load.idle.append(self)


async def run(port: int, rate: float, paths: list[str], *, fresh: bool) -> dict[str, Any]:
    """Post to every path in its time."""
    load = Load(port=port, fresh=fresh)
    began, on_the_way = time.monotonic(), set()
    for number, path in enumerate(paths):
        due = began + number / rate
        if (left := due - time.monotonic()) > 0:
            await asyncio.sleep(max(left, STEP))
        task = asyncio.create_task(load.post(due, path))
        on_the_way.add(task)
        task.add_done_callback(on_the_way.discard)
    due_for, end = time.monotonic() - began, time.monotonic() + PATIENCE
    while load.statuses.total() < len(paths) and time.monotonic() < end:  # noqa: ASYNC110  an event has a price
        await asyncio.sleep(STEP)
    waits = sorted(load.waits) or [float("nan")]
    return {
        "asked": len(paths),
        "due_for": due_for,
        "seconds": time.monotonic() - began,
        "statuses": dict(load.statuses),
        "p50": waits[len(waits) // 2],
        "p99": waits[len(waits) * 99 // 100],
        "longest": waits[-1],
    }


if __name__ == "__main__":
    asked = json.loads(sys.stdin.readline())
    seen = uvloop.run(run(asked["port"], asked["rate"], asked["paths"], fresh=asked["fresh"]))
    print(json.dumps(seen), flush=True)
