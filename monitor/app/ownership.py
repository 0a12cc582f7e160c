"""One process owns the clock of a database; another may stand by."""

import asyncio
import os
import socket
from datetime import timedelta

import structlog

from monitor import system
from monitor.app.wiring import utc_now
from monitor.errors import OwnedElsewhere, StoreError
from monitor.store import Store
from monitor.web import House, public_app, serve_on

log = structlog.get_logger()

LOCK_PATIENCE = timedelta(seconds=10)  # how long to wait for another owner to let go
OWNER_DEAD_AFTER = timedelta(seconds=15)


async def own(store: Store) -> None:
    """Become the owner of the clock; wait a little for another one to let go. Raises OwnedElsewhere."""
    deadline = utc_now() + LOCK_PATIENCE
    while True:
        try:
            await store.acquire(_holder())
        except OwnedElsewhere:
            if utc_now() >= deadline:
                raise
            await asyncio.sleep(0.5)
        else:
            return


async def stand_by(store: Store, public: list[socket.socket], stop: asyncio.Event) -> bool:
    """Wait until the owner has been silent for 15 s, meanwhile alive but not ready, then be the owner.

    False when asked to stop before. ``public`` keeps listening: no visitor finds a closed door at take-over.
    """
    shut = asyncio.Event()
    doors = [door.dup() for door in public]
    page = asyncio.create_task(serve_on(doors, public_app(House.standing_by(now=utc_now)), stop=shut))
    log.info("standing by", database=store.name)
    system.notify("READY=1\nSTATUS=standing by")
    try:
        while not stop.is_set():
            if await _taken_over(store):
                return True
            system.notify("WATCHDOG=1")
            await _wait(stop, 1.0)
        return False
    finally:
        shut.set()
        await page


async def _taken_over(store: Store) -> bool:
    try:
        last = await store.holder()
        if last is not None and utc_now() - last[1] <= OWNER_DEAD_AFTER:
            return False
        await store.acquire(_holder())
    except StoreError as error:
        log.debug("still standing by", why=str(error))
        return False
    log.info("taking over", after=last[0] if last else "nobody")
    return True


def _holder() -> str:
    return f"{socket.gethostname()} (process {os.getpid()})"


async def _wait(event: asyncio.Event, seconds: float) -> None:
    """Sleep for so long, or until the event is set."""
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return
