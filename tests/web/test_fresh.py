"""A value made once for everybody who asks at the same time."""

import asyncio
from datetime import timedelta

import pytest

from monitor.errors import DatabaseAway
from monitor.web.fresh import Fresh
from tests.makers import NOON, SECOND


class Maker:
    """Counts how often it is asked; waits for the gate, and then gives or fails."""

    def __init__(self) -> None:
        self.made = 0
        self.now = NOON
        self.gate = asyncio.Event()
        self.gate.set()
        self.away = False

    async def make(self) -> int:
        self.made += 1
        mine = self.made
        await self.gate.wait()
        if self.away:
            raise DatabaseAway("away")
        return mine

    def fresh(self, age: timedelta = SECOND) -> Fresh[int]:
        return Fresh(self.make, age=age, now=lambda: self.now)


async def test_a_hundred_who_ask_at_once_cause_one_making() -> None:
    maker = Maker()
    maker.gate.clear()
    fresh = maker.fresh()
    asking = [asyncio.create_task(fresh.get()) for _ in range(100)]
    await asyncio.sleep(0)
    maker.gate.set()
    assert set(await asyncio.gather(*asking)) == {1}


async def test_a_value_is_kept_until_it_is_too_old() -> None:
    maker = Maker()
    fresh = maker.fresh()
    assert await fresh.get() == 1
    maker.now += SECOND * 0.9
    assert await fresh.get() == 1
    maker.now += SECOND * 0.1
    assert await fresh.get() == 2


async def test_age_counts_from_when_the_value_was_ready_not_from_when_it_was_begun() -> None:
    maker = Maker()
    maker.gate.clear()
    fresh = maker.fresh()
    asking = asyncio.create_task(fresh.get())
    await asyncio.sleep(0)
    maker.now += 5 * SECOND
    maker.gate.set()
    assert await asking == 1
    assert await fresh.get() == 1


async def test_a_clock_set_back_does_not_freeze_the_value() -> None:
    maker = Maker()
    fresh = maker.fresh()
    await fresh.get()
    maker.now -= timedelta(hours=2)
    assert await fresh.get() == 2


async def test_the_visitor_who_leaves_does_not_take_the_value_with_him() -> None:
    maker = Maker()
    maker.gate.clear()
    fresh = maker.fresh()
    first, second = asyncio.create_task(fresh.get()), asyncio.create_task(fresh.get())
    await asyncio.sleep(0)
    first.cancel()
    maker.gate.set()
    assert await second == 1
    assert first.cancelled()


async def test_a_failure_is_kept_as_long_as_a_value_so_that_nobody_piles_up() -> None:
    maker = Maker()
    maker.away = True
    fresh = maker.fresh()
    for _ in range(3):
        with pytest.raises(DatabaseAway):
            await fresh.get()
    assert maker.made == 1
    maker.away, maker.now = False, maker.now + SECOND
    assert await fresh.get() == 2
