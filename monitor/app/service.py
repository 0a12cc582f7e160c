"""The running main job."""

import asyncio
import secrets
import signal
import socket
from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import Any

import structlog

from monitor import config as configuration
from monitor import system
from monitor.app.desk import Desk
from monitor.app.keeping import BEAT, Keeper
from monitor.app.wiring import load, network_of, outside, utc_now
from monitor.config import Settings
from monitor.core import changes
from monitor.core.model import (
    Alert,
    Check,
    CheckKey,
    Config,
    Message,
    Recollection,
)
from monitor.core.tokens import Keyring
from monitor.errors import ConfigError, MonitorError, NotOwner, Problem, StoreError
from monitor.lag import LagMeter
from monitor.metrics import Gauges, Metrics
from monitor.notify import Notifiers
from monitor.outbox import Outbox
from monitor.outside import Outside
from monitor.pipeline import Pipeline
from monitor.probe import Prober
from monitor.schedule import Clock, place
from monitor.store import Store
from monitor.watch import Watch
from monitor.web import House, ReloadState, operator_app, public_app, serve_on

log = structlog.get_logger()

DRAIN = 10.0  # seconds that a clean stop may take for what is on its way
FIRST_LOOK = timedelta(seconds=30)  # a check that never ran runs within this, however rare it is


class Service:
    """The running main job: every part of the house, started and stopped in order."""

    def __init__(
        self,
        settings: Settings,
        config: Config,
        store: Store,
        keyring: Keyring,
        stop: asyncio.Event,
    ) -> None:
        self._settings = settings
        self._config = config
        self._store = store
        self._keyring = keyring
        self._stop = stop
        self._hang_up = asyncio.Event()  # SIGHUP: read the configuration again
        self._reloaded = ReloadState(ok=True, at=utc_now(), problems=())
        self._refused_files: tuple[str, ...] = ()
        self._metrics = Metrics()
        self._lag = LagMeter()
        self._prober = Prober(now=utc_now)
        self._ended: BaseException | None = None

    async def run(self, *, public: list[socket.socket], operator: list[socket.socket]) -> None:
        """Run until told to stop, or until we must. The sockets listen already."""
        memory = await self._recalled()
        self._notifiers = await asyncio.to_thread(Notifiers, self._config.notifiers)
        self._network = network_of(self._prober, self._config)
        self._watch = Watch(self._config, memory)
        self._desk = Desk(keyring=self._keyring, store=self._store, watch=self._watch)
        self._pipeline = Pipeline(outside=self._outside(), network=self._network, watch=self._watch)
        self._desk.receipts = self._pipeline.receipts
        self._outbox = self._make_outbox()
        self._store.on_commit(self._committed)
        self._clock = Clock(now=utc_now, start=self._start, missed=self._metrics.missed)
        self._keeper = Keeper(store=self._store, watch=self._watch, clock=self._clock)
        shut = asyncio.Event()
        duties = self._duties() | self._serving(shut, public, operator)
        tasks = [asyncio.create_task(work, name=name) for name, work in duties.items()]
        for task in tasks:
            task.add_done_callback(self._ended_early)
        for record in self._watch.put_away(utc_now()):  # the file may have changed while nothing ran
            self._store.record(record)
        self._plan()
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, self._hang_up.set)
        self._metrics.reloaded(ok=True, at=utc_now())
        system.notify("READY=1\nSTATUS=probing")
        self._greet()
        await self._stop.wait()
        log.info("stopping")
        await self._shut_down(shut, tasks)

    async def _recalled(self) -> Recollection:
        """Return what is remembered, under the names that the file has now."""
        memory = await self._store.recall()
        known = {key.monitor for key in memory.healths}
        renamed = [one for one in self._config.monitors if one.was in known and one.id not in known]
        for monitor in renamed:
            await self._store.rename(str(monitor.was), monitor.id)
        return await self._store.recall() if renamed else memory

    def _duties(self) -> dict[str, Coroutine[Any, Any, None]]:
        return {
            "lag": self._lag.run(),
            "beat": self._keeper.beat(),
            "watchdog": self._keeper.watchdog(),
            "tidy": self._keeper.tidy(),
            "reload": self._reload_when_asked(),
            "watch files": self._watch_files(),
            "outbox": self._outbox.run(),
            "trouble": self._keeper.tell_of_trouble(),
            "receipts": self._pipeline.receipts.keep(),
        }

    def _serving(
        self, shut: asyncio.Event, public: list[socket.socket], operator: list[socket.socket]
    ) -> dict[str, Coroutine[Any, Any, None]]:
        house = self._house()
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
        self._clock.stop()
        lost = isinstance(self._ended, NotOwner)
        if not lost:
            await self._pipeline.drain(DRAIN)
            await self._store.flush(DRAIN)
            await self._outbox.drain(DRAIN)
        shut.set()
        serving = {"public", "operator"}
        for task in tasks:
            if task.get_name() not in serving:
                task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._prober.close()
        if not lost:
            await self._store.release()
        if self._ended is not None:
            raise self._ended

    # --- probing --------------------------------------------------------------------------------------------

    def _outside(self) -> Outside:
        return outside(
            send=self._prober.send,
            address=self._desk.address,
            lag=lambda started: self._lag.since(started, utc_now()),
            record=self._store.record,
            observe=self._metrics.probe_finished,
            skipped=self._metrics.skipped,
            failed=self._metrics.tick_failed,
        )

    def _start(self, key: CheckKey, due: datetime) -> None:
        if self._stop.is_set():  # a timer that outlived the clock
            return
        self._metrics.tick((utc_now() - due).total_seconds())
        self._pipeline.start(key, due)

    def _plan(self) -> None:
        """Tell the clock what is due; have a first look at what was never looked at."""
        due = {key: every for key, every in self._watch.due.items() if key.check is not Check.RECEIPT}
        self._clock.plan(due)
        loop = asyncio.get_running_loop()
        for key in self._watch.unmeasured():
            if due.get(key, FIRST_LOOK) > FIRST_LOOK:
                where = place(key, FIRST_LOOK)
                delay = (where.slot.phase + where.spread).total_seconds()
                loop.call_later(delay, self._pipeline.start, key, utc_now())

    # --- telling --------------------------------------------------------------------------------------------

    def _make_outbox(self) -> Outbox:
        return Outbox(
            store=self._store,
            send=self._send,
            names=lambda: tuple(notifier.name for notifier in self._watch.config.notifiers),
            now=utc_now,
            sleep=asyncio.sleep,
            jitter=lambda: secrets.randbelow(1000) / 1000,
            observe=self._metrics.alert_sent,
        )

    async def _send(self, name: str, message: Message) -> str:
        """Send through the notifiers of this moment: a reload makes new ones."""
        return await self._notifiers.send(name, message)

    def _committed(self, alerts: tuple[Alert, ...]) -> None:
        self._outbox.wake({alert_.notifier for alert_ in alerts})

    # --- reloading ------------------------------------------------------------------------------------------

    async def _watch_files(self) -> None:
        """What a refused file names is watched as well: the mending may be there."""
        async for _ in configuration.watch(lambda: {*self._watch.config.files, *self._refused_files}):
            self._hang_up.set()

    async def _reload_when_asked(self) -> None:
        while True:
            await self._hang_up.wait()
            self._hang_up.clear()
            system.notify(f"RELOADING=1\nMONOTONIC_USEC={int(asyncio.get_running_loop().time() * 1e6)}")
            try:
                await self._reload()
            except ConfigError as error:
                self._refused_files = error.files
                self._refused(error.problems)
            except StoreError as error:
                log.warning("the new configuration waits for the database", why=str(error))
                asyncio.get_running_loop().call_later(BEAT, self._hang_up.set)
            system.notify("READY=1")

    def _refused(self, problems: tuple[Problem, ...]) -> None:
        """Keep the old configuration, and say so wherever somebody looks."""
        self._reloaded = ReloadState(ok=False, at=utc_now(), problems=problems)
        self._metrics.reloaded(ok=False, at=utc_now())
        for problem in problems:
            log.error("the new configuration is refused; the old one stays", problem=str(problem))

    async def _reload(self) -> None:
        config = await asyncio.to_thread(load, self._settings.config)
        changed = changes.diff(self._watch.config, config)
        if self._watch.config.notifiers != config.notifiers:
            self._notifiers = await asyncio.to_thread(Notifiers, config.notifiers)
        for old, new in changed.renamed:  # nothing is awaited between the last of these and what follows
            await self._store.rename(old, new)
        for record in self._watch.apply(config, utc_now()):
            self._store.record(record)
        self._network.canaries = config.canaries
        self._plan()
        for key in self._watch.due:
            if key.monitor in changed.reset:  # what is probed has changed: one probe now
                self._pipeline.start(key, utc_now())
        self._outbox.wake({notifier.name for notifier in config.notifiers})
        self._refused_files = ()
        self._reloaded = ReloadState(ok=True, at=utc_now(), problems=())
        self._metrics.reloaded(ok=True, at=utc_now())
        log.info("configuration loaded", monitors=len(config.monitors), changes=changed.lines)

    # --- showing --------------------------------------------------------------------------------------------

    def _house(self) -> House:
        return House(
            snapshot=lambda: self._watch.snapshot(utc_now()),
            history=self._store,
            metrics=self._render,
            now=utc_now,
            alive=self._keeper.stalled,
            ready=self._unready,
            queues=self._store.queues,
            reload_state=lambda: self._reloaded,
            receipts=self._desk,
        )

    def _unready(self) -> str | None:
        if self._store.away_since is not None:
            return f"the database is away since {self._store.away_since:%H:%M:%S} UTC"
        return self._keeper.stalled()

    async def _render(self) -> bytes:
        gauges = Gauges(
            queues=self._keeper.queues,
            writer_queue=self._store.queue_length,
            dropped_results=self._store.dropped,
            loop_lag_seconds=self._lag.current,
            database_up=self._store.away_since is None,
            owner=True,
            checks_running=self._pipeline.running,
        )
        snapshot = self._watch.snapshot(utc_now())
        return await asyncio.to_thread(self._metrics.render, snapshot, gauges)

    def _greet(self) -> None:
        public = f"http://{self._settings.host}:{self._settings.port}"
        operator = f"http://{self._settings.operator_host}:{self._settings.operator_port}"
        log.info(
            "probing",
            monitors=len(self._watch.config.monitors),
            page=f"{public}/",
            api=f"{operator}/api/v1/monitors",
            docs=f"{operator}/docs",
            metrics=f"{operator}/metrics",
            database=self._store.name,
        )
