"""Believing: streaks, confirmation, dates. Stories are told in one line, one letter per probe."""

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.core.model import Check, Reason, Severity, Status, Transition
from tests.core.stories import LIMITED, story
from tests.makers import BAD, NOON, SECOND, a_monitor

UP, DOWN, DEGRADED, UNKNOWN = Status.UP, Status.DOWN, Status.DEGRADED, Status.UNKNOWN


@pytest.mark.parametrize(
    ("probes", "history"),
    [
        ("", []),
        (".", [(0, UP)]),
        ("s", [(0, UP)]),
        ("x", []),
        ("xx", [(0, DOWN)]),
        ("x.", [(30, UP)]),
        (".x", [(0, UP)]),
        (".x.x.", [(0, UP)]),
        (".xx", [(0, UP), (30, DOWN)]),
        (".xxxx", [(0, UP), (30, DOWN)]),
        (".xh", [(0, UP), (30, DOWN)]),
        (".xx.", [(0, UP), (30, DOWN)]),
        (".xx.x.", [(0, UP), (30, DOWN)]),
        (".xx..", [(0, UP), (30, DOWN), (90, UP)]),
        (".xx.x..", [(0, UP), (30, DOWN), (150, UP)]),
        (".xx.s", [(0, UP), (30, DOWN), (90, UP)]),
        (".xxs.", [(0, UP), (30, DOWN), (90, UP)]),
        # slow
        (".ss", [(0, UP)]),
        (".sss", [(0, UP), (30, DEGRADED)]),
        (".s.ss", [(0, UP)]),
        (".sxss", [(0, UP)]),
        (".sSs", [(0, UP)]),
        (".sSss", [(0, UP), (30, DEGRADED)]),
        ("sss", [(0, UP), (0, DEGRADED)]),
        (".sss.", [(0, UP), (30, DEGRADED)]),
        (".sss..", [(0, UP), (30, DEGRADED), (120, UP)]),
        (".sss.s..", [(0, UP), (30, DEGRADED), (180, UP)]),
        (".sssx", [(0, UP), (30, DEGRADED)]),
        (".sssxx", [(0, UP), (30, DEGRADED), (120, DOWN)]),
        (".xxss", [(0, UP), (30, DOWN), (90, DEGRADED)]),
        (".xxss..", [(0, UP), (30, DOWN), (90, DEGRADED), (150, UP)]),
        # rate limited, by a provider that tries again
        (".l", [(0, UP)]),
        (".ll", [(0, UP), (30, DEGRADED)]),
        (".lx", [(0, UP), (30, DOWN)]),
        (".xl", [(0, UP), (30, DEGRADED)]),
        (".llx", [(0, UP), (30, DEGRADED), (90, DOWN)]),
        (".ll..", [(0, UP), (30, DEGRADED), (90, UP)]),
        (".ll.x", [(0, UP), (30, DEGRADED)]),
        (".ll.xx", [(0, UP), (30, DEGRADED), (120, DOWN)]),
        (".xxlll", [(0, UP), (30, DOWN)]),
        (".llss", [(0, UP), (30, DEGRADED)]),
        # our own trouble
        ("n", []),
        ("n.", [(30, UP)]),
        ("nxx", [(30, DOWN)]),
        (".n", [(0, UP), (30, UNKNOWN)]),
        (".on", [(0, UP), (30, UNKNOWN)]),
        (".n.", [(0, UP), (30, UNKNOWN), (60, UP)]),
        (".nx", [(0, UP), (30, UNKNOWN)]),
        (".nx.", [(0, UP), (30, UNKNOWN), (90, UP)]),
        (".nxx", [(0, UP), (30, UNKNOWN), (60, DOWN)]),
        (".xnx", [(0, UP), (60, UNKNOWN), (90, DOWN)]),
        (".xxn", [(0, UP), (30, DOWN), (90, UNKNOWN)]),
        (".xxnx", [(0, UP), (30, DOWN), (90, UNKNOWN), (120, DOWN)]),
        (".xxn.", [(0, UP), (30, DOWN), (90, UNKNOWN)]),
        (".xxn..", [(0, UP), (30, DOWN), (90, UNKNOWN), (120, UP)]),
        (".xx.n.", [(0, UP), (30, DOWN), (120, UNKNOWN), (150, UP)]),
        (".sssns", [(0, UP), (30, DEGRADED), (120, UNKNOWN), (150, DEGRADED)]),
        (".sssn..", [(0, UP), (30, DEGRADED), (120, UNKNOWN), (150, DEGRADED), (150, UP)]),
        # as if it had not been sent
        ("i", []),
        (".i", [(0, UP)]),
        (".xix", [(0, UP), (30, DOWN)]),
        (".nix", [(0, UP), (30, UNKNOWN)]),
        (".nixx", [(0, UP), (30, UNKNOWN), (90, DOWN)]),
    ],
)
def test_what_is_believed_and_since_when(probes: str, history: list[tuple[int, Status]]) -> None:
    assert story(probes).history() == history


@pytest.mark.parametrize(("down_after", "probes"), [(1, "x"), (2, "xX"), (5, "xXXXX")])
def test_down_takes_as_many_failures_as_the_operator_asks(down_after: int, probes: str) -> None:
    monitor = a_monitor(down_after=down_after)
    assert story("." + probes[:-1], monitor=monitor).health.status is UP
    assert story("." + probes, monitor=monitor).history() == [(0, UP), (30, DOWN)]


@pytest.mark.parametrize("up_after", [1, 2, 5])
def test_up_takes_as_many_good_ones_as_the_operator_asks(up_after: int) -> None:
    told = story(".xx" + "." * (up_after - 1), monitor=a_monitor(up_after=up_after))
    assert told.health.status is DOWN
    assert told.tell(".").history()[-1] == (90, UP)


def test_a_slow_answer_after_a_failure_does_not_end_slowness() -> None:
    told = story(".sssxs", monitor=a_monitor(up_after=1))
    assert (told.health.status, told.health.reason) == (DEGRADED, Reason.SLOW)
    assert told.tell(".").health.status is UP


def test_a_transition_says_when_it_began_and_when_we_were_sure() -> None:
    change = story(".xx").transitions[-1]
    assert change == Transition(
        monitor="billing",
        check=Check.DELIVERY,
        at=NOON + 30 * SECOND,
        known_at=NOON + 60 * SECOND + timedelta(milliseconds=65),
        status=DOWN,
        previous=UP,
        reason=Reason.SERVER_ERROR,
    )


def test_another_reason_while_down_is_no_transition() -> None:
    told = story(".xxh")
    assert told.health.reason is Reason.TIMEOUT
    assert told.history() == [(0, UP), (30, DOWN)]


def test_a_milder_refusal_does_not_soften_an_outage() -> None:
    told = story(".xxl")
    assert (told.health.status, told.health.reason) == (DOWN, Reason.SERVER_ERROR)


@pytest.mark.parametrize(
    ("probes", "reason"),
    [
        (".", Reason.ACCEPTED),
        (".s", Reason.ACCEPTED),
        (".x", Reason.ACCEPTED),
        (".sss", Reason.SLOW),
        (".n", Reason.OWN_NETWORK),
        (".no", Reason.OWN_FAULT),
        (".nx", None),
        (".nx.", Reason.ACCEPTED),
        (".xxn.", None),
        (".xxnx", Reason.SERVER_ERROR),
        (".sssnx", Reason.SLOW),
        ("nx", None),
        ("x", None),
    ],
)
def test_the_reason_is_that_of_the_status(probes: str, reason: Reason | None) -> None:
    assert story(probes).health.reason is reason


def test_the_last_good_probe_is_remembered_through_everything() -> None:
    assert story(".sxxn").health.last_good_at == NOON + 30 * SECOND


# --- confirming probes --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("probes", "seconds"),
    [
        (".", None),
        ("s", None),
        ("x", 15),
        (".x", 15),
        (".l", 15),
        (".xx", None),
        (".xx.x", None),  # it is down already: nothing to confirm
        (".sssx", 15),
        (".n", None),
        (".o", None),
        (".i", None),
    ],
)
def test_a_first_failure_asks_for_another_look(probes: str, seconds: int | None) -> None:
    told = story(probes)
    assert told.last is not None
    assert told.last.confirm_after == (None if seconds is None else seconds * SECOND)


def test_each_failure_short_of_enough_asks_for_another_look() -> None:
    told = story(monitor=a_monitor(down_after=3))
    asked = [told.see(BAD).confirm_after for _ in range(3)]
    assert asked == [15 * SECOND, 15 * SECOND, None]


def test_a_confirming_probe_stays_away_as_long_as_the_listener_asked() -> None:
    busy = replace(LIMITED, retry_after=60 * SECOND)
    assert story(".").see(busy).confirm_after == 60 * SECOND
    assert story(".").see(replace(busy, retry_after=SECOND)).confirm_after == 15 * SECOND


# --- flaky --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("probes", "status"),
    [
        (".x.x.", UP),
        (".x.x.x", DEGRADED),
        (".xX", DOWN),
        (".x.x" + "." * 17 + "x", UP),  # the first has left the window
        (".x.x" + "." * 16 + "x", DEGRADED),
        (".x.x.xx", DOWN),
        (".xx..x.x", UP),  # a confirmed outage empties the window
        (".xx..x.x.x", DEGRADED),
        (".ll..x.x", UP),
        (".x.x.x" + "." * 19, DEGRADED),
        (".x.x.x" + "." * 20, UP),
        (".x.x.x" + "." * 10 + "x" + "." * 19, DEGRADED),
        (".x.x.x" + "s" + "." * 19, UP),
        (".X.X.X", UP),  # only scheduled probes count
    ],
)
def test_three_failures_among_twenty_are_flaky(probes: str, status: Status) -> None:
    assert story(probes).health.status is status


def test_flaky_is_dated_from_the_third_failure_and_over_from_the_first_clean_one() -> None:
    told = story(".x.x.x")
    assert told.health.reason is Reason.FLAKY
    assert told.history() == [(0, UP), (150, DEGRADED)]
    assert told.tell("." * 20).history()[-1] == (180, UP)


def test_flaky_is_minor_whatever_the_failing_probe_was() -> None:
    last = story(".x.x.x").last
    assert last is not None
    assert last.severity is Severity.MINOR


def test_slowness_says_more_than_flakiness() -> None:
    told = story(".x.x.xsss")
    assert told.health.reason is Reason.SLOW
    assert told.tell("..").health.reason is Reason.FLAKY
    assert told.tell("." * 16).health.status is UP
