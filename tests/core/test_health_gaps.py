"""Believing across gaps, pauses and resets: nothing is inferred of a time in which nobody looked."""

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.core.health import interval_of, is_stale, reset, stale_at
from monitor.core.model import Check, CheckPlan, Health, Reason, Status
from tests.core.stories import LIMITED, story
from tests.makers import BAD, NOON, SECOND, a_monitor

UP, DOWN, DEGRADED, UNKNOWN = Status.UP, Status.DOWN, Status.DEGRADED, Status.UNKNOWN

# --- gaps ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "history"),
    [
        (".", ".", [(0, UP), (60, UNKNOWN), (600, UP)]),
        (".", "x", [(0, UP), (60, UNKNOWN)]),  # a failure shows nothing to be up
        (".", "x.", [(0, UP), (60, UNKNOWN), (630, UP)]),
        (".", "xx", [(0, UP), (60, UNKNOWN), (600, DOWN)]),
        (".x", "x", [(0, UP), (90, UNKNOWN)]),  # no streak reaches across
        (".x", "X", [(0, UP), (90, UNKNOWN), (630, DOWN)]),  # unless we waited on purpose
        (".x", "NxX", [(0, UP), (90, UNKNOWN), (660, DOWN)]),
        ("x", "X", [(600, DOWN)]),
        (".l", "L", [(0, UP), (90, UNKNOWN), (630, DEGRADED)]),
        (".l", "l", [(0, UP), (90, UNKNOWN)]),
        (".xx", ".", [(0, UP), (30, DOWN), (120, UNKNOWN)]),
        (".xx", "..", [(0, UP), (30, DOWN), (120, UNKNOWN), (660, UP)]),
        (".xx.", ".", [(0, UP), (30, DOWN), (150, UNKNOWN)]),
        (".xx", "x", [(0, UP), (30, DOWN), (120, UNKNOWN), (660, DOWN)]),
        (".n", ".", [(0, UP), (30, UNKNOWN), (630, UP)]),
        (".", "n", [(0, UP), (60, UNKNOWN)]),
        (".x", "n", [(0, UP), (90, UNKNOWN)]),
        ("x", "x", []),
        (".", "i.", [(0, UP), (60, UNKNOWN), (630, UP)]),
    ],
)
def test_nothing_is_inferred_across_a_gap(before: str, after: str, history: list[tuple[int, Status]]) -> None:
    assert story(before).wait(570).tell(after).history() == history


@pytest.mark.parametrize("seconds", [30, 59, 60, 61, 120, 300])
@pytest.mark.parametrize("before", ["", "."])
def test_a_listener_that_always_asks_to_stay_away_is_found_out(before: str, seconds: int) -> None:
    told = story(before)
    first = told.at
    asked = told.see(replace(LIMITED, retry_after=seconds * SECOND)).confirm_after
    assert asked == seconds * SECOND
    told.at = first + asked + timedelta(milliseconds=5)
    told.see(replace(LIMITED, retry_after=seconds * SECOND), scheduled=False)
    assert (told.health.status, told.health.reason) == (DEGRADED, Reason.RATE_LIMITED)
    assert told.health.streak_started_at == first


def test_a_long_confirm_interval_confirms_all_the_same() -> None:
    told = story(".", monitor=replace(a_monitor(), confirm_interval=90 * SECOND))
    assert told.see(BAD).confirm_after == 90 * SECOND
    assert told.wait(60).tell("X").health.status is DOWN


@pytest.mark.parametrize("interval", [1, 2, 10, 30, 3600, 86_400])
@pytest.mark.parametrize("late", [-0.5, 0, 0.001, 0.5, 0.999])
def test_one_missed_probe_is_no_gap_and_two_always_are(interval: int, late: float) -> None:
    """A probe starts inside its slot, a hundred-and-twentieth of the interval, or a little later."""
    jitter = late * min(max(SECOND, interval * SECOND / 120), interval * SECOND / 2)
    monitor = a_monitor(checks=(CheckPlan(check=Check.DELIVERY, every=interval * SECOND),))
    for missed, moves in ((1, [UP]), (2, [UP, UNKNOWN, UP])):
        told = story(".", monitor=monitor)
        told.wait((missed * interval * SECOND + jitter).total_seconds()).tell(".")
        assert [change.status for change in told.transitions] == moves


def test_a_gap_is_dated_two_intervals_after_the_last_result() -> None:
    assert story(".").wait(32).tell(".").history() == [(0, UP), (60, UNKNOWN), (62, UP)]
    assert not is_stale(NOON, 30 * SECOND, NOON + 61 * SECOND)
    assert is_stale(NOON, 30 * SECOND, NOON + 61.001 * SECOND)
    assert is_stale(None, 30 * SECOND, NOON)


def test_blindness_that_lasts_breaks_the_streak() -> None:
    assert story(".x").tell("nnnn").tell("x").health.failures == 1


def test_a_check_goes_stale_after_two_of_its_own_intervals() -> None:
    monitor = a_monitor()
    assert interval_of(monitor, Check.CERTIFICATE) == timedelta(hours=6)
    assert interval_of(replace(monitor, checks=()), Check.DELIVERY) == monitor.interval
    assert stale_at(Health(), 30 * SECOND) is None
    assert stale_at(story(".").health, 30 * SECOND) == NOON + 60 * SECOND


# --- what the operator does ---------------------------------------------------------------------------------


def test_a_reset_voids_the_streak_and_keeps_the_belief() -> None:
    told = story(".x.x.xxx.")
    told.health = reset(told.health)
    assert (told.health.status, told.health.reason) == (DOWN, Reason.SERVER_ERROR)
    assert told.health.failures == told.health.successes == told.health.slow == 0
    assert (told.health.streak_started_at, told.health.recent) == (None, "")
    assert told.tell(".").health.status is DOWN
    assert told.tell(".").health.status is UP


@pytest.mark.parametrize(
    ("after", "history"),
    [
        (".", [(90, UP)]),
        ("x", [(90, UNKNOWN)]),
        ("xx", [(90, UNKNOWN), (90, DOWN)]),
        ("n", [(90, UNKNOWN)]),
        ("i", []),
    ],
)
def test_after_a_pause_everything_begins_anew(after: str, history: list[tuple[int, Status]]) -> None:
    told = story(".xx")
    paused_at = NOON + 80 * SECOND
    told.health = replace(reset(told.health), status=Status.PAUSED, since=paused_at, last_result_at=None)
    told.transitions = ()
    assert told.tell(after).history() == history


def test_a_health_from_an_older_memory_keeps_its_reason() -> None:
    told = story()
    told.health = Health(status=DOWN, settled=DOWN, reason=Reason.TIMEOUT, since=NOON, last_result_at=NOON)
    assert told.tell(".").health.reason is Reason.TIMEOUT
