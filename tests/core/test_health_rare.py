"""Believing what is asked rarely: forged events and certificates."""

from datetime import timedelta

import pytest

from monitor.core.health import Belief
from monitor.core.model import Check, Reason, Severity, Status, Verdict
from tests.core.stories import (
    ACCEPTED,
    CRASHED,
    EXPIRED,
    EXPIRING,
    REFUSED,
    URGENT,
    VALID,
    VERDICTS,
    Story,
    story,
)
from tests.makers import a_monitor

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
    assert (told.health.status, told.health.reason) == (Status.UP, Reason.REFUSED)


def test_a_repeat_that_proves_nothing_leaves_the_question_open() -> None:
    told, beliefs = forged(ACCEPTED, INCONCLUSIVE)
    assert beliefs[-1].confirm_after is None
    assert told.see(ACCEPTED).health.status is Status.DOWN


def test_our_own_trouble_between_two_findings_breaks_no_streak() -> None:
    told, _ = forged(ACCEPTED, VERDICTS["o"], ACCEPTED)
    assert told.health.status is Status.DOWN


def test_a_crashing_verifier_is_looked_at_again_after_a_minute() -> None:
    told, (first, second) = forged(CRASHED, CRASHED)
    assert first.confirm_after == timedelta(seconds=60)
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
