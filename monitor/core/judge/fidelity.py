"""Fidelity: does it verify the bytes that were sent, or what its framework made of them?"""

from monitor.core.judge.delivery import acknowledges, judge_delivery
from monitor.core.judge.expectation import TURNED_AWAY
from monitor.core.judge.phrases import answer_in_words
from monitor.core.judge.verdicts import accepted, degraded, inconclusive
from monitor.core.model import Monitor, Reason, Reply, Severity, Verdict


def judge_fidelity(reply: Reply, monitor: Monitor) -> Verdict:
    """Judge the answer to a rightly signed event in unusual spacing. Trouble of any event is not its own."""
    if acknowledges(reply, monitor):
        return accepted(f"{answer_in_words(reply)} to an event in unusual spacing")
    verdict = judge_delivery(reply, monitor)
    if reply.failure is not None or reply.http_status in TURNED_AWAY or verdict.reason is Reason.SERVER_ERROR:
        return inconclusive(verdict.message)
    words = f"{verdict.message}, in unusual spacing: it may verify something else than the bytes it received"
    return degraded(verdict.reason, words, Severity.WARNING)
