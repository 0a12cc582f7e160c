"""The database is locked, full, or gone: nothing that matters is lost, and nobody waits for it."""

import asyncio
import sqlite3
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from monitor.core.model import Record, Status
from monitor.errors import DatabaseAway
from monitor.store import Store, door, threads
from tests.fakes.postgres import Postgres
from tests.makers import BAD, NOON, SECOND, a_reply, a_result
from tests.store.conftest import Opener
from tests.store.records import Clock, a_record, a_transition, an_alert, an_outage

on_postgresql = pytest.mark.parametrize("url", ["postgresql"], indirect=True)
on_sqlite = pytest.mark.parametrize("url", ["sqlite"], indirect=True)


async def until(true: Callable[[], bool], seconds: float = 10) -> None:
    """Wait for what another thread does."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        await asyncio.sleep(0.02)


async def started(store: Store) -> list[int]:
    """Return the seconds after noon of all results, in the order in which they were written."""
    found = await store.results(limit=100)
    return [int((one.result.started_at - NOON).total_seconds()) for one in reversed(found)]


@on_sqlite
async def test_results_wait_while_the_file_is_locked(store: Store, url: str, clock: Clock) -> None:
    other = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    clock.move(SECOND)
    for second in range(5):
        store.record(a_record(NOON + second * SECOND) if second != 3 else an_outage(NOON + 3 * SECOND))
    await until(lambda: store.away_since is not None)
    assert store.away_since == NOON + SECOND
    assert await store.results() == ()  # reading goes on
    assert store.queue_length == 5
    assert store.dropped == 0
    other.execute("COMMIT")
    other.close()
    assert await store.flush(10)
    assert await started(store) == [0, 1, 2, 3, 4]
    assert store.away_since is None
    assert len(await store.alerts()) == 1


@on_sqlite
async def test_results_wait_while_the_disk_is_full(store: Store) -> None:
    async def allow(pages: int) -> None:
        await store._threads.write(
            lambda connection: connection.execute(text(f"PRAGMA max_page_count={pages}"))
        )

    await allow(1)  # as many as there are: none to be had
    for second in range(300):
        store.record(a_record(NOON + second * SECOND, verdict=BAD))
    store.record(an_outage(NOON + 300 * SECOND))
    await until(lambda: store.away_since is not None)
    with pytest.raises(DatabaseAway, match="full"):
        await store._threads.write(lambda connection: connection.execute(text("CREATE TABLE more (x)")))
    assert store.dropped == 0
    await allow(1_000_000)
    assert await store.flush(10)
    assert len(await store.results(limit=1000)) == 301
    assert store.dropped == 0


@pytest.mark.real
@on_postgresql
async def test_results_wait_while_the_server_is_gone(store: Store, postgres: Postgres) -> None:
    store.record(a_record(NOON))
    assert await store.flush(5)
    await asyncio.to_thread(postgres.stop)
    try:
        store.record(a_record(NOON + SECOND))
        store.record(an_outage(NOON + 2 * SECOND))
        await until(lambda: store.away_since is not None)
        with pytest.raises(DatabaseAway):
            await store.results()
        with pytest.raises(DatabaseAway):
            await store.queues()
        store.record(a_record(NOON + 3 * SECOND))
    finally:
        await asyncio.to_thread(postgres.start)
    assert await store.flush(10)
    assert await started(store) == [0, 1, 2, 3]
    assert [queued.alert.key for _, queued in await store.alerts()] == ["1/opened/oncall"]


@pytest.mark.real
@on_postgresql
async def test_a_broken_connection_costs_nothing(store: Store, postgres: Postgres) -> None:
    for second in range(40):
        store.record(a_record(NOON + second * SECOND) if second % 3 else an_outage(NOON + second * SECOND))
        if second % 10 == 5:
            with postgres.connect() as connection:
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'emptied'"
                )
        await asyncio.sleep(0.01)
    assert await store.flush(10)
    assert await started(store) == list(range(40))


@pytest.mark.real
@on_postgresql
async def test_a_server_that_is_frozen_is_away(
    store: Store, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.record(a_record(NOON))
    assert await store.flush(5)
    await store.results()
    with postgres.frozen(), monkeypatch.context() as impatient:
        impatient.setattr(threads, "LONGEST_WRITE", 0.3)
        impatient.setattr(threads, "LONGEST_READ", 0.3)
        impatient.setattr(door, "LONGEST_WRITE", 0.3)
        store.record(an_outage(NOON + SECOND))
        for asked in (store.beat(NOON), store.results(), store.shelf.claim("x", now=NOON, lease=SECOND)):
            with pytest.raises(DatabaseAway, match="has not answered"):
                await asked
        await until(lambda: store.away_since is not None)
    assert await store.flush(10)
    assert await started(store) == [0, 1]
    assert store.lost_ownership is None
    await until_it_beats(store)


@pytest.mark.real
@on_postgresql
async def test_closing_is_bounded_while_the_server_is_frozen(
    store: Store, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.record(a_record(NOON))
    assert await store.flush(5)
    monkeypatch.setattr(threads, "LONGEST_WRITE", 0.3)
    monkeypatch.setattr(threads, "LONGEST_END", 0.5)
    monkeypatch.setattr(door, "LONGEST_WRITE", 0.3)
    with postgres.frozen():
        store.record(an_outage(NOON + SECOND))
        assert not await store.flush(0.1)
        begun = time.monotonic()
        await store.release()
        await store.close()
        assert time.monotonic() - begun < 10


async def until_it_beats(store: Store) -> None:
    """What was cut off takes a moment to come back."""
    for _ in range(100):
        try:
            await store.beat(NOON)
        except DatabaseAway:
            await asyncio.sleep(0.1)
        else:
            return
    raise AssertionError("it never beat again")


async def test_a_table_that_is_missing_is_not_the_fault_of_the_results(store: Store) -> None:
    async def rename(old: str, new: str) -> None:
        await store._threads.write(
            lambda connection: connection.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))
        )

    await rename("failure", "elsewhere")
    store.record(a_record(verdict=BAD))
    await until(lambda: store.away_since is not None)
    await rename("elsewhere", "failure")
    assert await store.flush(10)
    assert store.dropped == 0
    assert len(await store.results(failing=True)) == 1


async def test_writing_again_what_was_written_already_changes_nothing(store: Store) -> None:
    """The answer to a commit can get lost: then the whole batch is written once more."""
    written, how = [], store._threads.write

    async def lose_the_answer(work: Callable[..., object]) -> object:
        answer = await how(work)
        written.append(answer)
        if len(written) == 1:
            raise DatabaseAway("the connection broke while we waited for the answer")
        return answer

    store._threads.write = lose_the_answer  # type: ignore[method-assign, assignment]
    store.record(a_record(NOON))
    store.record(an_outage(NOON + SECOND))
    assert await store.flush(10)
    assert len(written) == 2
    assert await started(store) == [0, 1]
    assert len(await store.results(failing=True)) == 1
    assert len(await store.transitions(None, start=NOON, end=NOON + timedelta(days=1))) == 1


async def test_a_rename_stands_between_what_came_before_and_after_it_whatever_is_written_twice(
    store: Store,
) -> None:
    """Every answer is lost once: what was recorded under the old name must not bring it back to life."""
    tried, how = set[int](), store._threads.write

    async def lose_each_answer_once(work: Callable[..., object]) -> object:
        answer = await how(work)
        if len(tried) % 2 == 0:
            tried.add(len(tried))
            raise DatabaseAway("the connection broke while we waited for the answer")
        tried.add(len(tried))
        return answer

    store._threads.write = lose_each_answer_once  # type: ignore[method-assign, assignment]
    store._threads.write_lightly = lose_each_answer_once  # type: ignore[method-assign, assignment]
    for monitor in ("billing", "orders"):
        store.record(a_record(NOON, monitor=monitor))
    store.record(Record(renames=(("billing", "payments"), ("orders", "sales"))))
    for monitor in ("payments", "sales"):
        store.record(a_record(NOON + SECOND, monitor=monitor))
    assert await store.flush(10)
    assert {key.monitor for key in (await store.recall()).healths} == {"payments", "sales"}
    for monitor in ("payments", "sales"):
        assert len(await store.results(monitor=monitor)) == 2


async def test_one_rotten_result_costs_itself_alone(store: Store) -> None:
    rotten = a_record(NOON + 2 * SECOND, result=a_result(reply=a_reply(http_status=2**70)))
    for second in range(5):
        store.record(rotten if second == 2 else a_record(NOON + second * SECOND))
    assert await store.flush(10)
    assert await started(store) == [0, 1, 3, 4]
    assert store.dropped == 1
    assert store.away_since is None


async def test_a_rotten_result_does_not_cost_the_alert_made_from_it(store: Store) -> None:
    rotten = replace(an_outage(), result=a_result(BAD, reply=a_reply(http_status=2**70)))
    store.record(rotten)
    store.record(a_record(NOON + SECOND))
    assert await store.flush(10)
    assert len(await store.alerts()) == 1
    assert len(await store.incidents(open_only=True)) == 1
    assert await started(store) == [1]


@on_sqlite
async def test_memory_is_bounded_but_never_at_the_cost_of_what_matters(
    store: Store, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store._waiting, "_most", 10)
    other = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    store.record(an_outage(NOON, number=99))
    await until(lambda: store.away_since is not None)
    for second in range(1, 31):
        store.record(
            an_outage(NOON + second * SECOND, second) if second < 4 else a_record(NOON + second * SECOND)
        )
    other.execute("COMMIT")
    other.close()
    assert await store.flush(10)
    assert store.dropped == 17
    assert await started(store) == [0, 1, 2, 3, *range(21, 31)]


@on_sqlite
async def test_alerts_leave_from_memory_while_the_database_is_away(
    store: Store, url: str, clock: Clock
) -> None:
    told: list[str] = []
    store.on_commit(lambda alerts: told.extend(alert.key for alert in alerts))
    three = 3 * SECOND
    other = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    alarm, later = an_alert("alarm", incident=1), an_alert("later", incident=2, created_at=NOON + three)
    store.record(Record(alerts=(alarm,)))
    assert store.shelf.unwritten_alerts(older_than=three) == ()
    clock.move(three)
    store.record(Record(alerts=(later,)))
    assert store.shelf.unwritten_alerts(older_than=three) == (alarm,)
    assert store.shelf.unwritten_alerts(older_than=three) == (alarm,)  # it has not left yet
    store.shelf.sent_unwritten(["alarm"], clock())
    clock.move(timedelta(minutes=5))
    assert store.shelf.unwritten_alerts(older_than=three) == (later,)  # and this one is just leaving
    other.execute("COMMIT")
    other.close()
    assert await store.flush(10)
    assert store.shelf.unwritten_alerts(older_than=three) == ()
    kept = {queued.alert.key: queued for _, queued in await store.alerts()}
    assert kept["alarm"].sent_at == NOON + three
    assert kept["later"].sent_at is None
    assert told == ["later"]
    store.shelf.sent_unwritten(["later"], clock())  # it arrived after all, when it was written already
    assert await store.flush(10)
    assert {queued.sent_at for _, queued in await store.alerts()} == {NOON + three, clock()}


async def test_urgent_news_does_not_wait_for_company(store: Store) -> None:
    begun = time.monotonic()
    store.record(Record(transitions=(a_transition(status=Status.DOWN),)))
    await until(lambda: store.queue_length == 0)
    urgent = time.monotonic() - begun
    begun = time.monotonic()
    store.record(a_record())
    await until(lambda: store.queue_length == 0)
    plain = time.monotonic() - begun
    assert urgent < plain


@on_sqlite
async def test_closing_is_bounded_while_the_file_is_locked(opened: Opener, url: str) -> None:
    store = await opened(holder="one")
    other = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    store.record(an_outage())
    begun = time.monotonic()
    assert not await store.flush(0.2)
    await store.release()
    await store.close()
    assert time.monotonic() - begun < 8
    other.close()


@on_sqlite
async def test_the_file_is_for_us_alone(store: Store, url: str) -> None:
    store.record(a_record())
    assert await store.flush(5)
    folder = Path(url.removeprefix("sqlite:///")).parent
    assert {path.stat().st_mode & 0o777 for path in folder.glob("monitor.db*")} == {0o600}
