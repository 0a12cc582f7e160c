"""The same event, sent twice: a provider repeats what it is not sure of, and wants it acknowledged again."""

from datetime import timedelta

import pytest

from monitor.core.judge import judge_concurrent, judge_duplicate
from monitor.core.model import Expectation, FailureKind, FaultDomain, Phases, Reason, Reply, Severity, Status
from tests.makers import a_failed_reply, a_monitor, a_reply

PAGE = a_reply(200, body="<html>log in</html>")


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        (a_reply(200), a_reply(200), Reason.ACCEPTED),
        (a_reply(200), a_reply(204), Reason.ACCEPTED),
        (a_reply(202), a_reply(200, phases=Phases(wait=60)), Reason.ACCEPTED),
        (a_reply(200), a_reply(409), Reason.DUPLICATE_REFUSED),
        (a_reply(200), a_reply(400), Reason.DUPLICATE_REFUSED),
        (a_reply(200), a_reply(500), Reason.DUPLICATE_REFUSED),
        (a_reply(200), a_reply(302), Reason.DUPLICATE_REFUSED),
        (a_reply(200), PAGE, Reason.DUPLICATE_REFUSED),
        (a_reply(200), a_reply(429), Reason.INCONCLUSIVE),
        (a_reply(200), a_reply(408), Reason.INCONCLUSIVE),
        (a_reply(503), None, Reason.INCONCLUSIVE),
        (a_reply(401), a_reply(401), Reason.INCONCLUSIVE),
        (a_reply(409), a_reply(200), Reason.INCONCLUSIVE),
        (a_failed_reply(), None, Reason.INCONCLUSIVE),
    ],
)
def test_a_repeated_event_must_be_acknowledged_as_it_was(
    first: Reply, second: Reply | None, reason: Reason
) -> None:
    assert judge_duplicate(first, second, a_monitor()).reason is reason


@pytest.mark.parametrize("kind", list(FailureKind))
def test_that_the_listener_went_away_in_between_is_the_delivery_checks_business(kind: FailureKind) -> None:
    verdict = judge_duplicate(a_reply(200), a_failed_reply(kind), a_monitor())
    assert (verdict.status, verdict.reason, verdict.fault_domain) == (
        Status.UNKNOWN,
        Reason.INCONCLUSIVE,
        None,
    )


def test_a_refused_repeat_is_a_warning_with_the_numbers() -> None:
    verdict = judge_duplicate(a_reply(200), a_reply(409), a_monitor())
    assert (verdict.status, verdict.severity) == (Status.DEGRADED, Severity.WARNING)
    assert verdict.fault_domain is FaultDomain.LISTENER
    assert verdict.message == "answered 409 Conflict in 65 ms to an event it had acknowledged before"


def test_the_providers_rule_holds_for_the_repeat() -> None:
    monitor = a_monitor(expect=Expectation(statuses=("200", "409"), within=timedelta(seconds=3)))
    assert judge_duplicate(a_reply(200), a_reply(409), monitor).good
    assert judge_duplicate(a_reply(200), a_reply(202), monitor).reason is Reason.DUPLICATE_REFUSED


@pytest.mark.parametrize(
    ("both", "reason"),
    [
        ((a_reply(200), a_reply(200)), Reason.ACCEPTED),
        ((a_reply(409), a_reply(200)), Reason.ACCEPTED),
        ((a_reply(200), a_reply(409)), Reason.ACCEPTED),
        ((a_reply(500), a_reply(200)), Reason.DUPLICATE_REFUSED),
        ((a_reply(200), a_reply(400)), Reason.DUPLICATE_REFUSED),
        ((a_reply(429), a_reply(200)), Reason.INCONCLUSIVE),
        ((a_reply(503), a_reply(409)), Reason.INCONCLUSIVE),
        ((a_failed_reply(), a_reply(200)), Reason.INCONCLUSIVE),
    ],
)
def test_of_two_at_the_same_time_one_may_be_told_that_the_other_is_at_work(
    both: tuple[Reply, Reply], reason: Reason
) -> None:
    assert judge_concurrent(both, a_monitor()).reason is reason


def test_nobody_can_tell_which_of_two_at_the_same_time_came_first() -> None:
    verdict = judge_concurrent((a_reply(500), a_reply(200)), a_monitor())
    assert verdict.message == (
        "answered 500 Internal Server Error in 65 ms to one of two that were sent at the same time"
    )
