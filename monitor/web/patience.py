"""How long, and for how much, the sockets are patient with a visitor.

uvicorn waits for ever for the first request of a connection, and for the rest of one that trickles in. Every
such connection holds a file descriptor that a probe may need, and every endless header holds memory.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

CONNECTIONS = 500  # per socket
HEAD_WITHIN = 5.0  # seconds from the first byte owed to the end of the headers
LARGEST_HEAD = 64 * 1024  # bytes


class Patient(HttpToolsProtocol):
    """A connection that has to say soon and shortly what it wants."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  uvicorn's
        super().__init__(*args, **kwargs)
        self._hurry: asyncio.TimerHandle | None = None
        self._received = 0  # bytes of a head that is not complete

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        if len(self.connections) > CONNECTIONS:
            transport.abort()
            return
        self._wait()

    def data_received(self, data: bytes) -> None:
        self._received += len(data)
        super().data_received(data)
        if self._is_answering():
            self._received = 0
            self._stop_waiting()
            return
        if self._received > LARGEST_HEAD:
            self.transport.abort()
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def _is_answering(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle  # None before the first request
        return cycle is not None and not cycle.response_complete

    def _wait(self) -> None:
        if self._hurry is None:
            self._hurry = self.loop.call_later(HEAD_WITHIN, self.transport.abort)

    def _stop_waiting(self) -> None:
        if self._hurry is not None:
            self._hurry.cancel()
            self._hurry = None
