"""What receipts make of the health of their check: a dead queue, a slow one, one event in seven lost."""

from datetime import timedelta

import pytest

from monitor.core.health import believe
from monitor.core.judge.receipt import did_it_anyway, judge_receipt, not_processed
from monitor.core.model import Check, CheckPlan, Health, Reason, Receipt, Status, Verdict
from tests.makers import NOON, SECOND, a_monitor, a_result

MINUTE = 60 * SECOND
MONITOR = a_monitor(checks=(CheckPlan(check=Check.RECEIPT, every=90 * SECOND),))


def receipt(took: timedelta) -> Receipt:
    return Receipt(monitor="billing", event_id="e", kind=Check.DELIVERY, sent_at=NOON, arrived_at=NOON + took)


SAID: dict[str, Verdict] = {
    ".": judge_receipt(receipt(2 * SECOND), MINUTE),
    "l": judge_receipt(receipt(90 * SECOND), MINUTE),
    "x": not_processed(MINUTE, NOON, NOON),
    "!": did_it_anyway(receipt(SECOND)),
}


def after(said: str) -> Health:
    health, at = Health(), NOON
    for one in said:
        health = believe(health, a_result(SAID[one], at=at, check=Check.RECEIPT), MONITOR).health
        at += 30 * SECOND
    return health


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
        (".x.....x.....x", Status.DOWN, Reason.NOT_PROCESSED),
        (".!", Status.DOWN, Reason.REFUSED_BUT_PROCESSED),
    ],
)
def test_what_is_believed_of_the_far_end(said: str, status: Status, reason: Reason) -> None:
    found = after(said)
    assert (found.status, found.reason) == (status, reason)
