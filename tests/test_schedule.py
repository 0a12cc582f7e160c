"""The clock: every check at its time, and at the same phase after a restart."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.model import Check, CheckKey
from monitor.schedule import EPOCH, Clock, last_due, place, width
from tests.makers import NOON

SECOND = timedelta(seconds=1)
INTERVALS = st.integers(min_value=1, max_value=86_400).map(lambda seconds: seconds * SECOND)
KEYS = st.text(min_size=1, max_size=20).map(lambda name: CheckKey(name, Check.DELIVERY))


def now() -> datetime:
    return datetime.now(UTC)


def ignore(_count: int) -> None:
    """Nobody asked what was missed."""


@given(KEYS, INTERVALS)
def test_a_check_lives_inside_its_slot(key: CheckKey, interval: timedelta) -> None:
    where = place(key, interval)
    assert timedelta(0) <= where.spread < width(interval)
    assert where.slot.phase + where.spread < interval


@given(KEYS, INTERVALS, st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)))  # noqa: DTZ001  made aware below
def test_the_phase_depends_on_nothing_but_the_id(key: CheckKey, interval: timedelta, at: datetime) -> None:
    moment = at.replace(tzinfo=UTC)
    slot = place(key, interval).slot
    due = last_due(slot, moment)
    assert due <= moment < due + interval
    assert (due - EPOCH - slot.phase) % interval == timedelta(0)


def test_ten_thousand_checks_spread_evenly_over_their_interval() -> None:
    slots = Counter(
        place(CheckKey(f"m{number}", Check.DELIVERY), 30 * SECOND).slot.number for number in range(10_000)
    )
    assert len(slots) == 120
    assert max(slots.values()) < 2 * 10_000 / 120


async def test_every_check_starts_once_per_interval_at_its_own_phase() -> None:
    started: list[tuple[CheckKey, datetime]] = []
    clock = Clock(now=now, start=lambda key, due: started.append((key, due)), missed=ignore)
    keys = [CheckKey(f"m{number}", Check.DELIVERY) for number in range(50)]
    clock.plan(dict.fromkeys(keys, SECOND))
    await asyncio.sleep(2.6)
    clock.stop()
    counts = Counter(key for key, _ in started)
    assert set(counts) == set(keys)
    assert set(counts.values()) <= {2, 3}
    for key, due in started:
        where = place(key, SECOND)
        assert (due - EPOCH - where.slot.phase - where.spread) % SECOND == timedelta(0)


async def test_a_stall_is_counted_as_missed_and_not_caught_up() -> None:
    started: list[CheckKey] = []
    missed: list[int] = []
    pretended = [NOON]
    clock = Clock(now=lambda: pretended[0], start=lambda key, _due: started.append(key), missed=missed.append)
    key = CheckKey("billing", Check.DELIVERY)
    slot = place(key, 30 * SECOND).slot
    clock.plan({key: 30 * SECOND})
    await clock._tick(slot)
    pretended[0] += timedelta(minutes=5)
    await clock._tick(slot)
    clock.stop()
    assert sum(missed) == 9  # ten turns in five minutes, one of which is the one that runs now


async def test_a_plan_without_a_check_starts_it_no_more() -> None:
    started: list[CheckKey] = []
    clock = Clock(now=now, start=lambda key, _due: started.append(key), missed=ignore)
    gone, stays = CheckKey("gone", Check.DELIVERY), CheckKey("stays", Check.DELIVERY)
    clock.plan({gone: SECOND, stays: SECOND})
    clock.plan({stays: SECOND})
    await asyncio.sleep(1.3)
    clock.stop()
    assert set(started) == {stays}


class Wall(datetime):
    """The time of day, as somebody set it."""

    ahead = timedelta(0)

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # a plain datetime will do
        return datetime.now(tz) + cls.ahead


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Wall]]:
    """APScheduler takes no clock: this is the one it looks at."""
    monkeypatch.setattr("apscheduler.schedulers.base.datetime", Wall)
    yield Wall
    Wall.ahead = timedelta(0)


@pytest.mark.parametrize("step", [timedelta(hours=-1), timedelta(hours=1), -8 * SECOND, 8 * SECOND])
async def test_a_clock_that_is_set_stops_nothing_and_starts_no_crowd(
    wall: type[Wall], step: timedelta
) -> None:
    started: Counter[CheckKey] = Counter()
    clock = Clock(now=lambda: Wall.now(UTC), start=lambda key, _due: started.update([key]), missed=ignore)
    keys = [CheckKey(f"m{number}", Check.DELIVERY) for number in range(20)]
    clock.plan(dict.fromkeys(keys, SECOND))
    assert clock.jumped() is None
    wall.ahead = step
    noticed = clock.jumped()
    assert noticed is not None
    assert abs(noticed - step) < SECOND / 10
    assert clock.jumped() is None
    await asyncio.sleep(1.3)
    assert clock.silent_seconds < 1
    clock.stop()
    assert set(started) == set(keys)
    assert set(started.values()) <= {1, 2}


async def test_the_silence_of_the_clock_is_measured_by_one_that_nobody_sets(wall: type[Wall]) -> None:
    clock = Clock(now=lambda: Wall.now(UTC), start=lambda _key, _due: None, missed=ignore)
    wall.ahead = timedelta(hours=-1)
    await asyncio.sleep(0.2)
    assert 0.1 < clock.silent_seconds < 10
    clock.stop()


async def test_what_a_stall_held_up_does_not_start_as_a_crowd() -> None:
    started: list[CheckKey] = []
    pretended = [NOON]
    clock = Clock(now=lambda: pretended[0], start=lambda key, _due: started.append(key), missed=ignore)
    keys = [CheckKey(f"m{number}", Check.DELIVERY) for number in range(400)]
    clock.plan(dict.fromkeys(keys, 30 * SECOND))
    pretended[0] += timedelta(minutes=5, seconds=29)
    for slot in {
        place(key, 30 * SECOND).slot for key in keys if place(key, 30 * SECOND).slot.phase < 20 * SECOND
    }:
        await clock._tick(slot)
    await asyncio.sleep(0.1)
    soon = len(started)
    await asyncio.sleep(1)
    clock.stop()
    assert 1 <= soon < 60 < len(started)


async def test_one_start_beside_the_schedule_is_at_once_and_many_are_spread() -> None:
    started: list[CheckKey] = []
    clock = Clock(now=now, start=lambda key, _due: started.append(key), missed=ignore)
    clock.once([CheckKey("billing", Check.DELIVERY)])
    await asyncio.sleep(0.02)
    assert len(started) == 1
    clock.once([CheckKey(f"m{number}", Check.DELIVERY) for number in range(1000)])
    await asyncio.sleep(0.3)
    assert 10 < len(started) < 500
    clock.stop()
    seen = len(started)
    await asyncio.sleep(0.2)
    assert len(started) == seen


async def test_a_start_beside_the_schedule_is_not_needed_once_the_schedule_came_first() -> None:
    started: Counter[CheckKey] = Counter()
    clock = Clock(now=now, start=lambda key, _due: started.update([key]), missed=ignore)
    often, rare, gone = (CheckKey(name, Check.DELIVERY) for name in ("often", "rare", "gone"))
    plan = {often: SECOND, rare: timedelta(days=300), gone: timedelta(days=300)}
    clock.plan(plan)
    clock.first([rare, gone, often], 4.5 * SECOND)  # at 0, 1.5 and 3 s
    clock.plan({often: SECOND, rare: timedelta(days=300)})
    await asyncio.sleep(3.4)
    clock.stop()
    assert started[rare] == 1
    assert started[gone] == 0
    assert started[often] <= 4


async def test_a_plan_says_what_is_new_in_it() -> None:
    clock = Clock(now=now, start=lambda _key, _due: None, missed=ignore)
    one, two = CheckKey("one", Check.DELIVERY), CheckKey("two", Check.DELIVERY)
    assert clock.plan({one: SECOND}) == (one,)
    assert clock.plan({one: 2 * SECOND, two: SECOND}) == (two,)
    assert clock.plan({one: 2 * SECOND, two: SECOND}) == ()
    assert clock.shortest == SECOND
    assert clock.plan({}) == ()
    assert clock.shortest is None
    clock.stop()
