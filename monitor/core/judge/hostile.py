"""Hostile: does the listener refuse what it must refuse?

* 2xx, or a 3xx that the operator lists: it got what a valid event gets: accepted, unless
  a rule about body or headers is broken (the listener told it apart: refused), or
  the answer is an HTML page (something else answers, no verifier was asked: inconclusive);
* 4xx: refused, but 408 and 429 turn it away unread, and a 4xx or 5xx that ``expect`` lists is what a
  valid event may get too: inconclusive;
* 5xx: verifier_crashed, unless valid events fail as well (``beside_delivery``): inconclusive;
* any other answer, or none: inconclusive. That a listener is down is never said here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from monitor.core.judge.delivery import retry_after
from monitor.core.judge.expectation import TURNED_AWAY, broken_rule, is_html_page, status_matches
from monitor.core.judge.phrases import answer_in_words
from monitor.core.judge.verdicts import accepted, degraded, inconclusive
from monitor.core.model import Check, FaultDomain, Monitor, Reason, Reply, Severity, Status, Verdict

ACKNOWLEDGED = frozenset({Reason.ACCEPTED, Reason.SLOW})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """What was sent, what it means when it is accepted, and how loudly to say so."""

    sent: str
    accepted: Reason
    why: str
    severity: Severity = Severity.CRITICAL
    crashed: Severity = Severity.MINOR


QUESTIONS: Mapping[Check, _Question] = {
    Check.FORGED: _Question(
        sent="a forged event",
        accepted=Reason.FORGERY_ACCEPTED,
        why="it was signed with a key the listener cannot know",
    ),
    Check.TAMPERED: _Question(
        sent="a tampered event",
        accepted=Reason.TAMPERING_ACCEPTED,
        why="a value was changed after it was signed",
    ),
    Check.UNSIGNED: _Question(
        sent="an unsigned event",
        accepted=Reason.UNSIGNED_ACCEPTED,
        why="it carried no signature at all",
        crashed=Severity.NOTE,  # many official verifiers throw here
    ),
    Check.STALE: _Question(
        sent="a stale event",
        accepted=Reason.STALE_ACCEPTED,
        why="it was signed longer ago than the provider's own libraries allow, so events can be replayed",
        severity=Severity.WARNING,
    ),
    Check.MALFORMED: _Question(
        sent="an event with garbage for a signature",
        accepted=Reason.FORGERY_ACCEPTED,
        why="whatever stands where the signature should be is accepted",
        crashed=Severity.NOTE,
    ),
}


def judge_hostile(check: Check, reply: Reply, monitor: Monitor) -> Verdict:
    """Judge the answer to a hostile event by the rules above."""
    question = QUESTIONS[check]
    if reply.failure is not None:
        return inconclusive(f"{question.sent} got no answer: {reply.failure.message}")
    status, words = reply.http_status or 0, f"{answer_in_words(reply)} to {question.sent}"
    listed = status_matches(status, monitor.expect.statuses)
    asked_for = listed and not status_matches(status, monitor.provider.expect.statuses)
    if status // 100 == 2 or (status // 100 == 3 and asked_for):
        return _acknowledged(reply, monitor, question, words)
    if status in TURNED_AWAY:
        return inconclusive(f"{words}: turned away unread", retry_after=retry_after(reply))
    if listed:
        return inconclusive(f"{words}: a valid event may get the same answer, so nothing is proved")
    return _not_acknowledged(status, question, words)


def _not_acknowledged(status: int, question: _Question, words: str) -> Verdict:
    if status // 100 == 4:
        return refused(words)
    if status // 100 == 5:
        crashed = f"{words}: not accepted, but not refused either"
        return degraded(Reason.VERIFIER_CRASHED, crashed, question.crashed)
    return inconclusive(f"{words}: neither accepted nor refused")


def _acknowledged(reply: Reply, monitor: Monitor, question: _Question, words: str) -> Verdict:
    """A listener that verifies nothing answers both alike; an answer that breaks a rule told them apart."""
    if not monitor.expect.html_allowed and is_html_page(reply):
        return inconclusive(f"{words} with an HTML page: something else answers at this URL")
    if broken := broken_rule(reply, monitor.expect):
        return refused(f"{words}, and that is no acknowledgement: {broken}")
    return Verdict(
        status=Status.DOWN,
        reason=question.accepted,
        message=f"{words}: {question.why}",
        severity=question.severity,
        fault_domain=FaultDomain.LISTENER,
    )


def judge_nonsense(reply: Reply) -> Verdict:
    """Judge the answer to a rightly signed body that is not JSON: anything but a crash will do."""
    sent = "a signed body that is not JSON"
    if reply.failure is not None:
        return inconclusive(f"{sent} got no answer: {reply.failure.message}")
    status, words = reply.http_status or 0, f"{answer_in_words(reply)} to {sent}"
    if status in TURNED_AWAY:
        return inconclusive(f"{words}: turned away unread", retry_after=retry_after(reply))
    if status // 100 == 5:
        return degraded(Reason.VERIFIER_CRASHED, words, Severity.NOTE)
    return accepted(words) if status // 100 == 2 else refused(words)


def refused(message: str) -> Verdict:
    return Verdict(status=Status.UP, reason=Reason.REFUSED, message=message)


def beside_delivery(check: Check, verdict: Verdict, delivery: Reason | None) -> Verdict:
    """Return the verdict in the light of the last delivery.

    What fails on every event verifies nothing, and it is not its spacing that is refused; what accepts
    forged events beside valid ones does not verify either.
    """
    failing = delivery is not None and delivery not in ACKNOWLEDGED
    of_all = verdict.reason is Reason.VERIFIER_CRASHED or (check is Check.FIDELITY and not verdict.good)
    if failing and of_all and verdict.fault_domain is FaultDomain.LISTENER:
        return inconclusive(f"{verdict.message}; but a valid event fails as well")
    if verdict.reason is Reason.FORGERY_ACCEPTED and delivery in ACKNOWLEDGED:
        return replace(verdict, diagnosis="Valid and forged events are accepted alike: verification is off.")
    return verdict


def receipt_decides(verdict: Verdict) -> Verdict:
    """Return the verdict on a listener that verifies after its answer: what it accepts says nothing yet."""
    if verdict.status is not Status.DOWN:
        return verdict
    return inconclusive(f"{verdict.message.partition(': ')[0]}: it verifies later, so only a receipt tells")


def silent(message: str) -> Verdict:
    """A hostile event was taken in, and has come out nowhere."""
    return refused(f"{message.partition(':')[0]}, and it has not come out at the far end")
