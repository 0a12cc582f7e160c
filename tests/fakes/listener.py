"""A real listener on loopback that can misbehave in every way.

A behaviour is a function of one connection: it reads what it likes, says what it likes, and when it returns
the connection is closed. ``Listener.heard`` keeps the raw requests that behaviours read.
"""

import asyncio
import contextlib
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok"


class Line:
    """One connection, as a behaviour sees it."""

    def __init__(
        self, listener: "Listener", reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.listener = listener
        self.reader = reader
        self.writer = writer

    async def request(self) -> bytes:
        """Read one request with its body; empty when the other side hung up."""
        try:
            head = await self.reader.readuntil(b"\r\n\r\n")
            lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
            body = await self.reader.readexactly(int(lengths[0].split(b":")[1]) if lengths else 0)
        except asyncio.IncompleteReadError:
            return b""
        self.listener.heard.append(head + body)
        self.listener.spoken_to.set()
        return head + body

    async def say(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    def reset(self) -> None:
        """Hang up rudely: the other side gets a RST."""
        raw: socket.socket = self.writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    async def gone(self) -> None:
        """Wait until the other side hangs up."""
        while await self.reader.read(65536):
            pass


Behaviour = Callable[[Line], Awaitable[None]]


@dataclass
class Listener:
    """``lines`` counts connections, ``hung_up`` those that the other side has ended."""

    port: int = 0
    heard: list[bytes] = field(default_factory=list)
    lines: int = 0
    spoken_to: asyncio.Event = field(default_factory=asyncio.Event)
    hung_up: asyncio.Event = field(default_factory=asyncio.Event)


def answers(raw: bytes = OK, *, times: int = 1) -> Behaviour:
    """Read a request, say these bytes; so many times on one connection."""

    async def behave(line: Line) -> None:
        for _ in range(times):
            if not await line.request():
                return
            await line.say(raw)

    return behave


def drips(first: bytes, drop: bytes, *, every: float = 0.01) -> Behaviour:
    """Read a request, say the first bytes, then one drop after the other without end."""

    async def behave(line: Line) -> None:
        await line.request()
        await line.say(first)
        while True:
            await line.say(drop)
            await asyncio.sleep(every)

    return behave


async def hangs(line: Line) -> None:
    """Read the request and say nothing."""
    await line.request()
    await line.gone()


async def deaf(line: Line) -> None:
    """Accept, and never read."""
    line.reader._transport.pause_reading()  # type: ignore[attr-defined]  # the streams API has no such word
    await asyncio.Event().wait()


async def closes(line: Line) -> None:
    """Read the request and hang up without a word."""
    await line.request()


async def resets(line: Line) -> None:
    """Read the request and hang up rudely."""
    await line.request()
    line.reset()


def shakes_hands(context: ssl.SSLContext) -> Behaviour:
    """Shake hands as OpenSSL does, alerts included (asyncio's server hangs up without), then hang up."""

    async def behave(line: Line) -> None:
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        engine = context.wrap_bio(incoming, outgoing, server_side=True)
        with contextlib.suppress(ssl.SSLError):
            while not await _shaken(engine, line, outgoing):
                incoming.write(await line.reader.read(65536))
        await line.say(outgoing.read())

    return behave


async def _shaken(engine: ssl.SSLObject, line: Line, outgoing: ssl.MemoryBIO) -> bool:
    try:
        engine.do_handshake()
    except ssl.SSLWantReadError:
        await line.say(outgoing.read())
        return False
    return True


@asynccontextmanager
async def listening(
    behave: Behaviour, *, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1", port: int = 0
) -> AsyncIterator[Listener]:
    """Listen on loopback, and behave like this on every connection."""
    listener = Listener()
    running: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        listener.lines += 1
        task = asyncio.current_task()
        if task is not None:
            running.add(task)
        with contextlib.suppress(OSError, asyncio.CancelledError):
            await behave(Line(listener, reader, writer))
        listener.hung_up.set()
        writer.close()

    server = await asyncio.start_server(serve, host, port, ssl=tls, limit=1 << 20)
    listener.port = server.sockets[0].getsockname()[1]
    try:
        yield listener
    finally:
        server.close()
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


@contextmanager
def nobody() -> Iterator[int]:
    """A port that refuses: bound, so that nobody else gets it, and not listening."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


@contextmanager
def blackhole(host: str = "127.0.0.1", port: int = 0) -> Iterator[int]:
    """A port that swallows connections: its queue is full, so the next SYN gets no answer."""
    with socket.socket() as full, contextlib.ExitStack() as callers:
        full.bind((host, port))
        full.listen(0)
        for _ in range(4):
            caller = callers.enter_context(socket.socket())
            caller.setblocking(False)  # noqa: FBT003  the standard library has no other spelling
            caller.connect_ex(full.getsockname())
        yield full.getsockname()[1]
