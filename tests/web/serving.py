"""Real sockets for the web's tests."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.types import ASGIApp

from monitor.web import listen, serve_on


@asynccontextmanager
async def served(app: ASGIApp, *, port: int = 0) -> AsyncIterator[str]:
    """Serve on a port of this machine, or on a free one; give its address."""
    sockets, stop = listen("127.0.0.1", port), asyncio.Event()
    task = asyncio.create_task(serve_on(sockets, app, stop=stop))
    try:
        yield f"http://127.0.0.1:{sockets[0].getsockname()[1]}"
    finally:
        stop.set()
        await task
