"""The parts of the running main job, each made once, and joined to the others."""

import asyncio
import secrets
import time
from collections.abc import Collection, Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

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
from monitor.core.model import Alert, CheckKey, Config, Message, Recollection, Silence, Window
from monitor.core.tokens import Keyring
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
from monitor.web import House

OUTBOX_STUCK = timedelta(seconds=60)  # more than a look, and a sending that hangs


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known before the first probe: the configuration, and what the last owner left behind."""

    config: Config
    notifiers: Notifiers
    memory: Recollection
    windows: tuple[Window, ...]  # as they were announced while it ran
    silences: tuple[Silence, ...]


async def recalled(config: Config, store: Store) -> Known:
    """Ask the database, and open the notifiers. Raises StoreError."""
    memory = await store.recall()
    windows, silences = await store.hushes.recall(utc_now())
    return Known(
        config=config,
        notifiers=await asyncio.to_thread(notifiers_of, config),
        memory=memory,
        windows=remembered(windows),
        silences=silences,
    )


class Parts:
    """Every part of the house. ``service`` starts and stops them."""

    def __init__(  # noqa: PLR0913  what `run` has opened
        self,
        settings: Settings,
        store: Store,
        keyring: Keyring,
        *,
        known: Known,
        stop: asyncio.Event,
        hang_up: asyncio.Event,
    ) -> None:
        self._settings = settings
        self._store = store
        self._stop = stop
        self._hang_up = hang_up
        self._metrics = Metrics()
        self._lag = LagMeter()
        self.prober = Prober(now=utc_now)
        self.watch = Watch(known.config, known.memory)
        self._quiet = _quiet(self.watch, known)
        self._network = network_of(self.prober, known.config)
        self._desk = Desk(keyring=keyring, store=store, watch=self.watch)
        self._ear = Ear(keyring=keyring, store=store, watch=self.watch)
        self._tickets = Tickets(keyring=keyring, watch=self.watch)
        outside_ = self._outside()
        self.pipeline = Pipeline(outside=outside_, network=self._network, watch=self.watch, quiet=self._quiet)
        self._responders = Responders(
            outside=outside_, watch=self.watch, past=store, ask=self._ask, written=store.written
        )
        self.pipeline.receipts.remember(known.memory)
        self._desk.receipts = self.pipeline.receipts
        self._ear.heartbeats = self.pipeline.heartbeats
        self.clock = Clock(now=utc_now, start=self._start, missed=self._metrics.missed)
        self.reloader = self._make_reloader(known.notifiers)
        self.outbox = self._make_outbox()
        store.on_commit(self._committed)
        self._keeper = self._make_keeper()
        self._switch = DeadMansSwitch(
            config=lambda: self.watch.config,
            send=self.prober.send,
            unwell=self._unwell,
            monotonic=time.monotonic,
            observe=self._metrics.watchdog_pinged,
        )

    def duties(self) -> dict[str, Coroutine[Any, Any, None]]:
        """Return what is to run by itself until the stop, by name."""
        return {
            "lag": self._lag.run(),
            "beat": self._keeper.beat(),
            "watchdog": self._keeper.watchdog(),
            "time of day": self._keeper.time_of_day(),
            "tidy": self._keeper.tidy(),
            "reload": self.reloader.when_asked(),
            "watch files": self.reloader.watch_files(),
            "outbox": self.outbox.run(),
            "dead man's switch": self._switch.run(),
            "self-test": SelfTest(store=self._store, config=lambda: self.watch.config, now=utc_now).run(),
            "trouble": self._keeper.tell_of_trouble(),
            "receipts": self.pipeline.receipts.keep(),
            "telling": self.pipeline.telling.keep(),
            "heartbeats": self.pipeline.heartbeats.keep(),
        }

    # --- probing --------------------------------------------------------------------------------------------

    def _outside(self) -> Outside:
        return outside(
            send=self.prober.send,
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
        self.pipeline.start(key, due)

    def _ask(self, key: CheckKey) -> None:
        """Somebody wants to know now."""
        self.pipeline.start(key, utc_now())

    def _make_keeper(self) -> Keeper:
        return Keeper(
            store=self._store,
            watch=self.watch,
            clock=self.clock,
            clock_set=self.pipeline.clock_set,
            skew=lambda: self._network.skew.ours,
            unreached=lambda: self.pipeline.receipts.unreached_since,
        )

    def _make_reloader(self, notifiers: Notifiers) -> Reloader:
        return Reloader(
            read=partial(load, self._settings.config),
            hang_up=self._hang_up,
            watch=self.watch,
            network=self._network,
            pipeline=self.pipeline,
            clock=self.clock,
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
            config=lambda: self.watch.config,
            now=utc_now,
            sleep=asyncio.sleep,
            jitter=lambda: secrets.randbelow(1000) / 1000,
            observe=self._metrics.alert_sent,
        )

    async def _send(self, name: str, message: Message) -> str:
        return await self.reloader.send(name, self._tickets.dressed(name, message))

    def _unwell(self) -> str | None:
        """Return why the dead man's switch must not hear that all is well."""
        names = {notifier.name for notifier in self.watch.config.notifiers}
        return (
            self._keeper.stalled()
            or self._keeper.unwritten()
            or self.outbox.stuck(OUTBOX_STUCK)
            or unheard(self._keeper.queues or (), names, utc_now())
        )

    def _committed(self, alerts: tuple[Alert, ...]) -> None:
        self.outbox.wake({alert_.notifier for alert_ in alerts})

    def _loaded(self, config: Config) -> None:
        """What waits for a notifier that was changed is tried at once."""
        self.outbox.wake({notifier.name for notifier in config.notifiers})

    # --- showing --------------------------------------------------------------------------------------------

    def house(self) -> House:
        """Return what the two sockets may ask."""
        return House(
            snapshot=lambda: self._quiet.snapshot(utc_now()),
            history=self._store,
            metrics=self._render,
            now=utc_now,
            alive=self._keeper.stalled,
            ready=self._unready,
            queues=self._store.queues,
            reload_state=lambda: self.reloader.state,
            retry=self._retry,
            receipts=self._desk,
            responders=self._responders,
            ticket=self._tickets.read,
            board=Board(store=self._store, watch=self.watch, quiet=self._quiet),
            heartbeats=self._ear,
        )

    async def _retry(self, keys: Collection[str] | None) -> tuple[str, ...]:
        """Try again what was given up; whoever asks for it has mended something: nobody waits any longer."""
        revived = await self._store.shelf.retry(keys, at=utc_now())
        if revived:
            self.outbox.renew()
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
            checks_running=self.pipeline.running,
            clock_skew_seconds=None if skew is None else skew.total_seconds(),
        )
        snapshot = self._quiet.snapshot(utc_now())
        return await asyncio.to_thread(self._metrics.render, snapshot, gauges)


def _quiet(watch: Watch, known: Known) -> Quiet:
    maintenance = Maintenance(
        watch=watch,
        announced=known.windows,
        begun=known.memory.in_maintenance,
        measured_until=known.memory.measured_until,
    )
    return Quiet(watch=watch, maintenance=maintenance, silences=known.silences)
