"""Where jobs and listeners call us: addresses are read, and what is heard is durable before the answer."""

import asyncio

import structlog

from monitor.app.wiring import utc_now
from monitor.core.model import Events, Monitor, Pulse, Signal
from monitor.core.tokens import Keyring, read_heartbeat
from monitor.errors import StoreError
from monitor.heartbeats import Heartbeats
from monitor.store import Store
from monitor.watch import Watch

log = structlog.get_logger()


class Ear:
    """The web's side of heartbeats. ``heartbeats`` is set once the pipeline stands."""

    heartbeats: Heartbeats

    def __init__(self, *, keyring: Keyring, store: Store, watch: Watch) -> None:
        self._keyring = keyring
        self._store = store
        self._watch = watch
        self._writing: set[asyncio.Task[None]] = set()

    def find(self, token: str) -> Monitor | None:
        """Return whose address this is; None for one that is not ours, or of a monitor that is gone."""
        name = read_heartbeat(self._keyring, token)
        return self._watch.named(name) if name is not None else None

    async def hear(self, monitor: Monitor, signal: Signal) -> None:
        """Take a job's call; return once it is durable. Raises StoreError; it is believed all the same."""
        await self._store.hear(self.heartbeats.hear(monitor, signal))

    async def count(self, events: Events) -> None:
        """Take real events; return once they are durable. Raises StoreError: then they were not heard."""
        try:
            await self._store.hear(events)
        except StoreError:
            self.heartbeats.deaf(events.at, utc_now(), only=events.monitor)
            raise
        self.heartbeats.count(events)

    def keep(self, pulse: Pulse) -> None:
        """Write what changed without a call; returns at once."""
        task = asyncio.create_task(self._keep(pulse))
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)

    async def _keep(self, pulse: Pulse) -> None:
        try:
            await self._store.hear(pulse)
        except StoreError as error:
            log.warning("what is waited for could not be written", monitor=pulse.monitor, why=str(error))
