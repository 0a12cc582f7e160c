"""The clock: every check at its time, and at the same phase after a restart."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta

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
