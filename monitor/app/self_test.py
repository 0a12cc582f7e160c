"""Tests of notifiers, sent every so often where the operator asks for it."""

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog

from monitor.core import alert
from monitor.core.model import AlertKind, Config, Record
from monitor.errors import StoreError
from monitor.store import Store

log = structlog.get_logger()

LOOK = 60.0  # seconds


class SelfTest:
    """Puts a test into the outbox: it goes the way of every alert, and fails as they would.

    The last test is found in the database: a restart is no reason for another one.
    """

    def __init__(self, *, store: Store, config: Callable[[], Config], now: Callable[[], datetime]) -> None:
        self._store = store
        self._config = config
        self._now = now
        self._tested: dict[str, datetime] = {}

    async def run(self) -> None:
        while True:
            try:
                await self.look()
            except StoreError as error:
                log.debug("self-tests wait for the database", why=str(error))
            await asyncio.sleep(LOOK)

    async def look(self) -> None:
        """Test each notifier whose last test is too old, or that never had one."""
        config, now = self._config(), self._now()
        for notifier in config.notifiers:
            if notifier.self_test is None:
                continue
            last = await self._last(notifier.name)
            if last is None or now - last >= notifier.self_test:
                self._tested[notifier.name] = now
                self._store.record(Record(alerts=(alert.sample(notifier.name, config.site, now),)))

    async def _last(self, name: str) -> datetime | None:
        if name not in self._tested:
            found = await self._store.alerts(notifier=name, kind=AlertKind.TEST, limit=1)
            if not found:
                return None
            self._tested[name] = found[0][1].alert.created_at
        return self._tested[name]
