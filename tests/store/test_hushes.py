"""Announced work, silences and what is held back outlive the process, on both databases."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from monitor.core.model import (
    AlertKind,
    Check,
    CheckKey,
    Held,
    Hush,
    HushedBy,
    Record,
    Scope,
    Silence,
    Status,
    Transition,
)
from monitor.errors import NotOwner
from monitor.store import Store
from tests.makers import NOON, SECOND, a_window
from tests.store.conftest import Opener
from tests.store.records import DELIVERY, a_record, an_incident

HOUR = timedelta(hours=1)
SILENCE = Silence(
    number=0,
    reason="ticket 7, “known”",
    scope=Scope(monitors=("billing",), groups=("Zahlungen",), tags=("eu",), checks=(Check.FORGED,)),
    since=NOON,
    until=NOON + HOUR,
)


async def test_what_was_announced_is_there_after_a_restart_with_its_number(store: Store) -> None:
    work = a_window(repeat="FREQ=DAILY", zone="Europe/Berlin", public="New disks.")
    kept = await store.hushes.announce(work)
    assert kept.number == 1
    assert (await store.hushes.recall(NOON))[0] == (kept,)


async def test_what_is_over_is_not_recalled_and_what_repeats_is_never_over(store: Store) -> None:
    await store.hushes.announce(a_window(name="once"))
    again = await store.hushes.announce(a_window(name="again", repeat="FREQ=DAILY"))
    assert (await store.hushes.recall(NOON + HOUR))[0] == (again,)


async def test_work_that_ended_early_is_kept_as_long_as_it_was_and_what_never_came_is_gone(
    store: Store,
) -> None:
    first = await store.hushes.announce(a_window(name="one"))
    second = await store.hushes.announce(a_window(name="two"))
    assert first.number is not None
    assert second.number is not None
    await store.hushes.rewrite(first.number, replace(first, length=SECOND))
    await store.hushes.rewrite(second.number, None)
    (left,) = (await store.hushes.recall(NOON))[0]
    assert (left.name, left.length) == ("one", SECOND)


async def test_a_silence_is_there_until_it_is_over(store: Store) -> None:
    kept = await store.hushes.silence(SILENCE)
    assert (await store.hushes.recall(NOON))[1] == (kept,)
    assert (await store.hushes.recall(NOON + HOUR))[1] == ()
    await store.hushes.end_silence(kept.number, NOON + SECOND)
    assert (await store.hushes.recall(NOON + SECOND))[1] == ()


async def test_what_was_said_of_a_monitor_follows_it_to_another_id(store: Store) -> None:
    await store.hushes.announce(a_window(scope=Scope(monitors=("orders", "billing"))))
    await store.hushes.silence(SILENCE)
    store.record(a_record())
    store.record(Record(renames=(("billing", "invoices"),)))
    assert await store.flush(10)
    windows, silences = await store.hushes.recall(NOON)
    assert windows[0].scope.monitors == ("orders", "invoices")
    assert silences[0].scope.monitors == ("invoices",)


async def test_only_the_owner_announces(opened: Opener) -> None:
    first = await opened(holder="one")
    await first.release()
    await opened(holder="two")
    with pytest.raises(NotOwner):
        await first.hushes.announce(a_window())


@pytest.mark.parametrize("until", [None, NOON + HOUR])
async def test_an_incident_remembers_what_is_untold(store: Store, until: datetime | None) -> None:
    hush = Hush(by=HushedBy.MAINTENANCE, name="new “disks”", until=until)
    incident = an_incident(held=Held(kind=AlertKind.WORSENED, hush=hush))
    store.record(a_record(incident=incident))
    assert await store.flush(10)
    assert (await store.recall()).open_incidents[DELIVERY].held == incident.held


def a_move(at: int, status: Status, previous: Status = Status.UP) -> Transition:
    moment = NOON + at * SECOND
    return Transition(
        monitor="billing",
        check=Check.DELIVERY,
        at=moment,
        known_at=moment,
        status=status,
        previous=previous,
        reason=None,
    )


async def test_what_was_in_maintenance_is_recalled_with_since_when(store: Store) -> None:
    store.record(a_record(transitions=(a_move(0, Status.UP), a_move(60, Status.MAINTENANCE))))
    store.record(a_record(transitions=(a_move(30, Status.DOWN),)))  # found out later, began before
    assert await store.flush(10)
    assert (await store.recall()).in_maintenance == {CheckKey("billing", Check.DELIVERY): NOON + 60 * SECOND}
    store.record(Record(transitions=(a_move(60, Status.UP, Status.MAINTENANCE),)))
    assert await store.flush(10)
    assert (await store.recall()).in_maintenance == {}
