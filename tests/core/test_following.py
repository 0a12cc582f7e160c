"""What follows upon an alert that nobody answers: in growing gaps, with an end, nothing twice."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.following import REMINDERS, escalation, reminder, reminders
from monitor.core.model import Routing, Step

MINUTE, HOUR, NOTHING = timedelta(minutes=1), timedelta(hours=1), timedelta(0)
HOURLY = Routing(remind=HOUR)
STEPS = Routing(
    escalate=(Step(after=15 * MINUTE, notify=("boss",)), Step(after=HOUR, notify=("chief", "boss")))
)


def test_the_gaps_grow_and_there_is_a_last_one() -> None:
    assert [one.age / HOUR for one in reminders(HOUR)] == [1, 3, 7, 15, 31, 63]
    assert [one.next_age and one.next_age / HOUR for one in reminders(HOUR)] == [3, 7, 15, 31, 63, None]


@pytest.mark.parametrize(
    ("age", "reminded", "number"),
    [
        (59 * MINUTE, NOTHING, None),
        (HOUR, NOTHING, 1),
        (HOUR, HOUR, None),
        (2 * HOUR, HOUR, None),
        (3 * HOUR, HOUR, 2),
        (16 * HOUR, HOUR, 4),  # what was missed comes once
        (63 * HOUR, 31 * HOUR, 6),
        (1000 * HOUR, 63 * HOUR, None),
        (4 * HOUR, 30 * MINUTE, 2),  # the gap was half an hour when the first was told
    ],
)
def test_a_reminder_is_owed(age: timedelta, reminded: timedelta, number: int | None) -> None:
    owed = reminder(HOURLY, age, reminded)
    assert (owed and owed.number) == number
    assert reminder(Routing(), age, reminded) is None


@pytest.mark.parametrize(
    ("age", "heard", "names"),
    [
        (14 * MINUTE, "oncall", None),
        (15 * MINUTE, "oncall", ("boss",)),
        (16 * MINUTE, "oncall boss", None),
        (HOUR, "oncall boss", ("chief",)),  # who was told already is reminded, not told as if it were new
        (2 * HOUR, "oncall", ("boss", "chief")),  # both fell due while we were away
        (2 * HOUR, "oncall boss chief", None),
    ],
)
def test_others_are_told_once(age: timedelta, heard: str, names: tuple[str, ...] | None) -> None:
    owed = escalation(STEPS, age, heard.split())
    assert (owed and owed.notify) == names


@given(st.lists(st.integers(1, 600), max_size=200), st.integers(1, 120))
def test_however_seldom_we_look_nothing_comes_twice_or_without_end(looks: list[int], first: int) -> None:
    routing, age, reminded, told = Routing(remind=first * MINUTE), NOTHING, NOTHING, []
    for minutes in looks:
        age += minutes * MINUTE
        if owed := reminder(routing, age, reminded):
            assert owed.age <= age
            reminded = owed.age
            told.append(owed.number)
    assert told == sorted(set(told))
    assert len(told) <= REMINDERS
