"""Duplicate: is the same event, sent twice, accepted twice? Providers repeat what they are not sure of."""

from collections.abc import Iterable

from monitor.core.judge.delivery import acknowledges
from monitor.core.judge.expectation import TURNED_AWAY
from monitor.core.judge.phrases import answer_in_words
from monitor.core.judge.verdicts import accepted, degraded, inconclusive
from monitor.core.model import Monitor, Reason, Reply, Severity, Verdict

CONFLICT = 409


def judge_duplicate(first: Reply, second: Reply | None, monitor: Monitor) -> Verdict:
    """Judge the answers to the same bytes; ``second`` is None where there was no use in asking again.

    That the first is not acknowledged, or the second meets a network fault, is the delivery check's business.
    """
    if second is None or not acknowledges(first, monitor):
        return inconclusive("the event was not acknowledged the first time, so there is nothing to repeat")
    if second.failure is not None or second.http_status in TURNED_AWAY:
        why = second.failure.message if second.failure else answer_in_words(second)
        return inconclusive(f"the same event, sent again, met something else: {why}")
    if acknowledges(second, monitor):
        return accepted(f"{answer_in_words(second)} to the same event again")
    words = f"{answer_in_words(second)} to an event it had acknowledged before"
    return degraded(Reason.DUPLICATE_REFUSED, words, Severity.WARNING)


def judge_concurrent(both: Iterable[Reply], monitor: Monitor) -> Verdict:
    """Judge the answers to the same bytes, sent twice at the same time. Which came first nobody can tell.

    409 to one of them says that the other is at work: the provider asks again, and nothing is lost.
    """
    first, second = sorted(both, key=lambda reply: not acknowledges(reply, monitor))
    verdict = judge_duplicate(first, second, monitor)
    if verdict.reason is not Reason.DUPLICATE_REFUSED:
        return verdict
    words = f"{answer_in_words(second)} to one of two that were sent at the same time"
    if second.http_status == CONFLICT:
        return accepted(words)
    return degraded(Reason.DUPLICATE_REFUSED, words, Severity.WARNING)
