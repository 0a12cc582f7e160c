"""Raw results go, histograms stay, and every result is counted exactly once."""

from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from monitor.core.model import Check, Phases, Record, Reply, Result, Status
from monitor.core.uptime import bucket
from monitor.store import Store, histogram, prune, rollup, tables, tidy
from monitor.store.latency import Stretch, plan
from tests.makers import BAD, GOOD, SECOND, a_result
from tests.store.records import a_record, a_transition, an_alert, an_incident

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MIDNIGHT = datetime.fromisoformat("2026-03-01T00:00:00+00:00")
H = rollup.HOUR_MICROS


def a_timed_result(at: datetime, milliseconds: int, monitor: str = "billing") -> Result:
    reply = Reply(started_at=at, phases=Phases(wait=milliseconds / 1000), http_status=200)
    return a_result(at=at, reply=reply, monitor=monitor)


async def settled(store: Store, now: datetime) -> None:
    """Tidy until nothing is left to do."""
    while await store._threads.write_lightly(lambda connection: tidy.tidy(connection, now)):
        pass


async def count(store: Store, table: object) -> int:
    return await store._threads.read(
        lambda connection: connection.scalar(select(func.count()).select_from(table)) or 0  # type: ignore[arg-type]
    )


async def counted(store: Store, start: datetime, end: datetime, monitor: str = "billing") -> int:
    return (await store.latency(monitor, Check.DELIVERY, start=start, end=end)).count


@given(st.dictionaries(st.integers(0, 300), st.integers(0, 2**40)))
def test_a_histogram_comes_back_as_it_was(buckets: dict[int, int]) -> None:
    assert histogram.unpack(histogram.pack(buckets)) == {i: n for i, n in buckets.items() if n}


@given(st.lists(st.dictionaries(st.integers(0, 150), st.integers(1, 9)), max_size=5))
def test_histograms_add_up(parts: list[dict[int, int]]) -> None:
    total: Counter[int] = Counter()
    for part in parts:
        total.update(part)
    assert histogram.add(histogram.pack(part) for part in parts) == total


@given(
    start=st.integers(0, 80 * H),
    length=st.integers(1, 80 * H),
    pruned=st.integers(0, 60),
    more=st.integers(0, 30),
)
def test_a_plan_covers_all_of_the_time_exactly_once(start: int, length: int, pruned: int, more: int) -> None:
    end, pruned_at, rolled = start + length, pruned * H, (pruned + more) * H
    stretches = plan(start, end, pruned=pruned_at, rolled=rolled)
    assert stretches[0].start == (start - start % H if start < pruned_at else start)
    assert stretches[-1].end == (-(-end // H) * H if end <= pruned_at else end)
    for one, following in pairwise(stretches):
        assert one.end == following.start
    for one in stretches:
        if one.source == "raw":
            assert one.start >= pruned_at
            continue
        unit = H if one.source == "hours" else rollup.DAY_MICROS
        assert one.start % unit == one.end % unit == 0
        assert one.end <= rolled


def test_a_month_is_read_from_days_and_few_others() -> None:
    start, end, rolled = 30 * 24 * H + 5 * H + 7, 60 * 24 * H + 3 * H + 9, 60 * 24 * H + 2 * H
    assert plan(start, end, pruned=0, rolled=rolled) == (
        Stretch(source="raw", start=start, end=start - 7 + H),
        Stretch(source="hours", start=start - 7 + H, end=31 * 24 * H),
        Stretch(source="days", start=31 * 24 * H, end=60 * 24 * H),
        Stretch(source="hours", start=60 * 24 * H, end=rolled),
        Stretch(source="raw", start=rolled, end=end),
    )


async def test_every_result_is_counted_once_before_during_and_after_rolling_up(store: Store) -> None:
    at = MIDNIGHT + 30 * timedelta(minutes=1)
    expected: Counter[int] = Counter()
    for step in range(200):  # more than two days
        milliseconds = 1 + step * 7
        store.record(Record(result=a_timed_result(at + step * 15 * timedelta(minutes=1), milliseconds)))
        expected[bucket(milliseconds / 1000)] += 1
    assert await store.flush(5)
    for now in (MIDNIGHT, MIDNIGHT + 5 * HOUR, MIDNIGHT + 30 * HOUR, MIDNIGHT + 10 * DAY):
        await settled(store, now)
        found = await store.latency("billing", Check.DELIVERY, start=MIDNIGHT, end=MIDNIGHT + 3 * DAY)
        assert found.buckets == expected
        assert found.count == 200
    assert await counted(store, MIDNIGHT + 3 * HOUR, MIDNIGHT + 26 * HOUR) == 92
    assert await counted(store, MIDNIGHT + 45 * timedelta(minutes=1), MIDNIGHT + 2 * HOUR) == 5
    assert await counted(store, MIDNIGHT, MIDNIGHT) == 0


async def test_latencies_survive_the_raw_results(store: Store) -> None:
    for hour in range(100):
        store.record(Record(result=a_timed_result(MIDNIGHT + hour * HOUR, 50)))
        store.record(Record(result=a_timed_result(MIDNIGHT + hour * HOUR, 50, "other")))
    assert await store.flush(5)
    now = MIDNIGHT + 16 * DAY
    await settled(store, now)
    assert len(await store.results(monitor="billing", limit=200)) == 52  # 48 hours are older than 14 days
    assert await counted(store, MIDNIGHT, now) == 100
    assert await counted(store, MIDNIGHT + 10 * HOUR, MIDNIGHT + 20 * HOUR) == 10
    assert await counted(store, MIDNIGHT + 40 * HOUR, MIDNIGHT + 60 * HOUR, "other") == 20
    half = timedelta(minutes=30)
    assert (
        await counted(store, MIDNIGHT + half, MIDNIGHT + HOUR + half) == 2
    )  # to the hour, where raw is gone
    assert await counted(store, MIDNIGHT, now, "nobody") == 0


async def test_nothing_is_pruned_that_was_not_rolled_up(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.record(a_record(MIDNIGHT))
    assert await store.flush(5)
    monkeypatch.setattr(rollup, "step", lambda *_: False)
    await settled(store, MIDNIGHT + 100 * DAY)
    assert len(await store.results()) == 1


async def test_results_that_come_late_open_their_hour_again(store: Store) -> None:
    store.record(Record(result=a_timed_result(MIDNIGHT, 10)))
    assert await store.flush(5)
    await settled(store, MIDNIGHT + 3 * DAY)
    late = [MIDNIGHT + timedelta(minutes=5), MIDNIGHT + 20 * HOUR, MIDNIGHT + 2 * DAY]
    for at in late:  # the database was away for days
        store.record(Record(result=a_timed_result(at, 10)))
    assert await store.flush(5)
    assert await counted(store, MIDNIGHT, MIDNIGHT + 3 * DAY) == 4
    await settled(store, MIDNIGHT + 3 * DAY)
    assert await counted(store, MIDNIGHT, MIDNIGHT + 3 * DAY) == 4
    assert await counted(store, MIDNIGHT, MIDNIGHT + HOUR) == 2


async def test_results_too_late_for_their_raw_hour_do_not_destroy_it(store: Store) -> None:
    for minute in range(3):
        store.record(Record(result=a_timed_result(MIDNIGHT + minute * timedelta(minutes=1), 10)))
    assert await store.flush(5)
    now = MIDNIGHT + 20 * DAY
    await settled(store, now)
    store.record(Record(result=a_timed_result(MIDNIGHT + timedelta(minutes=9), 10)))
    assert await store.flush(5)
    await settled(store, now)
    assert await counted(store, MIDNIGHT, MIDNIGHT + HOUR) == 3
    assert await store.results() == ()


async def test_a_clock_that_was_wrong_stops_no_housekeeping(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prune, "ROWS_AT_ONCE", 1)
    future, past = MIDNIGHT + 9000 * DAY, datetime.fromisoformat("1970-01-01T00:00:09+00:00")
    for at in (future, past, MIDNIGHT, MIDNIGHT + 20 * DAY):
        store.record(Record(result=a_timed_result(at, 10)))
    assert await store.flush(5)
    await settled(store, MIDNIGHT + 20 * DAY + 2 * HOUR)
    assert [one.result.started_at for one in await store.results()] == [MIDNIGHT + 20 * DAY, future]
    assert await counted(store, MIDNIGHT, MIDNIGHT + HOUR) == 1
    await settled(store, past)  # set back to where clocks begin
    assert len(await store.results()) == 2
    assert await counted(store, MIDNIGHT, MIDNIGHT + 30 * DAY) == 2


async def test_a_roll_up_knows_good_from_failed(store: Store) -> None:
    blind = a_record(MIDNIGHT + 4 * SECOND, verdict=GOOD)
    unknown = a_result(verdict=type(GOOD)(status=Status.UNKNOWN, reason=GOOD.reason, message=""), at=MIDNIGHT)
    for record in (
        a_record(MIDNIGHT),
        a_record(MIDNIGHT + SECOND, verdict=BAD),
        blind,
        Record(result=unknown),
    ):
        store.record(record)
    assert await store.flush(5)
    await settled(store, MIDNIGHT + 2 * HOUR)
    ((good, failed, packed),) = await store._threads.read(
        lambda connection: connection.execute(
            select(tables.rollups.c.good, tables.rollups.c.failed, tables.rollups.c.buckets)
        ).all()
    )
    assert (good, failed) == (2, 1)
    assert sum(histogram.unpack(packed).values()) == 2  # a quick 503 is not a latency


async def test_failures_are_kept_apart_from_successes(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prune, "KEEP_FAILURES", 5)
    monkeypatch.setattr(prune, "MOST_FAILURES", 8)
    for minute in range(12):
        store.record(a_record(MIDNIGHT + minute * timedelta(minutes=1), verdict=BAD))
        store.record(a_record(MIDNIGHT + minute * timedelta(minutes=1), verdict=BAD, monitor="other"))
    for minute in range(30):
        store.record(a_record(MIDNIGHT + HOUR + minute * timedelta(minutes=1)))
    assert await store.flush(5)
    await settled(store, MIDNIGHT + 2 * HOUR)
    assert len(await store.results(failing=True, monitor="billing")) == 8  # a long outage fills no disk
    await settled(store, MIDNIGHT + 20 * DAY)
    assert await store.results(limit=100) == ()
    assert len(await store.results(failing=True, monitor="billing")) == 5
    assert len(await store.results(failing=True, monitor="other")) == 5
    await settled(store, MIDNIGHT + 500 * DAY)
    assert await store.results(failing=True) == ()


async def test_history_is_kept_for_400_days_and_what_is_open_for_ever(store: Store) -> None:
    old, young = MIDNIGHT, MIDNIGHT + 300 * DAY
    for number, at in enumerate((old, young), start=1):
        store.record(
            Record(
                result=a_timed_result(at, 10),
                transitions=(a_transition(at, Status.DOWN), a_transition(at + SECOND, Status.UP)),
                incident=an_incident(number, started_at=at, ended_at=at + SECOND),
                alerts=(an_alert(f"{number}", created_at=at),),
            )
        )
    store.record(Record(incident=an_incident(3, started_at=old), alerts=(an_alert("waits"),)))
    assert await store.flush(5)
    await store.shelf.settle(["1"], at=old)
    await store.shelf.settle(["2"], at=young)
    await settled(store, MIDNIGHT + 310 * DAY)
    assert await count(store, tables.transitions) == 4
    await settled(store, MIDNIGHT + 410 * DAY)
    assert [one.number for one in await store.incidents()] == [3, 2]
    assert {queued.alert.key for _, queued in await store.alerts()} == {"2", "waits"}
    found = await store.transitions("billing", start=young - DAY, end=young + DAY)
    assert [(one.at, one.status) for one in found] == [
        (old + SECOND, Status.UP),  # what it was when history begins
        (young, Status.DOWN),
        (young + SECOND, Status.UP),
    ]
    assert await counted(store, old, old + DAY) == 0
    assert await counted(store, young, young + DAY) == 1


async def test_a_step_is_short_and_many_make_the_whole(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tidy, "BUDGET", 0.0000001)
    monkeypatch.setattr(tidy, "PAUSE", 0)
    monkeypatch.setattr(rollup, "CHECKS_AT_ONCE", 2)
    for number in range(7):
        store.record(Record(result=a_timed_result(MIDNIGHT, 10, f"monitor-{number}")))
    assert await store.flush(5)
    for _ in range(3):
        await store.tidy(MIDNIGHT + DAY)
        for number in range(7):
            assert await counted(store, MIDNIGHT, MIDNIGHT + DAY, f"monitor-{number}") == 1
    await settled(store, MIDNIGHT + 2 * DAY)
    assert await count(store, tables.rollups) == 14
