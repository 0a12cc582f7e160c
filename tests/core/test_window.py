"""Announced work: when a window is open, whom it means, and what history says of what is in it."""

from datetime import datetime, timedelta

import pytest

from monitor.core.mask import Spell, masked
from monitor.core.model import Check, Public, Scope, Status, Transition
from monitor.core.window import coming, covers, meant, occurrence, renamed
from tests.makers import NOON, a_monitor, a_window

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
PAYMENTS = a_monitor(tags=("eu",), public=Public(name="Payments", group="Incoming"))


def test_a_window_is_over_the_instant_it_ends() -> None:
    window = a_window()
    assert covers((window,), NOON)
    assert not covers((window,), NOON + HOUR)
    assert not covers((window,), NOON - timedelta(microseconds=1))


def test_of_windows_that_overlap_the_last_to_end_counts() -> None:
    both = (a_window(), a_window(start=NOON + 30 * MINUTE))
    assert covers(both, NOON + 80 * MINUTE)
    assert not covers(both, NOON + 90 * MINUTE)


def test_before_it_opens_a_window_is_to_come_and_once_over_it_is_gone() -> None:
    window = a_window()
    coming_ = occurrence(window, NOON - HOUR)
    assert coming_ is not None
    assert (coming_.start, coming_.end) == (NOON, NOON + HOUR)
    assert occurrence(window, NOON + HOUR) is None
    assert len(tuple(coming(window, NOON - HOUR))) == 1


@pytest.mark.parametrize(
    ("scope", "is_meant"),
    [
        (Scope(everything=True), True),
        (Scope(monitors=("billing",)), True),
        (Scope(monitors=("orders",)), False),
        (Scope(groups=("Incoming",)), True),
        (Scope(groups=("Outgoing",)), False),
        (Scope(tags=("us", "eu")), True),
        (Scope(monitors=("orders",), tags=("eu",)), True),
        (Scope(everything=True, checks=(Check.FORGED,)), False),
        (Scope(everything=True, checks=(Check.DELIVERY,)), True),
        (Scope(), False),
    ],
)
def test_who_is_meant(scope: Scope, is_meant: bool) -> None:  # noqa: FBT001  a table of cases
    assert meant(scope, PAYMENTS, Check.DELIVERY) is is_meant


def test_a_monitor_in_no_group_is_not_in_the_group_without_a_name() -> None:
    assert not meant(Scope(groups=("",)), a_monitor())


def test_a_scope_follows_monitors_to_their_new_ids() -> None:
    assert renamed(Scope(monitors=("a", "b")), {"a": "c"}).monitors == ("c", "b")


def a_change(at: datetime, status: Status = Status.DOWN) -> Transition:
    return Transition(
        monitor="billing",
        check=Check.DELIVERY,
        at=at,
        known_at=at + 15 * timedelta(seconds=1),
        status=status,
        previous=Status.UP,
        reason=None,
    )


SPELL = Spell(began=NOON, until=NOON + HOUR)
OVER = Spell(began=NOON, until=NOON + HOUR, ended=NOON + HOUR)


@pytest.mark.parametrize(
    ("spell", "at", "written"),
    [
        (SPELL, NOON - MINUTE, [NOON - MINUTE]),  # it began before the work did
        (SPELL, NOON, []),
        (SPELL, NOON + 30 * MINUTE, []),
        (OVER, NOON + 59 * MINUTE, [NOON + HOUR]),  # confirmed only when the work was over
        (OVER, NOON + HOUR, [NOON + HOUR]),
        (OVER, NOON + 61 * MINUTE, [NOON + 61 * MINUTE]),
        (OVER, NOON - MINUTE, [NOON - MINUTE, NOON + HOUR]),  # found out late: before it, and after it again
    ],
)
def test_what_history_says_of_a_change_in_and_around_maintenance(
    spell: Spell, at: datetime, written: list[datetime]
) -> None:
    assert [one.at for one in masked((a_change(at),), spell)] == written
