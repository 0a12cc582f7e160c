"""Incidents of several checks in the database: written, merged, renamed, recalled, brought along."""

from dataclasses import replace
from datetime import timedelta

from alembic import command
from sqlalchemy import Connection, text

from monitor.core import incidents
from monitor.core.model import (
    Check,
    CheckKey,
    Closing,
    Happened,
    IncidentEvent,
    Joined,
    Record,
)
from monitor.core.timeline import whole
from monitor.store import Store, schema
from monitor.store.engine import lone_engine, parse
from tests.makers import NOON, SECOND
from tests.store.records import a_record, an_alert, an_incident

FIRST = an_incident(1)
JOINED = an_incident(
    1,
    monitor="orders",
    started_at=NOON + 2 * SECOND,
    confirmed_at=NOON + 20 * SECOND,
    joined=Joined.HOST,
    certificate_expires_at=NOON + timedelta(days=3),
)
OTHER = an_incident(2, monitor="shop")


def a_line(kind: Happened, number: int = 1, **changes: object) -> IncidentEvent:
    return replace(whole(number, kind, NOON, who="anna", words="so it is \0"), **changes)  # type: ignore[arg-type]  # named alike


async def test_parts_of_one_incident_lie_beside_each_other(store: Store) -> None:
    again = replace(FIRST, started_at=NOON + timedelta(minutes=9), confirmed_at=NOON + timedelta(minutes=10))
    for part in (FIRST, JOINED, replace(FIRST, ended_at=NOON + SECOND, closing=Closing.RECOVERED), again):
        store.record(Record(incident=part))
    assert await store.flush(5)
    found = await store.incident(1)
    assert [(part.monitor, part.ended_at is None) for part in found] == [
        ("billing", False),
        ("orders", True),
        ("billing", True),
    ]
    assert found[1] == JOINED
    memory = await store.recall()
    assert set(memory.open_incidents) == {
        CheckKey("billing", Check.DELIVERY),
        CheckKey("orders", Check.DELIVERY),
    }
    assert [part.monitor for part in memory.ended_parts] == ["billing"]


async def test_a_limit_counts_incidents_and_not_their_parts(store: Store) -> None:
    for part in (FIRST, JOINED, OTHER, an_incident(3, monitor="x", ended_at=NOON + SECOND)):
        store.record(Record(incident=part))
    assert await store.flush(5)
    assert [part.number for part in await store.incidents(limit=2)] == [3, 2]
    assert [part.number for part in await store.incidents(before=2, limit=1)] == [1, 1]
    assert [part.monitor for part in await store.incidents(monitor="orders")] == ["billing", "orders"]
    assert {part.number for part in await store.incidents(open_only=True)} == {1, 2}


async def test_what_happened_comes_back_in_order_and_is_written_once(store: Store) -> None:
    lines = (a_line(Happened.NOTED), a_line(Happened.ACKNOWLEDGED, at=NOON - SECOND))
    for _ in range(2):  # a commit whose answer got lost is done again
        store.record(a_record(happened=lines))
        assert await store.flush(5)
    found = await store.happened([1, 5])
    assert [line.kind for line in found] == [Happened.ACKNOWLEDGED, Happened.NOTED]
    assert found[1].words.startswith("so it is")
    assert await store.happened([]) == ()


async def test_a_merge_moves_everything_and_leaves_a_trace(store: Store) -> None:
    store.record(Record(incident=FIRST, happened=(a_line(Happened.OPENED),)))
    store.record(
        Record(incident=OTHER, happened=(a_line(Happened.ACKNOWLEDGED, 2),), alerts=(an_alert(incident=2),))
    )
    store.record(Record(merges=((2, 1),)))
    trace = (a_line(Happened.MERGED, other=2), a_line(Happened.MERGED_INTO, 2, other=1))
    store.record(Record(happened=trace))
    assert await store.flush(5)
    assert [part.monitor for part in await store.incident(1)] == ["billing", "shop"]
    assert await store.incident(2) == ()
    assert incidents.handled(await store.happened([2])).merged_into == 1
    (gathered,) = incidents.gather(await store.incident(1), await store.happened([1]))
    assert gathered.handling.acknowledged_by == ""
    assert len(await store.alerts(incident=1)) == 1
    assert (await store.recall()).last_incident == 2  # a number is never given twice


async def test_what_was_reopened_is_recalled_until_it_is_resolved(store: Store) -> None:
    over = replace(FIRST, ended_at=NOON + SECOND, closing=Closing.RECOVERED)
    store.record(Record(incident=over, happened=(a_line(Happened.REOPENED),)))
    assert await store.flush(5)
    memory = await store.recall()
    assert (memory.open_incidents, memory.ended_parts) == ({}, (over,))
    assert [part.number for part in await store.incidents(open_only=True)] == [1]
    store.record(Record(happened=(a_line(Happened.RESOLVED, at=NOON + SECOND),)))
    assert await store.flush(5)
    assert (await store.recall()).ended_parts == ()
    assert await store.incidents(open_only=True) == ()


async def test_a_renamed_monitor_is_renamed_in_timelines_too(store: Store) -> None:
    store.record(Record(incident=FIRST, happened=(a_line(Happened.OPENED, monitor="billing"),)))
    store.record(Record(renames=(("billing", "payments"),)))
    assert await store.flush(5)
    assert [line.monitor for line in await store.happened([1])] == ["payments"]
    assert [part.monitor for part in await store.incident(1)] == ["payments"]


async def test_written_waits_for_what_was_recorded_until_then(store: Store) -> None:
    store.record(Record(incident=FIRST, happened=(a_line(Happened.NOTED),)))
    await store.written()
    assert len(await store.happened([1])) == 1


def insert(connection: Connection, started_at: int) -> None:
    connection.execute(
        text(
            "INSERT INTO incident (number, check_id, started_at, confirmed_at, severity, reason, message, "
            "diagnosis, failures, unmeasured, told) "
            "VALUES (7, 1, :at, :at, 'major', 'timeout', '', '', 2, 0, '[]')"
        ),
        {"at": started_at},
    )


def test_incidents_from_before_are_kept_and_a_way_back_exists(url: str) -> None:
    schema.upgrade(parse(url))
    engine = lone_engine(parse(url))
    with engine.begin() as connection:
        config = schema._config(connection)
        command.downgrade(config, "0002_receipts")
        connection.execute(
            text("INSERT INTO check_state (id, monitor, check_name, health) VALUES (1, 'a', 'delivery', '')")
        )
        insert(connection, 5)
        command.upgrade(config, "head")
        row = connection.execute(text("SELECT number, joined FROM incident")).one()
        assert tuple(row) == (7, None)
        insert(connection, 8)
        command.downgrade(config, "0002_receipts")
        assert connection.execute(text("SELECT started_at FROM incident")).scalars().all() == [5]
    engine.dispose()
