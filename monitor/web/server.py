"""The two sockets: uvicorn, running inside our own event loop and under our own signals."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from monitor.errors import UsageError
from monitor.web.patience import Patient

GRACE = 3  # seconds that a clean stop gives to answers on their way
Address = tuple[Any, ...]  # as the family has it: host, port, and for IPv6 two more


def listen(host: str, port: int) -> list[socket.socket]:
    """Open a listening socket for every address of that host. Port 0 takes any free one.

    Raises UsageError, in words, when that is not possible.
    """
    sockets: list[socket.socket] = []
    try:
        for family, address in _addresses(host, port):
            sockets.append(_listen_at(family, address))
    except OSError as error:
        for opened in sockets:
            opened.close()
        raise UsageError(f"cannot listen on {_shown(host, port)}: {error.strerror or error}") from error
    return sockets


async def serve_on(sockets: list[socket.socket], app: ASGIApp, *, stop: asyncio.Event) -> None:
    """Serve on sockets that listen already, until ``stop`` is set. Closes them."""
    server = _Server(
        uvicorn.Config(
            app,
            access_log=False,
            backlog=512,
            http=Patient,
            lifespan="off",
            log_config=None,
            log_level="error",  # a visitor who speaks no HTTP is no news
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE,
            ws="none",
        )
    )
    waiting = asyncio.create_task(_tell(server, stop))
    try:
        await server.serve(sockets=sockets)
    finally:
        waiting.cancel()
        for opened in sockets:
            opened.close()


class _Server(uvicorn.Server):
    """uvicorn without signal handlers: the house has its own, and stops all its parts in order."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _tell(server: uvicorn.Server, stop: asyncio.Event) -> None:
    await stop.wait()
    server.should_exit = True


def _addresses(host: str, port: int) -> list[tuple[socket.AddressFamily, Address]]:
    flags = socket.AI_PASSIVE | socket.AI_NUMERICSERV
    found = socket.getaddrinfo(host.strip("[]") or None, port, type=socket.SOCK_STREAM, flags=flags)
    addresses: list[tuple[socket.AddressFamily, Address]] = list(
        dict.fromkeys((family, address) for family, _, _, _, address in found)
    )
    return addresses[:1] if port == 0 else addresses


def _listen_at(family: socket.AddressFamily, address: Address) -> socket.socket:
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family is socket.AF_INET6:
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listening.bind(address)
        listening.listen(512)
        listening.settimeout(0)
    except OSError:
        listening.close()
        raise
    return listening


def _shown(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
