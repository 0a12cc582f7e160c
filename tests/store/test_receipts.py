"""Receipts are durable before they are answered, and the same one twice is one."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import create_engine, text

from monitor.core.model import Check, Outcome, Receipt, Record
from monitor.errors import NotOwner
from monitor.store import Store
from tests.makers import BAD, GOOD, NOON, SECOND, a_reply, a_result
from tests.store.conftest import Opener

HOUR = 3600 * SECOND


def a_receipt(event_id: str = "evt_1", run: str = "") -> Receipt:
    return Receipt(
        monitor="billing",
        event_id=event_id,
        kind=Check.DELIVERY,
        sent_at=NOON,
        arrived_at=NOON + SECOND,
        run=run,
        note="nul \0 and ü",
    )


def kept(url: str) -> list[tuple[str, str]]:
    """Look with another connection: what is there is committed."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT event_id, run FROM receipt ORDER BY event_id, run")).all()
    engine.dispose()
    return [(row[0], row[1]) for row in rows]


async def test_a_receipt_that_was_answered_is_in_the_database(url: str, store: Store) -> None:
    await store.receive(a_receipt())
    assert kept(url) == [("evt_1", "")]


async def test_the_same_run_twice_is_one_row_and_two_runs_are_two(url: str, store: Store) -> None:
    for run in ("one", "one", "two"):
        await store.receive(a_receipt(run=run))
    assert kept(url) == [("evt_1", "one"), ("evt_1", "two")]


async def test_many_at_once_are_written_in_few_transactions(url: str, store: Store) -> None:
    await asyncio.gather(*(store.receive(a_receipt(f"evt_{number}")) for number in range(3000)))
    assert len(kept(url)) == 3000


async def test_one_that_was_not_written_is_not_answered(opened: Opener) -> None:
    first = await opened(holder="one")
    await first.release()
    await opened(holder="two")
    with pytest.raises(NotOwner):
        await first.receive(a_receipt())


async def test_the_next_owner_is_told_of_the_last_days_receipts_in_order(store: Store) -> None:
    await store.receive(a_receipt("evt_1", run="one"))
    await store.receive(replace(a_receipt("evt_old"), arrived_at=NOON - 25 * HOUR))
    await store.receive(replace(a_receipt("evt_2"), kind=Check.FORGED, outcome=Outcome.FAILED))
    found = (await store.recall()).receipts
    assert [(one.event_id, one.run, one.kind, one.outcome) for one in found] == [
        ("evt_1", "one", Check.DELIVERY, Outcome.PROCESSED),
        ("evt_2", "", Check.FORGED, Outcome.FAILED),
    ]
    assert (found[0].sent_at, found[0].arrived_at) == (NOON, NOON + SECOND)


async def test_the_next_owner_is_told_what_was_refused_within_a_day(store: Store) -> None:
    for event_id, at, status in (
        ("evt_old", NOON - 25 * HOUR, 401),
        ("evt_refused", NOON - HOUR, 401),
        ("evt_unanswered", NOON - HOUR, None),
        ("evt_accepted", NOON - HOUR, 200),
    ):
        verdict = GOOD if status == 200 else BAD
        reply = a_reply(status)
        store.record(Record(result=a_result(verdict, at=at, event_id=event_id, reply=reply)))
    assert await store.flush(5)
    refused = (await store.recall()).refused
    assert [(one.event_id, one.reply.http_status) for one in refused] == [("evt_refused", 401)]
