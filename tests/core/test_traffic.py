"""Real events: how far back is looked, around quiet hours and the nights in which clocks change."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.judge import judge_traffic
from monitor.core.model import Pulse, QuietTime, Reason, Status, TrafficPlan
from monitor.core.traffic import quiet, window
from tests.makers import NOON, SECOND

HOUR = timedelta(hours=1)
BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = QuietTime(start=time(22), until=time(6))
WEEKEND = QuietTime(days=frozenset({5, 6}))
PLAN = TrafficPlan(at_least=1, per=3 * HOUR, zone="Europe/Berlin")
QUIET = replace(PLAN, quiet=(NIGHT, WEEKEND))


def berlin(day: int, hour: int, minute: int = 0, *, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=BERLIN).astimezone(UTC)


@pytest.mark.parametrize(
    ("plan", "now", "since"),
    [
        (PLAN, berlin(4, 12), berlin(4, 9)),
        (QUIET, berlin(4, 12), berlin(4, 9)),
        (QUIET, berlin(4, 7), berlin(3, 20)),  # an hour this morning, two yesterday evening
        (QUIET, berlin(4, 3), berlin(3, 19)),  # in the night: as at its beginning
        (QUIET, berlin(9, 7), berlin(6, 20)),  # Monday morning: Friday evening
        (QUIET, berlin(8, 12), berlin(6, 19)),  # Sunday
        (QUIET, berlin(29, 12), berlin(27, 19)),  # a Sunday of 23 hours
        (replace(QUIET, quiet=(NIGHT,)), berlin(29, 7), berlin(28, 20)),  # a night of seven hours
        (replace(QUIET, quiet=(NIGHT,)), berlin(25, 7, month=10), berlin(24, 20, month=10)),  # of nine
        (replace(PLAN, quiet=(QuietTime(start=time(0), until=time(0)),)), NOON, NOON - timedelta(days=60)),
    ],
)
def test_time_that_counts_is_counted_back(plan: TrafficPlan, now: datetime, since: datetime) -> None:
    assert window(plan, now) == since


@pytest.mark.parametrize(("day", "month", "hours"), [(28, 3, 7), (24, 10, 9), (4, 3, 8)])
def test_a_night_lasts_as_long_as_the_wall_clock_says(day: int, month: int, hours: int) -> None:
    plan = replace(PLAN, quiet=(NIGHT,))
    [(start, end)] = quiet(plan, berlin(day, 12, month=month), berlin(day, 12, month=month) + 24 * HOUR)
    assert end - start == hours * HOUR


AT = st.integers(0, 365 * 24 * 60).map(lambda minute: NOON + minute * 60 * SECOND)
TIMES = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30]))
RULES = st.lists(
    st.builds(QuietTime, days=st.frozensets(st.integers(0, 6), min_size=1), start=TIMES, until=TIMES),
    max_size=3,
)
ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"])


@given(now=AT, rules=RULES, zone=ZONES, minutes=st.integers(5, 5000))
def test_exactly_as_much_time_counts_as_was_asked_for(
    now: datetime, rules: list[QuietTime], zone: str, minutes: int
) -> None:
    plan = TrafficPlan(at_least=1, per=timedelta(minutes=minutes), quiet=tuple(rules), zone=zone)
    start = window(plan, now)
    spans = quiet(plan, start, now)
    counted = (now - start) - sum((end - begin for begin, end in spans), timedelta(0))
    assert counted == plan.per or start == now - timedelta(days=60)
    assert all(one[1] < other[0] for one, other in pairwise(spans))


@given(now=AT, rules=RULES, zone=ZONES, later=st.integers(0, 10_000))
def test_the_window_never_moves_back(now: datetime, rules: list[QuietTime], zone: str, later: int) -> None:
    plan = replace(PLAN, quiet=tuple(rules), zone=zone)
    assert window(plan, now + later * SECOND) >= window(plan, now)


START = NOON - 3 * HOUR
HEARD = Pulse(monitor="shop", since=START - HOUR, heard_at=START - HOUR, events=7)


@pytest.mark.parametrize(
    ("plan", "pulse", "count", "verdict", "says"),
    [
        (PLAN, HEARD, 1, (Status.UP, Reason.ACCEPTED), "1 real event in 3 h"),
        (
            PLAN,
            HEARD,
            0,
            (Status.DOWN, Reason.NO_TRAFFIC),
            "no real event in 3 h; the last one was reported at 08:00",
        ),
        (
            replace(PLAN, at_least=10),
            HEARD,
            9,
            (Status.DOWN, Reason.NO_TRAFFIC),
            "9 real events in 3 h instead of",
        ),
        (PLAN, replace(HEARD, heard_at=None), 0, (Status.DOWN, Reason.NO_TRAFFIC), "none was ever reported"),
        (QUIET, HEARD, 0, (Status.DOWN, Reason.NO_TRAFFIC), "no real event in 3 h outside quiet hours"),
        # What we could not hear is unknown, but enough is enough.
        (
            PLAN,
            replace(HEARD, since=NOON - HOUR),
            0,
            (Status.UNKNOWN, Reason.INCONCLUSIVE),
            "since 11:00:00 UTC only",
        ),
        (
            PLAN,
            replace(HEARD, since=NOON - HOUR, deaf_from=NOON - 2 * HOUR),
            0,
            (Status.UNKNOWN, Reason.OWN_FAULT),
            "before that we could not hear",
        ),
        (
            PLAN,
            replace(HEARD, since=NOON - HOUR, deaf_from=START),
            1,
            (Status.UP, Reason.ACCEPTED),
            "1 real event",
        ),
    ],
)
def test_what_is_said_of_real_events(
    plan: TrafficPlan, pulse: Pulse, count: int, verdict: tuple[Status, Reason], says: str
) -> None:
    judged = judge_traffic(plan, pulse, count, START, NOON)
    assert (judged.status, judged.reason) == verdict
    assert says in judged.message
