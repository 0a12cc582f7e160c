"""Wires the house once. Nothing else constructs doors.

``wiring``     the pieces that the main job and one-off commands share
``ownership``  one process owns the clock of a database; another may stand by
``service``    the running main job: start, reload, stop
``keeping``    its standing duties: signs of life, housekeeping, words about our own trouble
"""

import asyncio
import signal

from monitor.app.ownership import own
from monitor.app.service import Service
from monitor.app.wiring import load, utc_now
from monitor.config import Settings
from monitor.store import Store


async def run(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT. Raises MonitorError when it cannot start, or must not go on."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    config = await asyncio.to_thread(load, settings.config)
    store = await Store.open(settings.database, now=utc_now)
    try:
        if not await own(store, settings, stop):
            return
        await Service(settings, config, store, stop).run()
    finally:
        await store.close()
