"""What receipts make of the health of their check: a dead queue, a slow one, one event in seven lost."""

from datetime import timedelta

import pytest

from monitor.core.health import believe
from monitor.core.incident import advance
from monitor.core.judge.receipt import did_it_anyway, judge_receipt, not_processed
from monitor.core.model import Check, CheckPlan, Health, Incident, Reason, Receipt, Status, Verdict
from tests.makers import NOON, SECOND, a_monitor, a_result

MINUTE = 60 * SECOND
MONITOR = a_monitor(checks=(CheckPlan(check=Check.RECEIPT, every=90 * SECOND),))


def receipt(took: timedelta) -> Receipt:
    return Receipt(monitor="billing", event_id="e", kind=Check.DELIVERY, sent_at=NOON, arrived_at=NOON + took)


SAID: dict[str, Verdict] = {
    ".": judge_receipt(receipt(2 * SECOND), MINUTE),
    "l": judge_receipt(receipt(90 * SECOND), MINUTE),
    "L": judge_receipt(receipt(90 * SECOND), MINUTE),  # of an event that was given up before
    "x": not_processed(MINUTE, NOON, NOON),
    "!": did_it_anyway(receipt(SECOND)),
}


def told(said: str) -> tuple[Health, Incident | None]:
    health, incident, at = Health(), None, NOON
    for one in said:
        result = a_result(SAID[one], at=at, check=Check.RECEIPT, scheduled=one != "L")
        belief = believe(health, result, MONITOR)
        change = advance(incident, belief, result, before=health)
        health, incident = belief.health, change.incident if change else incident
        at += 30 * SECOND
    return health, incident


def after(said: str) -> Health:
    return told(said)[0]


@pytest.mark.parametrize(
    ("said", "status", "reason"),
    [
        (".", Status.UP, Reason.PROCESSED),
        ("..x", Status.UP, Reason.PROCESSED),
        ("..xx", Status.DOWN, Reason.NOT_PROCESSED),
        ("..xx.", Status.DOWN, Reason.NOT_PROCESSED),
        ("..xx..", Status.UP, Reason.PROCESSED),
        ("..ll", Status.DEGRADED, Reason.LATE),
        ("..ll..", Status.UP, Reason.PROCESSED),
        ("..xxll", Status.DEGRADED, Reason.LATE),
        ("..xxlll..", Status.UP, Reason.PROCESSED),
        ("..xxlll..x", Status.UP, Reason.PROCESSED),
        ("..llxx", Status.DOWN, Reason.NOT_PROCESSED),
        (".xL", Status.UP, Reason.PROCESSED),
        ("..xxLL", Status.DEGRADED, Reason.LATE),
        (".x.....x.....x", Status.DOWN, Reason.NOT_PROCESSED),
        (".!", Status.DOWN, Reason.REFUSED_BUT_PROCESSED),
    ],
)
def test_what_is_believed_of_the_far_end(said: str, status: Status, reason: Reason) -> None:
    found = after(said)
    assert (found.status, found.reason) == (status, reason)


@pytest.mark.parametrize(("said", "events"), [(".xx", 2), (".xxxLLL", 3), (".lll", 3)])
def test_an_event_that_is_given_up_and_comes_out_late_is_one_failure(said: str, events: int) -> None:
    health, incident = told(said)
    assert incident is not None
    assert (health.failures, incident.failures) == (events, events)


def test_one_event_that_comes_out_late_opens_no_incident() -> None:
    assert told("..xL")[1] is None
