"""The running main job."""

import asyncio
import socket
from collections.abc import Coroutine
from typing import Any

import structlog

from monitor import system
from monitor.app.parts import Parts, recalled
from monitor.config import Settings
from monitor.core.model import Config
from monitor.core.tokens import Keyring
from monitor.errors import MonitorError, NotOwner
from monitor.store import Store
from monitor.web import operator_app, public_app, serve_on

log = structlog.get_logger()

DRAIN = 10.0  # seconds that a clean stop may take for what is on its way


class Service:
    """The running main job: every part of the house, started and stopped in order."""

    def __init__(  # noqa: PLR0913  what `run` has opened
        self,
        settings: Settings,
        config: Config,
        store: Store,
        keyring: Keyring,
        *,
        stop: asyncio.Event,
        hang_up: asyncio.Event,
    ) -> None:
        self._settings = settings
        self._config = config
        self._store = store
        self._keyring = keyring
        self._stop = stop
        self._hang_up = hang_up
        self._ended: BaseException | None = None

    async def run(self, *, public: list[socket.socket], operator: list[socket.socket]) -> None:
        """Run until told to stop, or until we must. The sockets listen already."""
        self._parts = Parts(
            self._settings,
            self._store,
            self._keyring,
            known=await recalled(self._config, self._store),
            stop=self._stop,
            hang_up=self._hang_up,
        )
        shut = asyncio.Event()
        duties = self._parts.duties() | self._serving(shut, public, operator)
        tasks = [asyncio.create_task(work, name=name) for name, work in duties.items()]
        for task in tasks:
            task.add_done_callback(self._ended_early)
        self._parts.reloader.begin()
        system.notify("READY=1\nSTATUS=probing")
        self._greet()
        await self._stop.wait()
        log.info("stopping")
        await self._shut_down(shut, tasks)

    def _serving(
        self, shut: asyncio.Event, public: list[socket.socket], operator: list[socket.socket]
    ) -> dict[str, Coroutine[Any, Any, None]]:
        house = self._parts.house()
        guarded = operator_app(house, token=self._settings.operator_token)
        return {
            "public": serve_on(public, public_app(house), stop=shut),
            "operator": serve_on(operator, guarded, stop=shut),
        }

    def _ended_early(self, task: asyncio.Task[None]) -> None:
        """No duty ends before the stop: one that does takes the house with it, loudly."""
        if self._stop.is_set() or task.cancelled():
            return
        self._ended = task.exception() or MonitorError(f"{task.get_name()} ended by itself")
        self._stop.set()

    async def _shut_down(self, shut: asyncio.Event, tasks: list[asyncio.Task[None]]) -> None:
        system.notify("STOPPING=1")
        self._parts.clock.stop()
        lost = isinstance(self._ended, NotOwner)
        if not lost:
            await self._parts.pipeline.stop(DRAIN)
            await self._store.flush(DRAIN)
            await self._parts.outbox.drain(DRAIN)
        shut.set()
        serving = {"public", "operator"}
        for task in tasks:
            if task.get_name() not in serving:
                task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._parts.prober.close()
        if not lost:
            await self._store.release()
        if self._ended is not None:
            raise self._ended

    def _greet(self) -> None:
        public = f"http://{self._settings.host}:{self._settings.port}"
        operator = f"http://{self._settings.operator_host}:{self._settings.operator_port}"
        log.info(
            "probing",
            monitors=len(self._parts.watch.config.monitors),
            page=f"{public}/",
            api=f"{operator}/api/v1/monitors",
            docs=f"{operator}/docs",
            metrics=f"{operator}/metrics",
            database=self._store.name,
        )
