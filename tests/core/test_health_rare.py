"""Believing what is asked rarely: forged events and certificates. And what holds for every story."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.health import Belief
from monitor.core.model import Check, Reason, Severity, Status, Verdict
from tests.core.test_health import VERDICTS, Story, story
from tests.makers import BAD, GOOD, NOON, SECOND, a_monitor

REFUSED = replace(GOOD, reason=Reason.REFUSED)
ACCEPTED = replace(BAD, reason=Reason.FORGERY_ACCEPTED, severity=Severity.CRITICAL)
CRASHED = replace(BAD, status=Status.DEGRADED, reason=Reason.VERIFIER_CRASHED, severity=Severity.MINOR)
INCONCLUSIVE = Verdict(status=Status.UNKNOWN, reason=Reason.INCONCLUSIVE, message="no answer")


def forged(*verdicts: Verdict, down_after: int = 2) -> tuple[Story, list[Belief]]:
    told = story(check=Check.FORGED, monitor=a_monitor(down_after=down_after))
    return told, [told.see(verdict) for verdict in verdicts]


@pytest.mark.parametrize("down_after", [1, 2, 5])
def test_an_accepted_forgery_is_believed_when_one_immediate_repeat_agrees(down_after: int) -> None:
    told, (_, first, second) = forged(REFUSED, ACCEPTED, ACCEPTED, down_after=down_after)
    assert (first.health.status, first.confirm_after) == (Status.UP, timedelta(0))
    assert (second.health.status, second.confirm_after) == (Status.DOWN, None)
    assert second.severity is Severity.CRITICAL
    assert told.history() == [(0, Status.UP), (3600, Status.DOWN)]


def test_a_repeat_that_is_refused_is_no_finding() -> None:
    told, _ = forged(REFUSED, ACCEPTED, REFUSED, ACCEPTED)
    assert told.health.status is Status.UP


def test_a_repeat_that_proves_nothing_leaves_the_question_open() -> None:
    told, beliefs = forged(ACCEPTED, INCONCLUSIVE)
    assert beliefs[-1].confirm_after is None
    assert told.see(ACCEPTED).health.status is Status.DOWN


def test_our_own_trouble_between_two_findings_breaks_no_streak() -> None:
    told, _ = forged(ACCEPTED, VERDICTS["o"], ACCEPTED)
    assert told.health.status is Status.DOWN


def test_a_crashing_verifier_waits_for_its_next_scheduled_probe() -> None:
    told, (first, second) = forged(CRASHED, CRASHED)
    assert first.confirm_after is None
    assert (second.health.status, second.severity) == (Status.DEGRADED, Severity.MINOR)
    assert told.history() == [(0, Status.DEGRADED)]


def test_a_crash_and_an_acceptance_do_not_confirm_each_other() -> None:
    told, _ = forged(REFUSED, CRASHED, ACCEPTED)
    assert told.health.status is Status.UP
    assert told.see(CRASHED).health.status is Status.UP


def test_a_crashing_verifier_that_then_accepts_is_worse_at_once() -> None:
    told, beliefs = forged(CRASHED, CRASHED, ACCEPTED, ACCEPTED)
    assert beliefs[2].confirm_after == timedelta(0)
    assert told.history() == [(0, Status.DEGRADED), (7200, Status.DOWN)]


def test_a_verifier_that_no_longer_accepts_but_crashes_is_a_smaller_finding() -> None:
    told, _ = forged(ACCEPTED, ACCEPTED, CRASHED, CRASHED)
    assert told.health.status is Status.DEGRADED


def test_a_finding_is_lifted_by_refusals() -> None:
    told, _ = forged(ACCEPTED, ACCEPTED, REFUSED)
    assert told.health.status is Status.DOWN
    told.see(REFUSED)
    assert told.history() == [(0, Status.DOWN), (7200, Status.UP)]


def test_hostile_probes_are_never_flaky() -> None:
    told, _ = forged(REFUSED, *[CRASHED, REFUSED] * 5)
    assert (told.health.status, told.health.recent) == (Status.UP, "")


# --- certificate --------------------------------------------------------------------------------------------

VALID = GOOD
EXPIRING = replace(BAD, status=Status.DEGRADED, reason=Reason.CERTIFICATE_EXPIRING, severity=Severity.WARNING)
URGENT = replace(EXPIRING, severity=Severity.MINOR)
EXPIRED = replace(BAD, reason=Reason.CERTIFICATE_EXPIRED)
SIX_HOURS = 6 * 3600


def certificate(*verdicts: Verdict) -> tuple[Story, list[Belief]]:
    told = story(check=Check.CERTIFICATE, monitor=a_monitor(down_after=5, up_after=5))
    return told, [told.see(verdict) for verdict in verdicts]


def test_a_certificate_is_a_fact_one_look_is_enough() -> None:
    told, beliefs = certificate(VALID, EXPIRING, URGENT, EXPIRED, EXPIRED, VALID)
    assert [belief.confirm_after for belief in beliefs] == [None] * 6
    assert told.history() == [
        (0, Status.UP),
        (SIX_HOURS, Status.DEGRADED),
        (3 * SIX_HOURS, Status.DOWN),
        (5 * SIX_HOURS, Status.UP),
    ]


def test_a_certificate_grows_urgent() -> None:
    _, beliefs = certificate(VALID, EXPIRING, URGENT, EXPIRED)
    assert [belief.severity for belief in beliefs] == [None, Severity.WARNING, Severity.MINOR, Severity.MAJOR]


def test_an_expired_certificate_may_be_replaced_by_one_that_soon_expires() -> None:
    told, _ = certificate(EXPIRED, EXPIRING)
    assert told.history() == [(0, Status.DOWN), (SIX_HOURS, Status.DEGRADED)]


def test_a_certificate_nobody_could_read_changes_nothing_and_goes_stale() -> None:
    told, _ = certificate(VALID, INCONCLUSIVE, INCONCLUSIVE, INCONCLUSIVE, VALID)
    assert told.history() == [(0, Status.UP), (2 * SIX_HOURS, Status.UNKNOWN), (4 * SIX_HOURS, Status.UP)]


# --- what holds for every story -----------------------------------------------------------------------------

letters = "".join(VERDICTS) + "XSL"
stories = st.lists(st.tuples(st.sampled_from(letters), st.sampled_from([0, 0, 0, 10, 45, 400])), max_size=60)
thresholds = st.tuples(st.integers(1, 4), st.integers(1, 4))


def told_at_random(probes: list[tuple[str, int]], down_after: int, up_after: int) -> Story:
    told = story(monitor=a_monitor(down_after=down_after, up_after=up_after))
    for letter, pause in probes:
        told.wait(pause).tell(letter)
    return told


@given(stories, thresholds)
def test_history_is_appended_to_and_never_rewritten(
    probes: list[tuple[str, int]], limits: tuple[int, int]
) -> None:
    told = told_at_random(probes, *limits)
    previous, at = Status.UNKNOWN, NOON
    for change in told.transitions:
        assert change.previous is previous
        assert change.status is not previous
        assert at <= change.at <= change.known_at
        previous, at = change.status, change.at
    assert told.health.status is previous


@given(stories, thresholds)
def test_status_and_what_is_settled_differ_only_while_blind(
    probes: list[tuple[str, int]], limits: tuple[int, int]
) -> None:
    health = told_at_random(probes, *limits).health
    assert health.status in {health.settled, Status.UNKNOWN}
    if health.status is health.settled:
        assert health.reason is health.settled_reason or health.settled is Status.UNKNOWN


@given(stories, thresholds)
def test_down_always_has_enough_failures_behind_it(
    probes: list[tuple[str, int]], limits: tuple[int, int]
) -> None:
    told = story(monitor=a_monitor(down_after=limits[0], up_after=limits[1]))
    for letter, pause in probes:
        before = told.health.settled
        told.wait(pause).tell(letter)
        if told.health.settled is Status.DOWN and before is not Status.DOWN:
            assert told.health.failures >= limits[0]
        if told.health.settled is Status.UP and before is Status.DOWN:
            assert told.health.successes >= limits[1]


@given(stories, thresholds)
def test_a_probe_that_says_nothing_changes_nothing(
    probes: list[tuple[str, int]], limits: tuple[int, int]
) -> None:
    with_them = told_at_random(probes, *limits)
    without = story(monitor=with_them.monitor)
    for letter, pause in probes:
        without.wait(pause)
        if letter == "i":
            without.wait(30)
        else:
            without.tell(letter)
    assert with_them.history() == without.history()


@given(stories, thresholds)
def test_our_own_trouble_never_blames_and_never_confirms(
    probes: list[tuple[str, int]], limits: tuple[int, int]
) -> None:
    told = told_at_random(probes, *limits)
    for letter in "no":
        again = replace(told, transitions=())
        belief = again.see(VERDICTS[letter])
        assert belief.health.status is Status.UNKNOWN
        assert belief.health.settled is told.health.settled
        assert (belief.confirm_after, belief.severity) == (None, None)


@given(stories, thresholds)
def test_two_intervals_of_silence_are_unknown_whatever_came_before(
    probes: list[tuple[str, int]], limits: tuple[int, int]
) -> None:
    told = told_at_random(probes, *limits)
    last, settled = told.health.last_result_at, told.health.settled
    told.wait(3600).tell(".")
    if last is not None and settled is not Status.UNKNOWN:
        stale = last + 60 * SECOND
        assert any(change.status is Status.UNKNOWN and change.at <= stale for change in told.transitions)
