"""Forged: does the listener refuse an event signed with a key it does not know?

* 2xx, or a 3xx that ``expect`` lists: it got what a valid event gets. forgery_accepted, unless
  a rule about body or headers is broken (the listener told it apart: refused), or
  the answer is an HTML page (something else answers, no verifier was asked: inconclusive);
* 4xx: refused, but 408 and 429 turn it away unread, and a 4xx or 5xx that ``expect`` lists is what a
  valid event may get too: inconclusive;
* 5xx: verifier_crashed, unless valid events fail as well (``beside_delivery``): inconclusive;
* any other answer, or none: inconclusive. That a listener is down is never said here.
"""

from monitor.core.judge.delivery import retry_after
from monitor.core.judge.expectation import broken_rule, is_html_page, status_matches
from monitor.core.judge.phrases import answer_in_words
from monitor.core.judge.verdicts import degraded, inconclusive
from monitor.core.model import FaultDomain, Monitor, Reason, Reply, Severity, Status, Verdict

ACKNOWLEDGED = frozenset({Reason.ACCEPTED, Reason.SLOW, None})  # None: no delivery was judged yet
TURNED_AWAY = frozenset({408, 429})


def judge_forged(reply: Reply, monitor: Monitor) -> Verdict:
    """Judge the answer to a forged event by the rules above."""
    if reply.failure is not None:
        return inconclusive(f"the forged event got no answer: {reply.failure.message}")
    status, words = reply.http_status or 0, f"{answer_in_words(reply)} to a forged event"
    listed = status_matches(status, monitor.expect.statuses)
    if status // 100 == 2 or (status // 100 == 3 and listed):
        return _acknowledged(reply, monitor, words)
    if status in TURNED_AWAY:
        return inconclusive(f"{words}: turned away unread", retry_after=retry_after(reply))
    if listed:
        return inconclusive(f"{words}: a valid event may get the same answer, so nothing is proved")
    return _not_acknowledged(status, words)


def _not_acknowledged(status: int, words: str) -> Verdict:
    if status // 100 == 4:
        return _refused(words)
    if status // 100 == 5:
        return degraded(Reason.VERIFIER_CRASHED, f"{words}: not accepted, but not refused either")
    return inconclusive(f"{words}: neither accepted nor refused")


def _acknowledged(reply: Reply, monitor: Monitor, words: str) -> Verdict:
    """A listener that verifies nothing answers both alike; an answer that breaks a rule told them apart."""
    if not monitor.expect.html_allowed and is_html_page(reply):
        return inconclusive(f"{words} with an HTML page: something else answers at this URL")
    if broken := broken_rule(reply, monitor.expect):
        return _refused(f"{words}, and that is no acknowledgement: {broken}")
    return Verdict(
        status=Status.DOWN,
        reason=Reason.FORGERY_ACCEPTED,
        message=f"{words}: it was signed with a key the listener cannot know",
        severity=Severity.CRITICAL,
        fault_domain=FaultDomain.LISTENER,
    )


def _refused(message: str) -> Verdict:
    return Verdict(status=Status.UP, reason=Reason.REFUSED, message=message)


def beside_delivery(verdict: Verdict, delivery: Reason | None) -> Verdict:
    """Return the verdict in the light of the last delivery: what fails on every event verifies nothing."""
    if verdict.reason is not Reason.VERIFIER_CRASHED or delivery in ACKNOWLEDGED:
        return verdict
    return inconclusive(f"{verdict.message}; but a valid event fails as well")
