"""The running main job."""

import asyncio
import secrets
import socket
import time
from collections.abc import Collection, Coroutine
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog

from monitor import system
from monitor.app.board import Board, remembered
from monitor.app.desk import Desk
from monitor.app.ear import Ear
from monitor.app.keeping import Keeper
from monitor.app.reloading import Reloader
from monitor.app.self_test import SelfTest
from monitor.app.tickets import Tickets
from monitor.app.watchdog import DeadMansSwitch
from monitor.app.wiring import load, network_of, notifiers_of, outside, utc_now
from monitor.config import Settings
from monitor.core.model import (
    Alert,
    CheckKey,
    Config,
    Message,
)
from monitor.core.tokens import Keyring
from monitor.errors import MonitorError, NotOwner
from monitor.lag import LagMeter
from monitor.metrics import Gauges, Metrics
from monitor.notify import Notifiers
from monitor.outbox import Outbox, unheard
from monitor.outside import Outside
from monitor.pipeline import Pipeline
from monitor.probe import Prober
from monitor.responders import Responders
from monitor.schedule import Clock
from monitor.store import Store
from monitor.telling.maintenance import Maintenance
from monitor.telling.quiet import Quiet
from monitor.watch import Watch
from monitor.web import House, operator_app, public_app, serve_on

log = structlog.get_logger()

OUTBOX_STUCK = timedelta(seconds=60)  # more than a look, and a sending that hangs
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
        self._metrics = Metrics()
        self._lag = LagMeter()
        self._prober = Prober(now=utc_now)
        self._ended: BaseException | None = None

    async def run(self, *, public: list[socket.socket], operator: list[socket.socket]) -> None:
        """Run until told to stop, or until we must. The sockets listen already."""
        memory = await self._store.recall()
        windows, silences = await self._store.hushes.recall(utc_now())
        self._watch = Watch(self._config, memory)
        maintenance = Maintenance(
            watch=self._watch,
            announced=remembered(windows),
            begun=memory.in_maintenance,
            measured_until=memory.measured_until,
        )
        self._quiet = Quiet(watch=self._watch, maintenance=maintenance, silences=silences)
        self._network = network_of(self._prober, self._config)
        self._desk = Desk(keyring=self._keyring, store=self._store, watch=self._watch)
        self._ear = Ear(keyring=self._keyring, store=self._store, watch=self._watch)
        outside_ = self._outside()
        self._pipeline = Pipeline(
            outside=outside_, network=self._network, watch=self._watch, quiet=self._quiet
        )
        self._tickets = Tickets(keyring=self._keyring, watch=self._watch)
        self._responders = Responders(
            outside=outside_, watch=self._watch, past=self._store, ask=self._ask, written=self._store.written
        )
        self._desk.receipts = self._pipeline.receipts
        self._ear.heartbeats = self._pipeline.heartbeats
        self._clock = Clock(now=utc_now, start=self._start, missed=self._metrics.missed)
        self._reloader = self._make_reloader(await asyncio.to_thread(notifiers_of, self._config))
        self._outbox = self._make_outbox()
        self._store.on_commit(self._committed)
        self._keeper = Keeper(
            store=self._store,
            watch=self._watch,
            clock=self._clock,
            clock_set=self._pipeline.clock_set,
            skew=lambda: self._network.skew.ours,
            unreached=lambda: self._pipeline.receipts.unreached_since,
        )
        self._switch = DeadMansSwitch(
            config=lambda: self._watch.config,
            send=self._prober.send,
            unwell=self._unwell,
            monotonic=time.monotonic,
            observe=self._metrics.watchdog_pinged,
        )
        shut = asyncio.Event()
        duties = self._duties() | self._serving(shut, public, operator)
        tasks = [asyncio.create_task(work, name=name) for name, work in duties.items()]
        for task in tasks:
            task.add_done_callback(self._ended_early)
        self._reloader.begin()
        system.notify("READY=1\nSTATUS=probing")
        self._greet()
        await self._stop.wait()
        log.info("stopping")
        await self._shut_down(shut, tasks)

    def _duties(self) -> dict[str, Coroutine[Any, Any, None]]:
        return {
            "lag": self._lag.run(),
            "beat": self._keeper.beat(),
            "watchdog": self._keeper.watchdog(),
            "time of day": self._keeper.time_of_day(),
            "tidy": self._keeper.tidy(),
            "reload": self._reloader.when_asked(),
            "watch files": self._reloader.watch_files(),
            "outbox": self._outbox.run(),
            "dead man's switch": self._switch.run(),
            "self-test": SelfTest(store=self._store, config=lambda: self._watch.config, now=utc_now).run(),
            "trouble": self._keeper.tell_of_trouble(),
            "receipts": self._pipeline.receipts.keep(),
            "telling": self._pipeline.telling.keep(),
            "heartbeats": self._pipeline.heartbeats.keep(),
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
            await self._pipeline.stop(DRAIN)
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
            keep=self._ear.keep,
        )

    def _start(self, key: CheckKey, due: datetime) -> None:
        if self._stop.is_set():  # a timer that outlived the clock
            return
        self._metrics.tick((utc_now() - due).total_seconds())
        self._pipeline.start(key, due)

    def _ask(self, key: CheckKey) -> None:
        """Somebody wants to know now."""
        self._pipeline.start(key, utc_now())

    def _make_reloader(self, notifiers: Notifiers) -> Reloader:
        return Reloader(
            read=partial(load, self._settings.config),
            hang_up=self._hang_up,
            watch=self._watch,
            network=self._network,
            pipeline=self._pipeline,
            clock=self._clock,
            record=self._store.record,
            notifiers=notifiers,
            metrics=self._metrics,
            loaded=self._loaded,
        )

    # --- telling --------------------------------------------------------------------------------------------

    def _make_outbox(self) -> Outbox:
        return Outbox(
            store=self._store.shelf,
            send=self._send,
            config=lambda: self._watch.config,
            now=utc_now,
            sleep=asyncio.sleep,
            jitter=lambda: secrets.randbelow(1000) / 1000,
            observe=self._metrics.alert_sent,
        )

    async def _send(self, name: str, message: Message) -> str:
        return await self._reloader.send(name, self._tickets.dressed(name, message))

    def _unwell(self) -> str | None:
        """Return why the dead man's switch must not hear that all is well."""
        names = {notifier.name for notifier in self._watch.config.notifiers}
        return (
            self._keeper.stalled()
            or self._keeper.unwritten()
            or self._outbox.stuck(OUTBOX_STUCK)
            or unheard(self._keeper.queues or (), names, utc_now())
        )

    def _committed(self, alerts: tuple[Alert, ...]) -> None:
        self._outbox.wake({alert_.notifier for alert_ in alerts})

    def _loaded(self, config: Config) -> None:
        """What waits for a notifier that was changed is tried at once."""
        self._outbox.wake({notifier.name for notifier in config.notifiers})

    # --- showing --------------------------------------------------------------------------------------------

    def _house(self) -> House:
        return House(
            snapshot=lambda: self._quiet.snapshot(utc_now()),
            history=self._store,
            metrics=self._render,
            now=utc_now,
            alive=self._keeper.stalled,
            ready=self._unready,
            queues=self._store.queues,
            reload_state=lambda: self._reloader.state,
            retry=self._retry,
            receipts=self._desk,
            responders=self._responders,
            ticket=self._tickets.read,
            board=Board(store=self._store, watch=self._watch, quiet=self._quiet),
            heartbeats=self._ear,
        )

    async def _retry(self, keys: Collection[str] | None) -> tuple[str, ...]:
        """Try again what was given up; whoever asks for it has mended something: nobody waits any longer."""
        revived = await self._store.shelf.retry(keys, at=utc_now())
        if revived:
            self._outbox.renew()
        return revived

    def _unready(self) -> str | None:
        if self._store.away_since is not None:
            return f"the database is away since {self._store.away_since:%H:%M:%S} UTC"
        return self._keeper.stalled()

    async def _render(self) -> bytes:
        skew = self._network.skew.ours
        gauges = Gauges(
            queues=self._keeper.queues,
            writer_queue=self._store.queue_length,
            dropped_results=self._store.dropped,
            loop_lag_seconds=self._lag.current,
            database_up=self._store.away_since is None,
            owner=True,
            checks_running=self._pipeline.running,
            clock_skew_seconds=None if skew is None else skew.total_seconds(),
        )
        snapshot = self._quiet.snapshot(utc_now())
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
