"""Checks that wait for their turn, or to confirm: what a reload, the stop and another time do to them."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from monitor.core.host import APART
from monitor.core.model import Check, CheckKey, CheckPlan, Monitor, Reply
from monitor.turnstile import Turnstile
from tests.makers import NOON, SECOND, a_monitor, a_reply
from tests.test_story import DELIVERY, FORGED, World

OTHER_URL = "https://api.example.com/hooks/v2"
TAMPERED = CheckKey("billing", Check.TAMPERED)
BOTH = (CheckPlan(check=Check.DELIVERY, every=30 * SECOND), CheckPlan(check=Check.FORGED, every=30 * SECOND))


@dataclass
class Sleepy(World):
    """A world in which sleep takes time: whoever sleeps does so until ``wake``."""

    asleep: list[tuple[float, asyncio.Future[None]]] = field(default_factory=list)
    passed: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        self.pipeline._outside = replace(self.pipeline._outside, monotonic=lambda: self.passed)

    async def _sleep(self, seconds: float) -> None:
        nap = asyncio.get_running_loop().create_future()
        self.asleep.append((seconds, nap))
        await nap

    @property
    def naps(self) -> list[float]:
        return [seconds for seconds, nap in self.asleep if not nap.done()]

    async def settle(self) -> None:
        """Let everybody run until all sleep or are done."""
        for _ in range(20):
            await asyncio.sleep(0)

    async def begin(self, *keys: CheckKey) -> None:
        for key in keys:
            self.pipeline.start(key, self.now)
        await self.settle()

    def urls(self) -> list[str]:
        return [delivery.url for _, delivery in self.sent]


async def test_a_change_wakes_a_check_that_rests_before_its_confirming_probe() -> None:
    world = Sleepy(listener=lambda _: a_reply(503))
    await world.begin(DELIVERY)
    assert world.naps == [pytest.approx(15)]
    asked = world.reload(a_monitor(url=OTHER_URL))
    assert DELIVERY in asked
    world.listener = lambda _: a_reply(200)
    await world.begin(DELIVERY)
    assert world.naps == []
    assert world.skipped == []
    assert OTHER_URL in world.urls()
    result = world.records[-1].result
    assert result is not None
    assert result.scheduled


async def test_a_change_ends_the_pause_that_a_listener_asked_for() -> None:
    world = Sleepy(listener=lambda _: a_reply(429, headers=(("retry-after", "240"),)))
    await world.begin(DELIVERY)
    assert world.naps == [pytest.approx(240)]
    world.listener = lambda _: a_reply(200)
    world.reload(a_monitor(url=OTHER_URL))
    await world.begin(DELIVERY)
    assert world.urls() == [world.monitor.url, OTHER_URL]
    assert world.skipped == []


async def test_a_hostile_check_that_was_about_to_confirm_is_asked_at_once_after_a_change() -> None:
    plans = tuple(
        CheckPlan(check=check, every=timedelta(hours=1)) for check in (Check.DELIVERY, Check.TAMPERED)
    )
    answers = iter([200, 500])
    world = Sleepy(monitor=a_monitor(checks=plans), listener=lambda _: a_reply(next(answers)))
    await world.begin(DELIVERY)
    await world.begin(TAMPERED)
    assert len(world.naps) == 1
    assert set(world.reload(a_monitor(checks=plans, method="PUT"))) == {DELIVERY, TAMPERED}


async def waiting_for_a_turn(*monitors: Monitor) -> Sleepy:
    """Return a world in which the forged event of the second monitor waits for that of the first."""
    world = Sleepy(listener=lambda _: a_reply(200))
    world.reload(*monitors)
    await world.begin(*(CheckKey(one.id, Check.DELIVERY) for one in monitors))
    world.listener = lambda _: a_reply(401)
    await world.begin(*(CheckKey(one.id, Check.FORGED) for one in monitors))
    assert world.naps == [pytest.approx(60, abs=1)]
    return world


TWO = (
    a_monitor(checks=BOTH),
    a_monitor(id="orders", url="https://api.example.com/hooks/orders", checks=BOTH),
)


async def test_a_monitor_that_left_is_not_asked_what_waited_for_its_turn() -> None:
    world = await waiting_for_a_turn(*TWO)
    sent = len(world.sent)
    world.reload(TWO[0])
    await world.settle()
    assert world.pipeline.running == 0
    assert len(world.sent) == sent


async def test_a_turn_that_nobody_needs_any_more_goes_to_the_next() -> None:
    world = await waiting_for_a_turn(*TWO)
    third = replace(TWO[0], id="third")
    world.reload(TWO[0], third)
    await world.settle()
    world.listener = lambda _: a_reply(200)
    await world.begin(CheckKey("third", Check.DELIVERY), CheckKey("third", Check.FORGED))
    assert world.naps == [pytest.approx(60, abs=1)]  # and not 120


async def test_the_stop_waits_for_probes_but_for_nobody_who_only_waits() -> None:
    world = await waiting_for_a_turn(*TWO)
    async with asyncio.timeout(1):
        await world.pipeline.stop(10)
    assert world.pipeline.running == 0


async def test_nothing_starts_and_nothing_is_confirmed_after_the_stop() -> None:
    world = Sleepy()
    gate = asyncio.Event()

    async def slowly_fail(_delivery: object) -> Reply:
        await gate.wait()
        return a_reply(503)

    world.pipeline._outside = replace(world.pipeline._outside, send=slowly_fail)
    await world.begin(DELIVERY)
    stopping = asyncio.create_task(world.pipeline.stop(10))
    await world.settle()
    gate.set()
    async with asyncio.timeout(1):
        await stopping
    assert len(world.records) == 1  # what was on its way came home
    await world.begin(FORGED)
    assert world.pipeline.running == 0


async def test_a_check_that_waits_for_an_acknowledgement_hears_of_one_in_the_same_instant() -> None:
    """It has just made up its mind to wait, and its task is not yet seen to be done."""
    world = Sleepy(listener=lambda _: a_reply(503))
    await world.begin(DELIVERY)
    world.reload(a_monitor(method="PUT"))
    world.listener = lambda _: a_reply(200)
    world.pipeline.start(FORGED, world.now)
    world.pipeline.start(DELIVERY, world.now)
    await world.settle()
    await world.settle()
    assert world.skipped == ["delivery_failing"]
    assert world.health(FORGED).last_verdict is not None


async def test_a_mass_refusal_is_diagnosed_with_one_forged_event_and_not_with_many() -> None:
    world = World(listener=lambda _: a_reply(200))
    monitors = [replace(TWO[0], id=f"m{number}") for number in range(5)]
    world.reload(*monitors)
    for one in monitors:
        await world.tick(CheckKey(one.id, Check.DELIVERY))
    before = len(world.sent)
    world.listener = lambda _: a_reply(401)
    start = world.now
    for one in monitors:
        world.now = start
        await world.tick(CheckKey(one.id, Check.DELIVERY))
    assert len(world.sent) - before == 2 * 5 + 1


@pytest.mark.parametrize("step", [timedelta(hours=-1), timedelta(hours=1)])
async def test_a_clock_that_is_set_during_a_probe_does_not_put_off_its_confirmation(step: timedelta) -> None:
    world = Sleepy()

    def answer(_delivery: object) -> Reply:
        world.now += step
        world.passed += 2
        return a_reply(503)

    world.listener = answer
    await world.begin(DELIVERY)
    assert world.naps == [pytest.approx(13)]


async def test_a_clock_that_is_set_back_makes_nobody_wait_for_as_long() -> None:
    world = await waiting_for_a_turn(*TWO)
    busy = a_reply(429, headers=(("retry-after", "120"),))
    world.reload(*TWO, a_monitor(id="busy", down_after=1, url="https://busy.example.com/"))
    world.listener = lambda _: busy
    held = CheckKey("busy", Check.DELIVERY)
    await world.begin(held)
    back = timedelta(hours=-1)
    world.now += back
    world.pipeline.clock_set(back)
    world.now += 121 * SECOND
    assert world.watch.held_until(held, world.now) is None
    assert world.pipeline._turnstile.turn(TWO[0], world.now) < 2 * APART


def test_turns_at_one_host_are_a_minute_apart_and_those_given_back_are_taken_first() -> None:
    turnstile, monitor = Turnstile(), a_monitor()
    assert [turnstile.turn(monitor, NOON) / APART for _ in range(4)] == [0, 1, 2, 3]
    turnstile.give_back(monitor, NOON + APART)
    turnstile.give_back(monitor, NOON + 2 * APART)
    assert [turnstile.turn(monitor, NOON) / APART for _ in range(3)] == [1, 2, 4]
    turnstile.give_back(monitor, NOON + APART)
    assert turnstile.turn(monitor, NOON + 4 * APART) == APART  # one that has passed is nobody's


def test_a_turnstile_forgets_who_has_left() -> None:
    turnstile, monitor = Turnstile(), a_monitor()
    turnstile.wait(FORGED)
    turnstile.sent(monitor, NOON)
    turnstile.turn(monitor, NOON)
    turnstile.give_back(monitor, NOON + APART)
    turnstile.tidy({"orders"}, NOON + timedelta(days=2))
    assert not any(vars(turnstile).values())
