"""One process owns the clock of a database; another may stand by."""

import asyncio
import os
import socket
from datetime import timedelta

import structlog

from monitor import system
from monitor.app.wiring import utc_now
from monitor.config import Settings
from monitor.errors import OwnedElsewhere, StoreError
from monitor.store import Store
from monitor.web import House, public_app, serve

log = structlog.get_logger()

LOCK_PATIENCE = timedelta(seconds=10)  # how long to wait for another owner to let go
OWNER_DEAD_AFTER = timedelta(seconds=15)


async def own(store: Store, settings: Settings, stop: asyncio.Event) -> bool:
    """Become the owner of the clock. False when asked to stop while standing by."""
    holder = f"{socket.gethostname()} (process {os.getpid()})"
    if settings.standby:
        return await _stand_by(store, settings, stop, holder)
    deadline = utc_now() + LOCK_PATIENCE
    while True:
        try:
            await store.acquire(holder)
        except OwnedElsewhere:
            if utc_now() >= deadline:
                raise
            await asyncio.sleep(0.5)
        else:
            return True


async def _stand_by(store: Store, settings: Settings, stop: asyncio.Event, holder: str) -> bool:
    """Wait until the owner has been silent for 15 s, meanwhile alive but not ready."""
    house = House.standing_by(now=utc_now)
    shut = asyncio.Event()
    page = asyncio.create_task(serve(public_app(house), host=settings.host, port=settings.port, stop=shut))
    log.info("standing by", database=store.name)
    system.notify("READY=1\nSTATUS=standing by")
    try:
        while not stop.is_set():
            try:
                last = await store.holder()
                if last is None or utc_now() - last[1] > OWNER_DEAD_AFTER:
                    await store.acquire(holder)
                    log.info("taking over", from_=last[0] if last else None)
                    return True
            except (OwnedElsewhere, StoreError) as error:
                log.debug("still standing by", why=str(error))
            await _wait(stop, 1.0)
        return False
    finally:
        shut.set()
        await page


async def _wait(event: asyncio.Event, seconds: float) -> None:
    """Sleep for so long, or until the event is set."""
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return
