"""Receipt: did what the listener accepted come out at the far end, once, and in time?"""

from datetime import datetime, timedelta

from monitor.core.judge.phrases import in_words
from monitor.core.judge.verdicts import down, inconclusive
from monitor.core.model import (
    HOSTILE,
    FaultDomain,
    Outcome,
    Reason,
    Receipt,
    Severity,
    Status,
    Verdict,
)
from monitor.core.times import clock

WORDS = {Outcome.PROCESSED: "processed", Outcome.SKIPPED: "skipped on purpose at the far end"}


def judge_receipt(receipt: Receipt, within: timedelta) -> Verdict:
    """Judge a receipt for an event that was accepted."""
    took, limit = in_words(receipt.took.total_seconds()), in_words(within.total_seconds())
    if receipt.outcome is Outcome.FAILED:
        note = f": {receipt.note}" if receipt.note else ""
        return down(Reason.PROCESSING_FAILED, f"accepted, and processing failed after {took}{note}")
    if receipt.took > within:
        return late(f"{WORDS[receipt.outcome]} {took} after it was sent; {limit} are allowed")
    words = f"{WORDS[receipt.outcome]} {took} after it was sent"
    return Verdict(status=Status.UP, reason=Reason.PROCESSED, message=words)


def late(message: str) -> Verdict:
    """What is accepted is processed, but later than it should be."""
    return Verdict(
        status=Status.DEGRADED,
        reason=Reason.LATE,
        message=message,
        severity=Severity.MINOR,
        fault_domain=FaultDomain.LISTENER,
    )


def not_processed(within: timedelta, last: datetime | None, now: datetime) -> Verdict:
    """An accepted event came out nowhere. ``last``: when one of its monitor's last did."""
    seen = "none was ever processed"
    if last is not None:
        seen = f"the last was processed at {clock(last, now)}"
    words = f"accepted, but not processed within {in_words(within.total_seconds())}; {seen}"
    return down(Reason.NOT_PROCESSED, words)


def did_it_anyway(receipt: Receipt) -> Verdict:
    """A receipt for what was to be refused, or was: it did the work anyway."""
    took = in_words(receipt.took.total_seconds())
    hostile = receipt.kind in HOSTILE
    what = f"a {receipt.kind} event, which must be refused," if hostile else "an event that it had refused"
    return Verdict(
        status=Status.DOWN,
        reason=Reason.FORGERY_PROCESSED if hostile else Reason.REFUSED_BUT_PROCESSED,
        message=f"{what} was processed all the same, {took} after it was sent",
        severity=Severity.CRITICAL,
        fault_domain=FaultDomain.LISTENER,
    )


def processed_twice(*, by_run: bool, sent_twice: bool) -> Verdict:
    """One event had two effects; without the runs' names we only saw its receipt twice."""
    proof = "by two processing runs" if by_run else "(receipt seen twice)"
    event = "the same event, sent twice," if sent_twice else "an event that was sent once"
    return Verdict(
        status=Status.DOWN,
        reason=Reason.PROCESSED_TWICE,
        message=f"{event} was processed twice {proof}",
        severity=Severity.MAJOR,
        fault_domain=FaultDomain.LISTENER,
    )


def half_said(verdict: Verdict, within: timedelta) -> Verdict:
    """The answer is good, and half of what is asked: the far end has its time to say the other half."""
    limit = in_words(within.total_seconds())
    return inconclusive(f"{verdict.message}; whether it is processed as it should be shows within {limit}")
