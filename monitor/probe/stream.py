"""One TCP or TLS connection, read and written by one probe at a time."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import cast

SLICE = 16 * 1024  # what is handed out at once: a flood of tiny chunks must not hold the loop
HELD = 64 * 1024  # what we hold before the listener has to wait for us


class Stream(asyncio.Protocol):
    """Bytes in both directions, with little between us and the event loop.

    Leaner than asyncio's streams, and it tells an early answer from a full send buffer. ``address`` and
    ``expires_at`` (of the certificate chain) are facts of the connection, so they stay with it.
    """

    def __init__(self, on_lost: Callable[["Stream"], None]) -> None:
        self.address = ""
        self.expires_at: datetime | None = None
        self.ended = False
        self._on_lost = on_lost
        self._transport: asyncio.Transport | None = None
        self._held = bytearray()
        self._error: Exception | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._blocked = False
        self._paused = False

    @property
    def transport(self) -> asyncio.Transport:
        if self._transport is None:
            raise ConnectionResetError("not connected")
        return self._transport

    @property
    def quiet(self) -> bool:
        """Nothing was said and nobody hung up: fit for another request."""
        return not self.ended and not self._held

    def use(self, transport: asyncio.Transport) -> None:
        """Speak through this transport from now on: the plain one first, then the TLS one."""
        self._transport = transport
        transport.set_write_buffer_limits(high=0)  # so that "sent" means: given to the system

    # What the event loop tells us.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.use(cast("asyncio.Transport", transport))

    def data_received(self, data: bytes) -> None:
        self._held += data
        if len(self._held) > HELD and not self._paused and not self.ended:
            self._paused = True
            self.transport.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        self.ended = True
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        self.ended = True
        self._error = exc
        self._wake()
        self._on_lost(self)

    def pause_writing(self) -> None:
        self._blocked = True

    def resume_writing(self) -> None:
        self._blocked = False
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def _wait(self) -> None:
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    # What a probe asks of us.

    async def read(self) -> bytes:
        """Return the next bytes, none at the end. Raises what broke the connection, once all is read."""
        if self._held:
            await asyncio.sleep(0)  # the others first
        while not self._held and not self.ended:
            await self._wait()
        if not self._held and self._error is not None:
            raise self._error
        data = bytes(self._held[:SLICE])
        del self._held[:SLICE]
        if self._paused and len(self._held) <= HELD:
            self._paused = False
            if not self.ended:
                self.transport.resume_reading()
        return data

    async def write(self, data: bytes) -> None:
        """Send, until the system has taken everything or the listener answers (or hangs up) in between."""
        self.transport.write(data)
        while self._blocked and not self._held and not self.ended:
            await self._wait()

    def close(self) -> None:
        """Hang up politely: with TLS the listener is told. Bounded by ``ssl_shutdown_timeout``."""
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        """Hang up at once."""
        if self._transport is not None:
            self._transport.abort()
