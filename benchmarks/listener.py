"""A listener that costs next to nothing: it answers 200 to everything, and counts.

``python -m benchmarks.listener`` prints its ports as one JSON line, and serves until its input ends.
Several ports, so that thousands of fresh connections a second do not use up the addresses of one.
``GET /`` on any port tells what it counted.
"""

import asyncio
import json
import sys
from dataclasses import dataclass, field
from typing import cast

import uvloop

PORTS = 16
ANSWER = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{"ok":true}'


@dataclass(slots=True)
class Tally:
    """Requests, and the paths they asked for."""

    requests: int = 0
    paths: set[bytes] = field(default_factory=set)

    def answer(self) -> bytes:
        body = json.dumps({"requests": self.requests, "paths": len(self.paths)}).encode()
        return b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)


class Listener(asyncio.Protocol):
    """One connection. Reads whole requests; the sender decides how long the connection lives."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's has all of it, but is none

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (head_end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:head_end]
            whole = head_end + 4 + _content_length(head)
            if len(self._buffer) < whole:
                return
            self._buffer = self._buffer[whole:]
            path = head.split(b" ", 2)[1]
            if path == b"/":
                self._transport.write(self._tally.answer())
                self._transport.close()
                return
            self._tally.requests += 1
            self._tally.paths.add(path)
            self._transport.write(ANSWER)


def _content_length(head: bytes) -> int:
    _, _, rest = head.lower().partition(b"\r\ncontent-length:")
    return int(rest.split(b"\r\n", 1)[0]) if rest else 0


async def _serve() -> None:
    loop = asyncio.get_running_loop()
    tally = Tally()
    servers = [
        await loop.create_server(lambda: Listener(tally), "127.0.0.1", 0, backlog=4096) for _ in range(PORTS)
    ]
    print(json.dumps([server.sockets[0].getsockname()[1] for server in servers]), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    for server in servers:
        server.close()


if __name__ == "__main__":
    uvloop.run(_serve())
