"""A rightly signed event in unusual spacing: refused alone, it is not the bytes that are verified."""

import pytest

from monitor.core.judge import beside_delivery, judge
from monitor.core.model import (
    Check,
    FailureKind,
    FaultDomain,
    Phases,
    Reason,
    Reply,
    Severity,
    Status,
    Verdict,
)
from tests.makers import a_failed_reply, a_monitor, a_reply


def spaced(reply: Reply) -> Verdict:
    return judge(Check.FIDELITY, reply, a_monitor())


@pytest.mark.parametrize(
    ("reply", "status", "reason"),
    [
        (a_reply(200), Status.UP, Reason.ACCEPTED),
        (a_reply(200, phases=Phases(wait=60)), Status.UP, Reason.ACCEPTED),
        (a_reply(401), Status.DEGRADED, Reason.SIGNATURE_REFUSED),
        (a_reply(400), Status.DEGRADED, Reason.CLIENT_ERROR),
        (a_reply(408), Status.UNKNOWN, Reason.INCONCLUSIVE),
        (a_reply(429), Status.UNKNOWN, Reason.INCONCLUSIVE),
        (a_reply(500), Status.UNKNOWN, Reason.INCONCLUSIVE),
        *((a_failed_reply(kind), Status.UNKNOWN, Reason.INCONCLUSIVE) for kind in FailureKind),
    ],
)
def test_only_a_refusal_is_about_the_spacing(reply: Reply, status: Status, reason: Reason) -> None:
    verdict = spaced(reply)
    assert (verdict.status, verdict.reason) == (status, reason)


def test_a_refusal_is_a_warning_and_says_what_it_may_mean() -> None:
    verdict = spaced(a_reply(401))
    assert (verdict.severity, verdict.fault_domain) == (Severity.WARNING, FaultDomain.LISTENER)
    assert "something else than the bytes it received" in verdict.message


@pytest.mark.parametrize("delivery", [Reason.SIGNATURE_REFUSED, Reason.SERVER_ERROR, Reason.OWN_FAULT])
def test_where_every_event_fails_it_is_not_the_spacing(delivery: Reason) -> None:
    verdict = beside_delivery(Check.FIDELITY, spaced(a_reply(401)), delivery)
    assert (verdict.reason, verdict.fault_domain) == (Reason.INCONCLUSIVE, None)


@pytest.mark.parametrize("delivery", [Reason.ACCEPTED, Reason.SLOW, None])
def test_beside_a_good_delivery_the_refusal_stands(delivery: Reason | None) -> None:
    assert beside_delivery(Check.FIDELITY, spaced(a_reply(401)), delivery).reason is Reason.SIGNATURE_REFUSED


def test_a_good_answer_stays_good_whatever_the_last_delivery_was() -> None:
    assert beside_delivery(Check.FIDELITY, spaced(a_reply(200)), Reason.SERVER_ERROR).good
