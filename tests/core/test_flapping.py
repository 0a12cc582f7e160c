"""Flapping: damped with an explanation, never hidden, and never what is critical."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.flapping import CHANGES, counted, damped
from monitor.core.health import Belief
from monitor.core.incident import Change, advance
from monitor.core.model import AlertKind, Check, Health, Incident, Severity, Status
from tests.core.stories import ACCEPTED, REFUSED, VERDICTS, Story, story
from tests.makers import NOON, SECOND, a_result

MINUTE = timedelta(minutes=1)
OPENED, RECOVERED = AlertKind.OPENED, AlertKind.RECOVERED
FLAPPING, STEADY = AlertKind.FLAPPING, AlertKind.STEADY


class Told:
    """A check, its incident, and all that was told, with minutes after noon."""

    def __init__(self, check: Check = Check.DELIVERY) -> None:
        self.story: Story = story(check=check)
        self.open: Incident | None = None
        self.news: list[tuple[int, AlertKind]] = []
        self.closed: list[Incident] = []

    def see(self, probes: str) -> "Told":
        for letter in probes:
            verdict = VERDICTS.get(letter) or {"A": ACCEPTED, "R": REFUSED}[letter]
            before, at = self.story.health, self.story.at
            result = a_result(verdict, at=at, check=self.story.check)
            belief = counted(before, self.story.see(verdict), result)
            self.story.health = belief.health
            change = advance(self.open, belief, result, before=before)
            change = damped(self.open, change, before, belief.health, result)
            if change is None:
                continue
            if change.kind:
                self.news.append((round((at - NOON) / MINUTE), change.kind))
            self.open = change.incident if change.incident.ended_at is None else None
            if change.incident.ended_at is not None:
                self.closed.append(change.incident)
        return self

    @property
    def kinds(self) -> list[AlertKind]:
        return [kind for _, kind in self.news]


OUTAGE = "xx" + "." * 6  # four minutes


def test_three_outages_in_a_row_flap_and_a_quarter_of_an_hour_without_one_ends_it() -> None:
    told = Told().see("..").see(OUTAGE * 5).see("." * 40)
    assert told.kinds == [OPENED, RECOVERED, OPENED, RECOVERED, OPENED, FLAPPING, RECOVERED]
    assert told.news[-1][0] - told.news[-2][0] in range(20, 26)
    last = told.closed[-1]
    assert (last.changes, last.flapping_since) == (10, None)
    downs = [change for change in told.story.transitions if change.status is Status.DOWN]
    assert len(downs) == 5  # all of it is in the history
    assert last.ended_at is not None
    assert last.ended_at < NOON + timedelta(minutes=22)  # with the first good probe of the steady time


def test_what_stays_down_in_the_end_is_told_as_that_and_its_recovery_too() -> None:
    told = Told().see("..").see(OUTAGE * 4).see("x" * 40).see("." * 4)
    assert told.kinds[5:] == [FLAPPING, STEADY, RECOVERED]
    assert told.open is None


def test_outages_that_are_far_apart_are_told_each() -> None:
    told = Told().see("..").see(("xx" + "." * 40) * 4)
    assert set(told.kinds) == {OPENED, RECOVERED}
    assert len(told.kinds) == 8


def test_what_is_critical_is_told_each_time() -> None:
    told = Told(Check.FORGED).see("RR").see("AARR" * 5)
    assert set(told.kinds) == {OPENED, RECOVERED}


def test_blindness_is_no_change() -> None:
    told = Told().see("..").see("nn..nn..nn..nn..nn..nn..")
    assert told.story.health.changed_at == ()


@pytest.mark.parametrize(("was", "now", "counts"), [
    (Status.UP, Status.DOWN, True),
    (Status.UP, Status.DEGRADED, True),
    (Status.DOWN, Status.UP, True),
    (Status.DOWN, Status.DEGRADED, False),
    (Status.UNKNOWN, Status.DOWN, False),
    (Status.UNKNOWN, Status.UP, False),
    (Status.UP, Status.UP, False),
])  # fmt: skip
def test_a_change_is_one_between_good_and_bad(was: Status, now: Status, counts: bool) -> None:  # noqa: FBT001  a table
    belief = counted(Health(settled=was), Belief(health=Health(settled=now)), a_result())
    assert bool(belief.health.changed_at) is counts


@given(st.text(alphabet="x.", min_size=1, max_size=300))
def test_an_incident_is_never_closed_untold_and_news_come_in_order(probes: str) -> None:
    told = Told().see(probes)
    begins, ends = {OPENED, FLAPPING}, {RECOVERED}
    open_ = False
    for kind in told.kinds:
        assert open_ or kind in begins
        open_ = kind not in ends
    assert open_ == (told.open is not None)
    assert len(told.story.health.changed_at) <= CHANGES


def test_a_mild_time_that_becomes_critical_is_told_whatever_flaps() -> None:
    incident = Incident(
        number=1,
        monitor="billing",
        check=Check.FORGED,
        started_at=NOON,
        confirmed_at=NOON,
        severity=Severity.CRITICAL,
        reason=ACCEPTED.reason,
        message="",
        flapping_since=NOON,
        changes=6,
    )
    change = Change(incident=incident, kind=AlertKind.WORSENED)
    assert (
        damped(incident, change, Health(), Health(changed_at=(NOON,)), a_result(at=NOON + SECOND)) == change
    )
