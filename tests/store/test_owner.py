"""One process owns the clock of a database."""

import asyncio
import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.errors import DatabaseAway, NotOwner, OwnedElsewhere
from monitor.store import Store
from monitor.store.engine import parse
from monitor.store.locks import FileLock
from monitor.store.owner import Pulse
from tests.fakes.postgres import Postgres
from tests.makers import NOON, SECOND
from tests.store.conftest import Opener
from tests.store.records import Clock, a_record, an_outage

LEASE = timedelta(seconds=60)


async def test_a_second_process_is_refused_and_told_who_has_it(store: Store, opened: Opener) -> None:
    second = await opened()
    with pytest.raises(OwnedElsewhere, match="owned by one;"):
        await second.acquire("two")
    await store.release()
    await second.acquire("two")
    assert await second.holder() == ("two", NOON)


async def test_signs_of_life_are_seen_by_others(store: Store, opened: Opener) -> None:
    other = await opened()
    assert (await other.recall()).measured_until is None
    await store.beat(NOON + 3 * SECOND)
    assert await other.holder() == ("one", NOON + 3 * SECOND)
    assert (await other.recall()).measured_until == NOON + 3 * SECOND


async def test_what_was_measured_is_remembered_through_a_take_over(
    store: Store, opened: Opener, clock: Clock
) -> None:
    await store.beat(NOON + 3 * SECOND)
    await store.close()
    clock.move(timedelta(hours=1))
    again = await opened(holder="two")
    assert await again.holder() == ("two", clock())
    assert (await again.recall()).measured_until == NOON + 3 * SECOND


async def test_an_owner_that_left_is_known_to_have_left(store: Store, opened: Opener) -> None:
    other = await opened()
    await store.beat(NOON)
    await store.release()
    last = await other.holder()
    assert last is not None
    assert NOON - last[1] > timedelta(days=365)


async def test_nobody_writes_without_owning_the_clock(opened: Opener) -> None:
    visitor = await opened()
    with pytest.raises(NotOwner):
        await visitor.shelf.claim("oncall", now=NOON, lease=LEASE)
    visitor.record(a_record())
    assert not await visitor.flush(0.05)
    assert await visitor.results() == ()


async def test_an_owner_whose_epoch_is_over_stops_at_once(store: Store, opened: Opener) -> None:
    store.record(a_record())
    assert await store.flush(5)
    await asyncio.to_thread(store._lock.let_go)  # as if the machine had been paused and cut off
    await opened(holder="two")
    store.record(an_outage(NOON + SECOND))
    assert not await store.flush(0.5)
    assert isinstance(store.lost_ownership, NotOwner)
    assert "two" in str(store.lost_ownership)
    for refused in (
        store.shelf.claim("oncall", now=NOON, lease=LEASE),
        store.shelf.settle(["a"], at=NOON),
        store.tidy(NOON),
        store.beat(NOON),
    ):
        with pytest.raises(NotOwner):
            await refused
    assert len(await store.results()) == 1


async def test_two_that_come_at_once_do_not_both_get_it(opened: Opener) -> None:
    stores = [await opened() for _ in range(4)]
    outcomes = await asyncio.gather(
        *(store.acquire(str(number)) for number, store in enumerate(stores)), return_exceptions=True
    )
    refused = [outcome for outcome in outcomes if isinstance(outcome, OwnedElsewhere)]
    assert len(refused) == 3


def test_a_pulse_stops_when_nothing_changes_by_our_own_clock() -> None:
    shown = 0.0
    pulse = Pulse(clock=lambda: shown)
    assert not pulse.stopped
    pulse.felt(NOON - timedelta(days=3))  # their clock is wrong, or ours
    assert not pulse.stopped
    shown = 14.9
    pulse.felt(NOON - timedelta(days=3))
    assert not pulse.stopped
    shown = 15.0
    assert pulse.stopped
    pulse.felt(NOON - timedelta(days=3) + 3 * SECOND)
    assert not pulse.stopped


HOLD = """
import sys, time
from monitor.store.engine import parse
from monitor.store.locks import FileLock
lock = FileLock(parse(sys.argv[1]))
print(lock.take("the other"), flush=True)
time.sleep(60)
"""


def test_the_file_lock_dies_with_its_process(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'monitor.db'}"
    other = subprocess.Popen([sys.executable, "-c", HOLD, url], stdout=subprocess.PIPE, text=True)
    try:
        assert other.stdout is not None
        assert other.stdout.readline() == "True\n"
        lock = FileLock(parse(url))
        assert not lock.take("me")
        assert lock.holder() == "the other"
        os.kill(other.pid, signal.SIGSTOP)
        assert not lock.take("me")  # asleep is not dead
    finally:
        other.kill()
        other.communicate()
    assert lock.take("me")
    assert lock.holder() == "me"
    lock.let_go()


def test_a_lock_file_that_was_removed_is_made_again(tmp_path: Path) -> None:
    url = parse(f"sqlite:///{tmp_path / 'monitor.db'}")
    lock = FileLock(url)
    assert lock.take("me")
    (tmp_path / "monitor.db.lock").unlink()
    lock.keep()
    assert not FileLock(url).take("another")
    lock.let_go()


@pytest.mark.real
@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
async def test_an_owner_that_hangs_loses_its_lock_to_one_that_waits(store: Store, opened: Opener) -> None:
    standby = await opened()
    with pytest.raises(OwnedElsewhere):
        await standby.acquire("two")
    standby._pulse._since -= 15  # fifteen seconds without a sign of life
    await standby.acquire("two")
    with pytest.raises(NotOwner):
        await store.beat(NOON)


@pytest.mark.real
@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
async def test_the_owner_takes_its_lock_again_when_its_connection_breaks(
    store: Store, opened: Opener, postgres: Postgres
) -> None:
    with postgres.connect() as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
        )
    await store.beat(NOON)
    with pytest.raises(OwnedElsewhere):
        await (await opened()).acquire("two")
    await store.beat(NOON + SECOND)


@pytest.mark.real
@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
async def test_an_owner_goes_on_after_its_server_was_restarted(store: Store, postgres: Postgres) -> None:
    await asyncio.to_thread(postgres.stop)
    try:
        with pytest.raises(DatabaseAway):
            await store.beat(NOON)
    finally:
        await asyncio.to_thread(postgres.start)
    await store.beat(NOON + SECOND)
    store.record(a_record())
    assert await store.flush(5)


@pytest.mark.real
@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
async def test_two_schemas_of_one_database_have_two_clocks(
    url: str, clock: Clock, postgres: Postgres
) -> None:
    name = url.split("@/")[1].split("?", maxsplit=1)[0]
    with postgres.connect(name) as connection:
        connection.execute("CREATE SCHEMA a")
        connection.execute("CREATE SCHEMA b")
    stores = [await Store.open(f"{url}&options=-csearch_path%3D{schema}", now=clock) for schema in ("a", "b")]
    try:
        for store in stores:
            await store.acquire("me")
    finally:
        for store in stores:
            await store.close()


LIVE_AND_DIE = """
import asyncio, sys
from monitor.store import Store
from tests.makers import NOON, SECOND
from tests.store.records import a_record, an_outage

async def main() -> None:
    store = await Store.open(sys.argv[1], now=lambda: NOON)
    await store.acquire("the dead one")
    store.on_commit(lambda alerts: print(alerts[0].key, flush=True))
    store.record(a_record())
    store.record(an_outage(NOON + SECOND))
    await asyncio.sleep(60)

asyncio.run(main())
"""


async def test_what_was_told_to_be_written_survives_a_sudden_death(url: str, opened: Opener) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", LIVE_AND_DIE, url, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"1/opened/oncall\n"
    finally:
        process.kill()
        await process.wait()
    heir = await opened()
    async with asyncio.timeout(10):
        while True:
            try:
                await heir.acquire("the heir")
            except OwnedElsewhere:  # a server takes a moment to see that its client is dead
                await asyncio.sleep(0.05)
            else:
                break
    assert len(await heir.results()) == 2
    (claimed,) = await heir.shelf.claim("oncall", now=NOON + SECOND, lease=LEASE)
    assert claimed.alert.incident == (await heir.recall()).last_incident == 1
