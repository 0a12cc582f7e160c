"""Waiting for a job: when its call is due, what was deaf time, what is said of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import cron
from monitor.core import heartbeat
from monitor.core.judge import judge_heartbeat
from monitor.core.model import Cron, FaultDomain, HeartbeatPlan, Pulse, Reason, Sign, Signal, Status
from tests.makers import NOON, SECOND

HOUR = timedelta(hours=1)
BERLIN = ZoneInfo("Europe/Berlin")
HOURLY = HeartbeatPlan(rhythm=HOUR, grace=timedelta(minutes=10))
NIGHTLY = HeartbeatPlan(rhythm=Cron(expression="0 3 * * *", zone="Europe/Berlin"), grace=HOUR)
FRESH = Pulse(monitor="job", since=NOON)
WELL = replace(FRESH, since=NOON - 24 * HOUR, heard_at=NOON)


def due(pulse: Pulse, plan: HeartbeatPlan = HOURLY) -> datetime:
    return heartbeat.due(pulse, plan, cron.next_after)


def berlin(day: int, hour: int, minute: int = 0, *, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=BERLIN).astimezone(UTC)


@pytest.mark.parametrize(
    ("pulse", "plan", "expected"),
    [
        (FRESH, HOURLY, NOON + HOUR + 600 * SECOND),  # never called: from when we began to listen
        (WELL, HOURLY, NOON + HOUR + 600 * SECOND),
        (replace(WELL, failed_at=NOON + HOUR), HOURLY, NOON + 2 * HOUR + 600 * SECOND),  # a call as well
        (replace(WELL, started_at=NOON + HOUR), HOURLY, NOON + HOUR + 600 * SECOND),  # a run that is to end
        (replace(WELL, heard_at=berlin(10, 3, 0)), NIGHTLY, berlin(11, 4)),
        (replace(WELL, since=berlin(1, 0), heard_at=berlin(10, 2, 59)), NIGHTLY, berlin(10, 4)),
        (replace(WELL, since=berlin(1, 0), heard_at=berlin(10, 3) - 5 * SECOND), NIGHTLY, berlin(11, 4)),
        # 29 March: 2:00 is 3:00. 25 October: 3:00 is 2:00 once more, and the call is due once.
        (replace(WELL, heard_at=berlin(28, 3, 1)), NIGHTLY, berlin(29, 3) + HOUR),
        (
            replace(WELL, heard_at=berlin(24, 3, 1, month=10)),
            NIGHTLY,
            datetime(2026, 10, 25, 3, 0, tzinfo=UTC),
        ),
    ],
)
def test_a_call_is_due_grace_after_it_is_expected(
    pulse: Pulse, plan: HeartbeatPlan, expected: datetime
) -> None:
    assert due(pulse, plan) == expected


@pytest.mark.parametrize("day", [27, 28, 29, 30])  # around the night in which clocks go forward
def test_a_nightly_job_is_expected_once_a_night_whatever_the_clocks_do(day: int) -> None:
    called = berlin(day, 3, 2)
    assert due(replace(FRESH, since=called), NIGHTLY) == berlin(day + 1, 4) or day + 1 == 29
    assert due(replace(FRESH, since=called), NIGHTLY).astimezone(BERLIN).hour == 4


@pytest.mark.parametrize(
    ("pulse", "now", "status", "reason", "says"),
    [
        (FRESH, NOON, Status.UNKNOWN, Reason.INCONCLUSIVE, "nothing was heard of it yet"),
        (FRESH, NOON + 2 * HOUR, Status.DOWN, Reason.SILENT, "no success was ever heard of"),
        (
            WELL,
            NOON + HOUR,
            Status.UP,
            Reason.ACCEPTED,
            "heard of at 12:00:00 UTC; the next call is due by 13:10",
        ),
        (
            WELL,
            NOON + HOUR + 600 * SECOND,
            Status.DOWN,
            Reason.SILENT,
            "the last success was at 12:00:00 UTC",
        ),
        (replace(WELL, started_at=NOON), NOON, Status.UP, Reason.ACCEPTED, "running since 12:00:00 UTC"),
        (
            replace(WELL, started_at=NOON),
            NOON + HOUR,
            Status.DOWN,
            Reason.SILENT,
            "it started at 12:00:00 UTC and did not end within 10 min",
        ),
        (
            replace(WELL, failed_at=NOON, note="disk full"),
            NOON,
            Status.DOWN,
            Reason.JOB_FAILED,
            "the job said at 12:00:00 UTC that it failed: disk full",
        ),
        (
            replace(WELL, since=NOON, deaf_from=NOON - HOUR),
            NOON,
            Status.UNKNOWN,
            Reason.OWN_FAULT,
            "from 11:00:00 UTC to 12:00:00 UTC",
        ),
        (
            replace(WELL, since=NOON, deaf_from=NOON - HOUR),
            NOON + 2 * HOUR,
            Status.DOWN,
            Reason.SILENT,
            "13:10",
        ),
    ],
)
def test_what_is_said_of_it(pulse: Pulse, now: datetime, status: Status, reason: Reason, says: str) -> None:
    verdict = judge_heartbeat(pulse, due(pulse), now)
    assert (verdict.status, verdict.reason) == (status, reason)
    assert says in verdict.message
    assert verdict.fault_domain is not FaultDomain.LISTENER or status is Status.DOWN


def after(pulse: Pulse, sign: Sign, at: datetime, note: str = "") -> Pulse:
    return heartbeat.heard(pulse, Signal(monitor="job", sign=sign, at=at, note=note))


def test_a_success_ends_a_run_a_failure_and_deafness() -> None:
    troubled = replace(WELL, started_at=NOON, failed_at=NOON, note="x", deaf_from=NOON)
    well = after(troubled, Sign.SUCCESS, NOON + HOUR)
    assert well == replace(WELL, heard_at=NOON + HOUR)


def test_a_start_does_not_make_a_failure_good() -> None:
    failed = after(WELL, Sign.FAIL, NOON, "disk full")
    again = after(failed, Sign.START, NOON + 60 * SECOND)
    assert judge_heartbeat(again, due(again), NOON + 61 * SECOND).reason is Reason.JOB_FAILED


@pytest.mark.parametrize(
    ("plan", "pulse", "start", "end", "forgiven"),
    [
        (HOURLY, WELL, NOON + 10 * SECOND, NOON + 20 * SECOND, False),  # over long before a call may come
        (HOURLY, WELL, NOON + HOUR - 700 * SECOND, NOON + HOUR - 650 * SECOND, False),
        (HOURLY, WELL, NOON + HOUR - 700 * SECOND, NOON + HOUR - 590 * SECOND, True),  # it may come early
        (HOURLY, WELL, NOON + 10 * SECOND, NOON + 5 * HOUR, True),
        (HOURLY, WELL, NOON - HOUR, NOON - SECOND, False),  # heard of since
        (HOURLY, replace(WELL, started_at=NOON + SECOND), NOON + 2 * SECOND, NOON + 3 * SECOND, True),
        (NIGHTLY, replace(WELL, heard_at=berlin(10, 3)), berlin(10, 14), berlin(10, 15), False),
        (NIGHTLY, replace(WELL, heard_at=berlin(10, 3)), berlin(11, 2, 50), berlin(11, 3, 10), True),
    ],
)
def test_only_deafness_while_a_call_may_come_begins_the_waiting_anew(
    plan: HeartbeatPlan, pulse: Pulse, start: datetime, end: datetime, *, forgiven: bool
) -> None:
    since = heartbeat.deafened(pulse, plan, cron.next_after, start=start, end=end)
    assert (since != pulse) is forgiven
    if forgiven:
        assert judge_heartbeat(since, due(since, plan), end).reason is Reason.OWN_FAULT
        assert due(since, plan) > end


SPELL = st.tuples(st.integers(0, 40_000), st.integers(0, 20_000))


@given(late=st.integers(0, 599), spell=SPELL, rounds=st.integers(1, 6))
def test_a_job_that_calls_in_time_is_never_called_silent_whatever_we_missed(
    late: int, spell: tuple[int, int], rounds: int
) -> None:
    """It calls every hour, at most ten minutes late. We are deaf for a while, and told of it at the end."""
    start = NOON + spell[0] * SECOND
    end = start + spell[1] * SECOND
    pulse, at, told = WELL, NOON, False
    for _ in range(rounds):
        at = at + HOUR + late * SECOND
        if not told and at >= end:
            pulse = heartbeat.deafened(pulse, HOURLY, cron.next_after, start=start, end=end)
            told = True
        if not start <= at < end:
            assert judge_heartbeat(pulse, due(pulse), at).reason is not Reason.SILENT
            pulse = after(pulse, Sign.SUCCESS, at)


@pytest.mark.parametrize(
    ("expression", "problem"),
    [
        ("0 3 * * *", None),
        ("*/5 * * * mon-fri", None),
        ("0 3 * *", "needs five fields"),
        ("* * * * * *", "needs five fields"),
        ("61 3 * * *", "bad minute"),
        ("0 0 30 2 *", "bad day-of-month"),
    ],
)
def test_a_cron_that_cannot_come_round_is_refused_in_words(expression: str, problem: str | None) -> None:
    found = cron.problem(expression)
    assert found is None if problem is None else problem in (found or "")
