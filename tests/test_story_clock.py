"""A wrong clock, whole: ours is our own fault, theirs is said in the diagnosis, one word alone names both."""

from collections.abc import Callable
from datetime import timedelta
from email.utils import format_datetime

import pytest

from monitor.core.model import Check, Delivery, FaultDomain, Reason, Reply, Status
from tests.fakes.verifier import is_signed
from tests.makers import NOON, SECOND, a_reply
from tests.test_story import DELIVERY, World
from tests.test_story_hostile import alerts, key_of, the_incident, watched, with_monitors

MINUTE = timedelta(minutes=1)
TOWN = [watched(id=name, url=f"https://{name}.example.com/hook") for name in ("a", "b", "c")]


def with_clocks(world: World, ahead: Callable[[str], timedelta]) -> World:
    """Listeners that say what time it is for them, and refuse what is older or newer than five minutes."""

    def listener(delivery: Delivery) -> Reply:
        theirs = world.now + ahead(delivery.url)
        sent = int(dict(delivery.headers)["X-Time"])
        fresh = abs(theirs.timestamp() - sent) <= 300
        good = fresh and is_signed(delivery, "correct-horse-battery")
        return a_reply(200 if good else 401, headers=(("date", format_datetime(theirs, usegmt=True)),))

    world.listener = listener
    return world


async def rounds(world: World, count: int = 6) -> None:
    for number in range(count):
        world.now = max(world.now, NOON + number * 30 * SECOND)
        for monitor in TOWN:
            await world.tick(key_of(Check.DELIVERY, monitor.id))


@pytest.mark.parametrize("off", [10 * MINUTE, -10 * MINUTE])
async def test_our_own_wrong_clock_blames_no_listener(off: timedelta) -> None:
    world = with_monitors(World(), *TOWN)
    for monitor in TOWN:  # other checks, providers without timestamps: all have said what time it is
        date = format_datetime(NOON + off, usegmt=True)
        world.network.heard(monitor, a_reply(200, headers=(("date", date),)))
    await rounds(with_clocks(world, lambda _: off))
    for monitor in TOWN:
        key = key_of(Check.DELIVERY, monitor.id)
        assert (world.health(key).status, world.health(key).reason) == (Status.UNKNOWN, Reason.OWN_FAULT)
    assert alerts(world) == []
    said = [record.result.verdict for record in world.records if record.result][-1]
    assert said.fault_domain is FaultDomain.OURS
    assert "our clock is 10 min" in said.message


async def test_a_listener_with_a_wrong_clock_is_told_what_is_wrong_with_it() -> None:
    world = with_clocks(with_monitors(World(), *TOWN), lambda url: 10 * MINUTE * ("//b." in url))
    await rounds(world)
    key = key_of(Check.DELIVERY, "b")
    assert the_incident(world, key).reason is Reason.SIGNATURE_REFUSED
    assert "Its clock is 10 min ahead of ours and the others'" in the_incident(world, key).diagnosis
    (alert,) = alerts(world)
    assert "Its clock is 10 min ahead" in alert.message.explanation
    assert world.health(key_of(Check.DELIVERY, "a")).status is Status.UP


async def test_by_the_word_of_one_listener_alone_both_clocks_are_named() -> None:
    world = with_clocks(World(monitor=watched()), lambda _: 10 * MINUTE)
    await world.run(NOON + 2 * MINUTE)
    assert the_incident(world).reason is Reason.SIGNATURE_REFUSED
    assert "look which of the two is wrong" in the_incident(world).diagnosis
    (alert,) = alerts(world)
    assert "secret mismatch" not in alert.message.explanation  # the clock explains it


async def test_a_clock_that_is_a_little_off_explains_nothing() -> None:
    world = with_clocks(World(monitor=watched()), lambda _: 2 * MINUTE)
    await world.run(NOON + 2 * MINUTE)
    assert world.health(DELIVERY).status is Status.UP
    world.listener = lambda _: a_reply(401, headers=(("date", format_datetime(world.now, usegmt=True)),))
    await world.run(NOON + 4 * MINUTE)
    assert "clock" not in the_incident(world).diagnosis


async def test_once_our_clock_is_right_again_the_listeners_are_up_again() -> None:
    off = 10 * MINUTE
    world = with_clocks(with_monitors(World(), *TOWN), lambda _: off)
    await rounds(world, 3)
    off = timedelta(0)
    await rounds(world, 6)
    assert all(world.health(key_of(Check.DELIVERY, one.id)).status is Status.UP for one in TOWN)
