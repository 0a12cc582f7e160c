"""Wires the house once. Nothing else constructs doors.

``wiring``     the pieces that the main job and one-off commands share
``ownership``  one process owns the clock of a database; another may stand by
``parts``      what the main job is made of
``service``    the running main job: start and stop
``reloading``  a new configuration while it runs
``keeping``    its standing duties: signs of life, housekeeping, words about our own trouble
"""

import asyncio
import signal

import structlog

from monitor.app.keyring import keyring_of
from monitor.app.ownership import own, stand_by
from monitor.app.service import Service
from monitor.app.wiring import load, utc_now
from monitor.config import Settings
from monitor.core.model import Config
from monitor.errors import ConfigError
from monitor.store import Store
from monitor.web import listen

log = structlog.get_logger()


async def run(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT. Raises MonitorError when it cannot start, or must not go on."""
    stop, hang_up = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    loop.add_signal_handler(signal.SIGHUP, hang_up.set)  # from the first: left to itself, it kills
    config = await asyncio.to_thread(load, settings.config)
    store = await Store.open(settings.database, now=utc_now)
    try:
        if settings.standby:
            public = listen(settings.host, settings.port)
            if not await stand_by(store, public, stop):
                return
            hang_up.clear()  # whatever was to be read again is read now
            config = await _fresh(settings, config)
        else:
            await own(store)
            public = listen(settings.host, settings.port)
        operator = listen(settings.operator_host, settings.operator_port)
        keyring = await asyncio.to_thread(keyring_of, settings)
        service = Service(settings, config, store, keyring, stop=stop, hang_up=hang_up)
        await service.run(public=public, operator=operator)
    finally:
        await store.close()


async def _fresh(settings: Settings, config: Config) -> Config:
    """Return the configuration of today: a stand-by may have waited for months with its own."""
    try:
        return await asyncio.to_thread(load, settings.config)
    except ConfigError as error:
        log.warning("the configuration of today is refused; that of the start stays", why=str(error))
        return config
