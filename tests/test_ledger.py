"""What becomes of events that should come out at the far end."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from monitor.core.health import believe
from monitor.core.judge.hostile import silent
from monitor.core.model import (
    Check,
    Expectation,
    Health,
    Monitor,
    Outcome,
    Poll,
    Reason,
    Receipt,
    ReceiptPlan,
    Result,
    Severity,
    Status,
)
from monitor.receipts.ledger import Heard, Ledger
from tests.makers import BAD, GOOD, NOON, SECOND, a_monitor, a_result

MINUTE = 60 * SECOND


def watched(name: str = "billing") -> Monitor:
    return a_monitor(id=name, url=f"https://{name}.example.com/hook", receipt=ReceiptPlan(within=MINUTE))


@dataclass
class Far:
    """A far end, told in seconds after noon."""

    ledger: Ledger = field(default_factory=lambda: Ledger(started=NOON))
    said: list[tuple[int, Check, Reason, Status]] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)

    def send(self, event: str, at: float, monitor: str = "billing", **changes: Any) -> "Far":
        accepted = changes.pop("accepted", True)
        refused = changes.pop("refused", not accepted)
        result = a_result(GOOD if accepted else BAD, at=_at(at), event_id=event, monitor=monitor, **changes)
        found = self.ledger.sent(watched(monitor), result, accepted=accepted, refused=refused)
        self._say(*found)
        if result.check is Check.DUPLICATE:
            self.ledger.pend(watched(monitor), result, GOOD, silence=False)
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
        self._say(*self.ledger.arrived(receipt, watched(monitor)))
        return self

    def wait(self, until: float) -> "Far":
        self._say(*self.ledger.overdue(_at(until)))
        return self

    def _say(self, *results: Result) -> None:
        for result in results:
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


def test_an_event_that_was_given_up_is_no_second_failure_when_it_comes() -> None:
    """A worker that returns works off what waits: two good ones after that are its recovery."""
    far = Far()
    for number in range(5):
        far.send(f"{number}", 30 * number)
    far.wait(190)
    for number in range(5):
        far.hear(f"{number}", 200, sent=30 * number)
    for number in (210, 240):
        far.send(f"{number}", number).hear(f"{number}", number + 1, sent=number)
    health = Health()
    for result in far.results:
        health = believe(health, result, watched()).health
    assert reasons(far) == [Reason.NOT_PROCESSED] * 5 + [Reason.LATE] * 5 + [Reason.PROCESSED] * 2
    assert health.status is Status.UP


def test_the_same_receipt_again_says_nothing_new() -> None:
    assert reasons(Far().send("a", 0).hear("a", 2).hear("a", 3)) == [Reason.PROCESSED]


def test_a_failure_brings_its_note() -> None:
    far = Far().send("a", 0).hear("a", 2, outcome=Outcome.FAILED, note="no such customer")
    assert reasons(far) == [Reason.PROCESSING_FAILED]
    assert "no such customer" in far.results[0].verdict.message


def test_a_worker_that_fails_and_tries_again_has_done_it_in_the_end() -> None:
    far = Far().send("a", 0).hear("a", 2, outcome=Outcome.FAILED, run="1").hear("a", 9, run="2").wait(200)
    assert reasons(far) == [Reason.PROCESSING_FAILED, Reason.PROCESSED]


def test_a_receipt_may_come_before_the_answer_to_its_event() -> None:
    far = Far().hear("a", 1, sent=0.5).send("a", 0).wait(200)
    assert reasons(far) == [Reason.PROCESSED]


def test_after_a_restart_a_receipt_is_judged_by_what_it_says_itself() -> None:
    far = Far().hear("a", 30, sent=-20).hear("a", 31, sent=-20)
    assert reasons(far) == [Reason.PROCESSED]


def test_who_could_not_reach_us_is_not_late() -> None:
    """We were restarted, or could not write: its worker may have knocked in time, and came again."""
    assert reasons(Far().hear("a", 90, sent=-20)) == []
    far = Far().send("a", 0)
    far.ledger.deaf(_at(30))
    assert reasons(far.wait(60).hear("a", 90)) == [Reason.OWN_FAULT]
    far = Far().send("a", 0).hear("a", 90, outcome=Outcome.FAILED)
    assert reasons(far) == [Reason.PROCESSING_FAILED]


def remembered(*receipts: Receipt, refused: tuple[str, ...] = ()) -> Far:
    """Return the far end as the next owner knows it."""
    results = [a_result(BAD, at=_at(-30), event_id=event) for event in refused]
    far = Far()
    far.ledger.remember(results, receipts)
    return far


def told_before(event: str, **changes: Any) -> Receipt:
    told = Receipt(
        monitor="billing", event_id=event, kind=Check.DELIVERY, sent_at=_at(-30), arrived_at=_at(-29)
    )
    return replace(told, **changes)


def test_after_a_restart_a_receipt_that_comes_again_is_no_news() -> None:
    assert reasons(remembered(told_before("a")).hear("a", 2, sent=-30)) == []


def test_after_a_restart_a_failure_may_still_turn_into_success() -> None:
    far = remembered(told_before("a", outcome=Outcome.FAILED)).hear("a", 2, sent=-30)
    assert reasons(far) == [Reason.PROCESSED]


def test_two_runs_of_one_event_are_two_effects_also_when_a_restart_lies_between_them() -> None:
    far = remembered(told_before("a", run="one")).hear("a", 2, sent=-30, run="two")
    assert reasons(far) == [Reason.PROCESSED_TWICE]


def test_what_was_refused_before_a_restart_must_not_be_processed_after_it() -> None:
    far = remembered(refused=("a",)).hear("a", 2, sent=-30).hear("a", 3, sent=-30)
    assert far.said == [(2, Check.RECEIPT, Reason.REFUSED_BUT_PROCESSED, Status.DOWN)]


def test_what_was_told_before_a_restart_is_not_told_again() -> None:
    far = remembered(told_before("a"), refused=("a",)).hear("a", 3, sent=-30)
    assert far.said == []


def test_what_was_sent_to_another_listener_says_nothing_of_this_one() -> None:
    far = Far().send("a", 0)
    far.ledger.forget(frozenset({"billing"}))
    assert reasons(far.hear("a", 90).wait(500)) == []


def test_an_event_follows_its_monitor_to_a_new_name() -> None:
    far = Far().send("a", 0).send("b", 0)
    far.ledger.rename({"billing": "payments"})
    far.hear("a", 2, monitor="payments").wait(61).wait(121)
    assert [(result.monitor, result.verdict.reason) for result in far.results] == [
        ("payments", Reason.PROCESSED),
        ("payments", Reason.NOT_PROCESSED),
    ]


def test_nobody_reports_the_event_of_another_monitor() -> None:
    far = Far().send("a", 0, monitor="orders").hear("a", 2, monitor="billing").wait(60)
    assert [(result.monitor, result.verdict.reason) for result in far.results] == [
        ("orders", Reason.NOT_PROCESSED)
    ]


def test_out_of_order_is_no_matter() -> None:
    far = Far().send("a", 0).send("b", 30).hear("b", 31, sent=30).hear("a", 32, sent=0).wait(500)
    assert reasons(far) == [Reason.PROCESSED, Reason.PROCESSED]


@pytest.mark.parametrize("kind", [Check.FORGED, Check.TAMPERED, Check.UNSIGNED, Check.STALE])
def test_a_hostile_event_that_was_processed_is_critical_whatever_was_answered(kind: Check) -> None:
    far = Far().send("f", 0, check=kind, accepted=False).hear("f", 2, kind=kind).hear("f", 3, kind=kind)
    assert far.said == [(2, kind, Reason.FORGERY_PROCESSED, Status.DOWN)]
    assert far.results[0].verdict.severity is Severity.CRITICAL


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.SKIPPED])
def test_a_worker_that_leaves_a_hostile_event_alone_has_not_processed_it(outcome: Outcome) -> None:
    far = Far().send("f", 0, check=Check.FORGED).hear("f", 2, kind=Check.FORGED, outcome=outcome)
    assert far.said == []


@pytest.mark.parametrize(("later_event", "reason"), [(True, Reason.REFUSED), (False, Reason.INCONCLUSIVE)])
def test_silence_proves_something_only_where_the_queue_has_passed(
    *, later_event: bool, reason: Reason
) -> None:
    far = Far().send("f", 0, check=Check.FORGED)
    forged = a_result(GOOD, at=NOON, event_id="f", check=Check.FORGED)
    far.ledger.pend(watched(), forged, silent("answered 200 OK: accepted"), silence=True)
    if later_event:
        far.send("a", 30).hear("a", 31, sent=30)
    far.wait(60).wait(150)
    assert (0, Check.FORGED, reason) in [said[:3] for said in far.said]


def test_an_event_that_was_refused_and_processed_all_the_same_is_critical() -> None:
    far = Far().send("a", 0, accepted=False).hear("a", 2)
    assert far.said == [(2, Check.RECEIPT, Reason.REFUSED_BUT_PROCESSED, Status.DOWN)]


def test_an_event_that_got_no_answer_may_be_processed() -> None:
    """The answer was lost, not the event: that is what retries are for."""
    far = Far().send("a", 0, accepted=False, refused=False).hear("a", 2)
    assert reasons(far) == [Reason.PROCESSED]


def test_two_runs_of_one_event_are_two_effects() -> None:
    far = Far().send("d", 0, check=Check.DUPLICATE)
    far.hear("d", 2, kind=Check.DUPLICATE, run="one").hear("d", 3, kind=Check.DUPLICATE, run="two")
    assert reasons(far) == [Reason.PROCESSED, Reason.PROCESSED_TWICE]


def test_a_pair_is_under_way_from_its_first_sending_on() -> None:
    """It may come out before the second copy of it was answered, or sent."""
    far = Far().hear("d", 0.8, kind=Check.DUPLICATE).send("d", 1.5, check=Check.DUPLICATE, sent_first=_at(0))
    assert reasons(far) == [Reason.PROCESSED]
    assert far.results[0].reply.phases.total == pytest.approx(0.8)


def test_a_pair_has_its_time_for_a_second_effect_from_the_second_sending_on() -> None:
    far = Far().send("d", 2, check=Check.DUPLICATE, sent_first=_at(0))
    far.hear("d", 1.8, kind=Check.DUPLICATE).wait(61)
    assert reasons(far) == [Reason.PROCESSED]
    assert reasons(far.wait(62)) == [Reason.PROCESSED, Reason.ACCEPTED]


def test_an_event_that_was_sent_once_must_not_be_processed_twice_either() -> None:
    far = Far().send("a", 0).hear("a", 2, run="one").hear("a", 3, run="two")
    assert reasons(far) == [Reason.PROCESSED, Reason.PROCESSED_TWICE]
    assert "sent once" in far.results[1].verdict.message


def test_a_worker_that_processes_one_event_again_and_again_is_told_of_once() -> None:
    far = Far().send("d", 0, check=Check.DUPLICATE)
    for run in range(50):
        far.hear("d", 2 + run / 10, kind=Check.DUPLICATE, run=f"run {run}")
    assert reasons(far) == [Reason.PROCESSED, Reason.PROCESSED_TWICE]


def test_a_run_that_reports_again_and_again_hides_no_second_one() -> None:
    far = Far().send("d", 0, check=Check.DUPLICATE)
    for moment in range(50):
        far.hear("d", 2 + moment / 10, kind=Check.DUPLICATE, run="one")
    assert reasons(far.hear("d", 9, kind=Check.DUPLICATE, run="two"))[-1] is Reason.PROCESSED_TWICE


def test_one_run_that_reports_twice_is_one_effect() -> None:
    far = Far().send("d", 0, check=Check.DUPLICATE)
    far.hear("d", 2, kind=Check.DUPLICATE, run="one").hear("d", 3, kind=Check.DUPLICATE, run="one")
    assert reasons(far.wait(60)) == [Reason.PROCESSED, Reason.ACCEPTED]


def twice(far: Far, event: str, at: float) -> Far:
    far.send(event, at, check=Check.DUPLICATE)
    far.hear(event, at + 2, sent=at, kind=Check.DUPLICATE).hear(event, at + 3, sent=at, kind=Check.DUPLICATE)
    return far.wait(at + 60)


def once(far: Far, event: str, at: float) -> Far:
    return (
        far.send(event, at, check=Check.DUPLICATE)
        .hear(event, at + 2, sent=at, kind=Check.DUPLICATE)
        .wait(at + 60)
    )


def test_without_names_it_takes_two_duplicate_checks_and_says_what_was_seen() -> None:
    far = twice(twice(Far(), "d", 0), "e", 100)
    assert reasons(far) == [Reason.PROCESSED, Reason.INCONCLUSIVE, Reason.PROCESSED, Reason.PROCESSED_TWICE]
    assert "receipt seen twice" in far.results[-1].verdict.message


def test_two_duplicate_checks_that_are_not_in_a_row_prove_nothing() -> None:
    far = twice(once(twice(Far(), "d", 0), "e", 100), "f", 200)
    assert Reason.PROCESSED_TWICE not in reasons(far)


def test_a_pair_that_comes_out_nowhere_is_not_processed_like_any_event() -> None:
    far = Far().send("d", 0, check=Check.DUPLICATE).wait(60)
    assert Reason.NOT_PROCESSED in reasons(far)


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


def test_two_listeners_of_one_host_may_share_a_worker_that_is_dead() -> None:
    """Then it is no wonder that nobody is heard of: it takes another host to suspect ourselves."""
    one = a_monitor(id="a", receipt=ReceiptPlan(within=MINUTE))
    two = replace(one, id="b")
    ledger = Ledger(started=NOON, heard={name: Heard(last_at=NOON, last_sent_at=NOON) for name in "ab"})
    for number, monitor in enumerate((one, two)):
        result = a_result(GOOD, at=_at(30 + number), event_id=f"e{number}", monitor=monitor.id)
        ledger.sent(monitor, result, accepted=True, refused=False)
    assert [found.verdict.reason for found in ledger.overdue(_at(95))] == [Reason.NOT_PROCESSED] * 2


def test_what_we_ask_for_ourselves_says_nothing_of_our_address() -> None:
    polled = ReceiptPlan(within=MINUTE, poll=Poll(url="https://o.example/{event_id}", expect=Expectation()))
    ledger = Ledger(started=NOON, heard={name: Heard(last_at=NOON, last_sent_at=NOON) for name in "ab"})
    for number, name in enumerate("ab"):
        monitor = a_monitor(id=name, url=f"https://{name}.example/", receipt=polled)
        result = a_result(GOOD, at=_at(30 + number), event_id=f"e{number}", monitor=name)
        ledger.sent(monitor, result, accepted=True, refused=False)
    assert [found.verdict.reason for found in ledger.overdue(_at(95))] == [Reason.NOT_PROCESSED] * 2


def test_where_nobody_could_be_asked_nothing_is_known() -> None:
    far = Far().send("a", 0)
    found = far.ledger.unasked("a")
    assert found is not None
    assert found.verdict.reason is Reason.OWN_FAULT
    assert reasons(far.wait(500)) == []
