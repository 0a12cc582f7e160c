"""Receipts are durable before they are answered, and the same one twice is one."""

import asyncio

import pytest
from sqlalchemy import create_engine, text

from monitor.core.model import Check, Receipt
from monitor.errors import NotOwner
from monitor.store import Store
from tests.makers import NOON, SECOND
from tests.store.conftest import Opener


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
