"""What was heard from outside is durable before it is answered, adds up, and follows a rename."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from monitor.core.model import Events, Pulse, Record
from monitor.store import Store
from tests.makers import NOON, SECOND

PULSE = Pulse(
    monitor="nightly",
    since=NOON,
    deaf_from=NOON - SECOND,
    heard_at=NOON + SECOND,
    started_at=NOON + 2 * SECOND,
    failed_at=NOON + 3 * SECOND,
    note="disk \0 full: ü",
)
HOUR = timedelta(hours=1)


async def test_a_pulse_comes_back_as_it_was(store: Store) -> None:
    await store.hear(PULSE)
    await store.hear(replace(PULSE, started_at=None))
    known = (await store.recall()).pulses["nightly"]
    assert known == replace(PULSE, started_at=None, note=known.note)
    assert "full: ü" in known.note
    assert "\0" not in known.note


async def test_events_add_up_by_the_minute_and_in_all(store: Store) -> None:
    for at, count in ((NOON, 25), (NOON + 20 * SECOND, 5), (NOON + HOUR, 1)):
        await store.hear(Events(monitor="orders", at=at, count=count))
    memory = await store.recall()
    assert [(one.at, one.count) for one in memory.events] == [(NOON, 30), (NOON + HOUR, 1)]
    assert memory.pulses["orders"].events == 31
    assert memory.pulses["orders"].heard_at == NOON + HOUR
    hours = await store.real_events("orders", start=NOON, end=NOON + HOUR)
    assert [(one.at, one.count) for one in hours] == [(NOON, 30)]


async def test_a_pulse_that_is_written_later_takes_no_event_away(store: Store) -> None:
    await store.hear(Events(monitor="orders", at=NOON, count=3))
    await store.hear(Pulse(monitor="orders", since=NOON))
    assert (await store.recall()).pulses["orders"].events == 3


async def test_many_at_once_are_all_counted(store: Store) -> None:
    await asyncio.gather(
        *(store.hear(Events(monitor="orders", at=NOON + number * SECOND, count=1)) for number in range(2000))
    )
    memory = await store.recall()
    assert memory.pulses["orders"].events == sum(one.count for one in memory.events) == 2000


async def test_what_was_heard_follows_a_rename_and_replaces_nothing(store: Store) -> None:
    await store.hear(PULSE)
    await store.hear(Events(monitor="nightly", at=NOON, count=3))
    store.record(Record(renames=(("nightly", "backup"),)))
    await store.flush(5)
    memory = await store.recall()
    assert list(memory.pulses) == ["backup"]
    assert [one.monitor for one in memory.events] == ["backup"]
    await store.hear(replace(PULSE, heard_at=NOON))
    store.record(Record(renames=(("nightly", "backup"),)))
    await store.flush(5)
    assert (await store.recall()).pulses["backup"].heard_at == NOON
