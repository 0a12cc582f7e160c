"""A reload of very many monitors: probing goes on meanwhile, and what follows is no flood."""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from monitor.app.reloading import Reloader
from monitor.app.wiring import network_of, outside, utc_now
from monitor.core.model import (
    Check,
    CheckKey,
    CheckPlan,
    Config,
    Delivery,
    Health,
    Recollection,
    Record,
    Reply,
    Secret,
    Status,
)
from monitor.metrics import Metrics
from monitor.notify import Notifiers
from monitor.pipeline import Pipeline
from monitor.probe import Prober
from monitor.schedule import Clock
from monitor.telling.quiet import Quiet
from monitor.watch import Watch
from tests.makers import NOON, SECOND, a_monitor, a_reply

RARELY = (Check.FORGED, Check.TAMPERED, Check.DUPLICATE, Check.CERTIFICATE)
PLANS = (
    CheckPlan(check=Check.DELIVERY, every=30 * SECOND),
    *(CheckPlan(check=check, every=timedelta(days=300)) for check in RARELY),
)


def monitors(count: int, **changes: Any) -> Config:
    one = a_monitor(checks=PLANS, **changes)
    return Config(monitors=tuple(replace(one, id=f"m{number}") for number in range(count)))


@dataclass
class House:
    """The parts that a reload touches, with a listener that answers at once; ``file`` is what is read."""

    file: Config
    known: Health = field(default_factory=Health)
    started: Counter[CheckKey] = field(default_factory=Counter)
    records: list[Record] = field(default_factory=list)

    def __post_init__(self) -> None:
        healths = {
            CheckKey(one.id, plan.check): self.known for one in self.file.monitors for plan in one.checks
        }
        memory = Recollection(healths=healths, open_incidents={}, last_incident=0, measured_until=NOON)
        self.watch = Watch(self.file, memory)
        network = network_of(Prober(utc_now), self.file)
        doors = outside(send=self._send, record=self.records.append)
        self.pipeline = Pipeline(
            outside=doors, network=network, watch=self.watch, quiet=Quiet(watch=self.watch)
        )
        self.clock = Clock(now=utc_now, start=self._start, missed=lambda _: None)
        self.reloader = Reloader(
            read=lambda: self.file,
            hang_up=asyncio.Event(),
            watch=self.watch,
            network=network,
            pipeline=self.pipeline,
            clock=self.clock,
            record=self.records.append,
            notifiers=Notifiers(()),
            metrics=Metrics(),
            loaded=lambda _: None,
        )

    async def _send(self, _delivery: Delivery) -> Reply:
        return replace(a_reply(200), started_at=utc_now())

    def _start(self, key: CheckKey, due: datetime) -> None:
        self.started[key] += 1
        self.pipeline.start(key, due)

    async def reload(self, file: Config) -> None:
        self.file = file
        await self.reloader.reload()

    async def stop(self) -> None:
        self.clock.stop()
        await self.pipeline.stop(5)


MEASURED = Health(status=Status.UP, settled=Status.UP, successes=7, since=NOON, last_result_at=NOON)


async def held_up(count: int) -> float:
    """Return for how many CPU seconds a changed default of so many monitors keeps the loop to itself."""
    house = House(file=monitors(count), known=MEASURED)
    house.reloader.begin()
    changed = monitors(count, method="PUT")
    began = time.thread_time()
    await house.reload(changed)
    held = time.thread_time() - began
    await house.stop()
    assert {one.method for one in house.watch.config.monitors} == {"PUT"}
    assert house.watch.snapshot(NOON).healths[CheckKey("m0", Check.FORGED)].successes == 0
    return held


async def test_a_changed_default_of_many_monitors_costs_the_loop_no_more_than_each_its_share() -> None:
    few = min([await held_up(500) for _ in range(3)])
    many = await held_up(5000)
    assert many < 40 * few  # ten times as many; it was five hundred times as long


async def test_what_is_asked_at_once_of_many_monitors_is_no_flood() -> None:
    house = House(file=monitors(2000), known=MEASURED)
    house.reloader.begin()
    await house.reload(monitors(2000, method="PUT"))
    house.started.clear()
    await asyncio.sleep(0.5)
    await house.stop()
    assert 50 < house.started.total() < 500  # of 4,000


async def test_what_is_new_and_rare_is_looked_at_soon_and_scheduled_once() -> None:
    house = House(file=Config())
    await house.reload(monitors(3))
    await house.reload(monitors(3, down_after=3))
    await asyncio.sleep(0.05)
    waiting = len(house.clock._first)
    await house.stop()
    looked_at = [key for key in house.started if key.check in RARELY]
    assert len(looked_at) >= 1
    assert waiting + len(looked_at) == 3 * len(RARELY)
    assert set(house.started.values()) <= {1}


async def test_a_changed_secret_asks_at_once_and_sends_no_hostile_event_but_a_forged_one() -> None:
    house = House(file=monitors(1), known=MEASURED)
    house.reloader.begin()
    await house.reload(monitors(1, secrets=(Secret("another-horse-battery"),)))
    await asyncio.sleep(0.1)
    await house.stop()
    assert {key.check for key in house.started} - {Check.DELIVERY} == {Check.FORGED, Check.CERTIFICATE}
    assert house.started[CheckKey("m0", Check.DELIVERY)] >= 1
