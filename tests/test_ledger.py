"""What becomes of events that should come out at the far end."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from monitor.core.model import (
    Check,
    Monitor,
    Outcome,
    Reason,
    Receipt,
    ReceiptPlan,
    Result,
    Severity,
    Status,
)
from monitor.ledger import Ledger
from tests.makers import BAD, GOOD, NOON, SECOND, a_monitor, a_reply, a_result

MINUTE = 60 * SECOND


def watched(name: str = "billing") -> Monitor:
    return a_monitor(id=name, receipt=ReceiptPlan(within=MINUTE))


@dataclass
class Far:
    """A far end, told in seconds after noon."""

    ledger: Ledger = field(default_factory=Ledger)
    said: list[tuple[int, Check, Reason, Status]] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)

    def send(self, event: str, at: float, monitor: str = "billing", **changes: Any) -> "Far":
        accepted = changes.pop("accepted", True)
        result = a_result(GOOD if accepted else BAD, at=_at(at), event_id=event, monitor=monitor, **changes)
        self.ledger.sent(watched(monitor), result, accepted=accepted)
        return self

    def hear(
        self,
        event: str,
        at: float,
        *,
        sent: float = 0,
        kind: Check = Check.DELIVERY,
        monitor: str = "billing",
        outcome: Outcome = Outcome.PROCESSED,
        run: str = "",
        note: str = "",
    ) -> "Far":
        receipt = Receipt(
            monitor=monitor,
            event_id=event,
            kind=kind,
            sent_at=_at(sent),
            arrived_at=_at(at),
            outcome=outcome,
            run=run,
            note=note,
        )
        self._say(self.ledger.arrived(receipt, watched(monitor)))
        return self

    def wait(self, until: float) -> "Far":
        for result in self.ledger.overdue(_at(until)):
            self._say(result)
        return self

    def _say(self, result: Result | None) -> None:
        if result is None:
            return
        self.results.append(result)
        seconds = int((result.started_at - NOON).total_seconds())
        self.said.append((seconds, result.check, result.verdict.reason, result.verdict.status))


def _at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def reasons(far: Far) -> list[Reason]:
    return [reason for _, _, reason, _ in far.said]


def test_an_event_that_comes_out_in_time_is_processed_and_says_how_long_it_took() -> None:
    far = Far().send("a", 0).hear("a", 2).wait(200)
    assert far.said == [(0, Check.RECEIPT, Reason.PROCESSED, Status.UP)]
    assert far.results[0].reply.phases.total == 2


def test_an_event_that_comes_out_nowhere_is_told_when_its_time_is_over_with_the_last_that_did() -> None:
    far = Far().send("a", 0).hear("a", 2).send("b", 30).wait(89).wait(90)
    assert far.said[1:] == [(30, Check.RECEIPT, Reason.NOT_PROCESSED, Status.DOWN)]
    assert "12:00:02 UTC" in far.results[1].verdict.message
    assert far.results[1].verdict.severity is Severity.MAJOR


def test_a_queue_that_moves_is_late_and_not_dead() -> None:
    far = Far().send("a", 0).send("b", 1).hear("b", 50, sent=1).wait(61).hear("a", 80, sent=0)
    assert reasons(far) == [Reason.PROCESSED, Reason.LATE]


def test_an_event_that_others_overtook_is_lost_after_twice_its_time() -> None:
    far = Far().send("a", 0).send("b", 1).hear("b", 50, sent=1).wait(61).wait(120)
    assert reasons(far) == [Reason.PROCESSED]
    assert reasons(far.wait(121)) == [Reason.PROCESSED, Reason.NOT_PROCESSED]


def test_a_receipt_that_comes_after_it_was_given_up_says_that_the_worker_lives() -> None:
    far = Far().send("a", 0).wait(60).hear("a", 100)
    assert far.said[1] == (100, Check.RECEIPT, Reason.LATE, Status.DEGRADED)


def test_the_same_receipt_again_says_nothing_new() -> None:
    assert reasons(Far().send("a", 0).hear("a", 2).hear("a", 3)) == [Reason.PROCESSED]


def test_a_failure_brings_its_note() -> None:
    far = Far().send("a", 0).hear("a", 2, outcome=Outcome.FAILED, note="no such customer")
    assert reasons(far) == [Reason.PROCESSING_FAILED]
    assert "no such customer" in far.results[0].verdict.message


def test_out_of_order_is_no_matter() -> None:
    far = Far().send("a", 0).send("b", 30).hear("b", 31, sent=30).hear("a", 32, sent=0).wait(500)
    assert reasons(far) == [Reason.PROCESSED, Reason.PROCESSED]


@pytest.mark.parametrize("kind", [Check.FORGED, Check.TAMPERED, Check.UNSIGNED, Check.STALE])
def test_a_hostile_event_that_was_processed_is_critical_whatever_was_answered(kind: Check) -> None:
    far = Far().hear("f", 2, kind=kind)
    assert far.said == [(2, kind, Reason.FORGERY_PROCESSED, Status.DOWN)]
    assert far.results[0].verdict.severity is Severity.CRITICAL


def test_an_event_that_was_refused_and_processed_all_the_same_is_critical() -> None:
    far = Far().send("a", 0, accepted=False).hear("a", 2)
    assert far.said == [(2, Check.DUPLICATE, Reason.REFUSED_BUT_PROCESSED, Status.DOWN)]


def test_an_event_that_got_no_answer_may_be_processed() -> None:
    """The answer was lost, not the event: that is what retries are for."""
    far = Far().send("a", 0, accepted=False, reply=replace(a_reply(None), http_status=None)).hear("a", 2)
    assert Reason.REFUSED_BUT_PROCESSED not in reasons(far)


def test_two_runs_of_one_event_are_two_effects() -> None:
    far = Far().send("d", 0, check=Check.DUPLICATE)
    far.hear("d", 2, kind=Check.DUPLICATE, run="one").hear("d", 3, kind=Check.DUPLICATE, run="two")
    assert reasons(far) == [Reason.PROCESSED_TWICE]


def test_one_run_that_reports_twice_is_one_effect() -> None:
    far = Far().send("d", 0, check=Check.DUPLICATE)
    far.hear("d", 2, kind=Check.DUPLICATE, run="one").hear("d", 3, kind=Check.DUPLICATE, run="one")
    assert far.said == []


def test_without_names_it_takes_two_duplicate_checks_and_says_what_was_seen() -> None:
    far = Far()
    for turn in ("d", "e"):
        far.send(turn, 0, check=Check.DUPLICATE)
        far.hear(turn, 2, kind=Check.DUPLICATE).hear(turn, 3, kind=Check.DUPLICATE)
    assert reasons(far) == [Reason.PROCESSED_TWICE]
    assert "receipt seen twice" in far.results[0].verdict.message


def test_what_was_due_while_receipts_could_not_be_taken_is_unknown() -> None:
    far = Far().send("a", 0)
    far.ledger.deaf(_at(30))
    assert reasons(far.wait(60)) == [Reason.OWN_FAULT]
    assert far.results[0].verdict.status is Status.UNKNOWN


def test_when_nobody_is_heard_of_any_more_it_is_our_own_address() -> None:
    far = Far().send("a", 0).hear("a", 1).send("b", 0, monitor="orders").hear("b", 1, monitor="orders")
    far.send("c", 30).send("d", 31, monitor="orders").wait(95)
    assert reasons(far)[2:] == [Reason.OWN_FAULT, Reason.OWN_FAULT]


def test_one_silent_worker_among_others_is_its_own_fault() -> None:
    far = Far().send("a", 0).hear("a", 1).send("b", 0, monitor="orders").hear("b", 1, monitor="orders")
    far.send("c", 30).send("d", 31, monitor="orders").hear("d", 33, sent=31, monitor="orders").wait(95)
    assert reasons(far)[3:] == [Reason.NOT_PROCESSED]
