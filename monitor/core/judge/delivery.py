"""Delivery: does the listener accept a valid event, by the provider's rule and within its deadline?"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from monitor.core.judge.expectation import broken_rule, is_html_page, status_matches
from monitor.core.judge.phrases import DOING, answer_in_words, in_words, status_in_words
from monitor.core.judge.verdicts import accepted, degraded, down, own_fault
from monitor.core.model import (
    Expectation,
    Failure,
    FailureKind,
    FaultDomain,
    Monitor,
    Phase,
    Reason,
    Reply,
    Severity,
    Status,
    Verdict,
)

LONGEST_RETRY_AFTER = timedelta(minutes=5)

# What the door saw → reason, and whose fault it is. LOCAL and TIMED_OUT have functions of their own.
FAILURES: dict[FailureKind, tuple[Reason, FaultDomain]] = {
    FailureKind.NAME_NOT_FOUND: (Reason.DNS, FaultDomain.LISTENER),
    FailureKind.RESOLVER_FAILED: (Reason.DNS, FaultDomain.UNSURE),
    FailureKind.REFUSED: (Reason.CONNECT, FaultDomain.LISTENER),
    FailureKind.UNREACHABLE: (Reason.CONNECT, FaultDomain.UNSURE),
    FailureKind.TLS_FAILED: (Reason.TLS, FaultDomain.LISTENER),
    FailureKind.RESET: (Reason.PROTOCOL, FaultDomain.UNSURE),
    FailureKind.BROKEN_ANSWER: (Reason.PROTOCOL, FaultDomain.LISTENER),
}

# Before a connection stood, the silence may be in our own network; afterwards it is the listener's.
UNSURE_PHASES = frozenset({Phase.RESOLVE, Phase.CONNECT})

# Statuses with a reason of their own; the rest go by class. ``expect.refusals`` come before both.
STATUSES: dict[int, Reason] = {
    410: Reason.GONE,
    429: Reason.RATE_LIMITED,
}
CLASSES: dict[int, Reason] = {
    2: Reason.WRONG_ANSWER,
    3: Reason.REDIRECTED,
    4: Reason.CLIENT_ERROR,
    5: Reason.SERVER_ERROR,
}
MEANING: dict[Reason, str] = {
    Reason.SIGNATURE_REFUSED: " to a correctly signed event",
    Reason.GONE: ": a provider may take it as the wish to get no more events",
}


def judge_delivery(reply: Reply, monitor: Monitor) -> Verdict:
    """Judge the answer to a valid event. What the operator lists as acknowledgement is one, even a 404."""
    if reply.failure is not None:
        return judge_failure(reply.failure, reply, monitor)
    if not status_matches(reply.http_status or 0, monitor.expect.statuses):
        return _other_status(reply, monitor)
    return _wrong_answer(reply, monitor.expect) or _in_time(reply, monitor.expect)


def judge_upstream(reply: Reply, monitor: Monitor) -> Verdict:
    """Judge what stands before listeners: it answers, or where no more is asked, it can be connected to."""
    if reply.failure is None and reply.http_status is None:
        return accepted(f"took the connection in {in_words(reply.phases.total)}")
    return judge_delivery(reply, monitor)


def acknowledges(reply: Reply, monitor: Monitor) -> bool:
    """Return whether an answer is an acknowledgement, in time or late."""
    if reply.failure is not None or not status_matches(reply.http_status or 0, monitor.expect.statuses):
        return False
    return _wrong_answer(reply, monitor.expect) is None


# --- an acknowledgement -------------------------------------------------------------------------------------


def _wrong_answer(reply: Reply, expect: Expectation) -> Verdict | None:
    """The status is right. Is the rest? Asked before the clock: being late would not make it right."""
    success = (reply.http_status or 0) // 100 == 2
    if success and not expect.html_allowed and is_html_page(reply):
        words = f"{answer_in_words(reply)} with an HTML page: something else answers at this URL"
        return down(Reason.WRONG_ANSWER, words)
    if problem := broken_rule(reply, expect):
        return down(Reason.WRONG_ANSWER, f"{answer_in_words(reply)}, but {problem}")
    return None


def _in_time(reply: Reply, expect: Expectation) -> Verdict:
    """Judge by the whole time, look-up and handshakes included: that is what the provider waits for."""
    took, deadline = reply.phases.total, expect.within.total_seconds()
    if took > deadline:
        status = status_in_words(reply.http_status or 0)
        words = f"answered {status} after {in_words(took)}: the provider gave up at {in_words(deadline)}"
        return down(Reason.TIMEOUT, words)
    if took > deadline * expect.warning_share:
        words = f"{answer_in_words(reply)}: slow, the provider gives up at {in_words(deadline)}"
        return degraded(Reason.SLOW, words)
    return accepted(answer_in_words(reply))


# --- another answer -----------------------------------------------------------------------------------------


def _other_status(reply: Reply, monitor: Monitor) -> Verdict:
    status = reply.http_status or 0
    reason = STATUSES.get(status) or CLASSES.get(status // 100, Reason.PROTOCOL)
    if status_matches(status, monitor.expect.refusals):
        reason = Reason.SIGNATURE_REFUSED
    if reason is Reason.RATE_LIMITED:
        return _rate_limited(reply, monitor)
    if reason is Reason.REDIRECTED and monitor.expect.follows_redirects:
        return degraded(reason, f"{answer_in_words(reply)}{_followed(reply, monitor.expect)}")
    return down(reason, f"{answer_in_words(reply)}{_meaning(reason, reply, monitor)}")


def _meaning(reason: Reason, reply: Reply, monitor: Monitor) -> str:
    if reason is Reason.REDIRECTED:
        target = reply.header("location")
        return f" to {target}: the provider does not follow redirects" if target else ""
    if reason is Reason.WRONG_ANSWER:
        return f": the provider counts only {' or '.join(monitor.expect.statuses)}"
    if reason is Reason.SIGNATURE_REFUSED and is_html_page(reply):
        return " with an HTML page: a firewall may have refused it before the listener saw it"
    return MEANING.get(reason, "")


def _followed(reply: Reply, expect: Expectation) -> str:
    """The provider goes where we do not: whether the event arrives there, we have not seen."""
    target = reply.header("location")
    follows = f"the provider follows at most {expect.follows_redirects}, and waits no longer for it"
    return f" to {target}: {follows}" if target else f": {follows}"


def _rate_limited(reply: Reply, monitor: Monitor) -> Verdict:
    """A provider that tries again loses nothing yet; of the others we must think they do not."""
    asked = retry_after(reply)
    words = answer_in_words(reply)
    if asked:
        words += f" and asks to stay away for {in_words(asked.total_seconds())}"
    verdict = replace(down(Reason.RATE_LIMITED, words), retry_after=asked)
    if monitor.provider.policy.retries:
        return replace(verdict, status=Status.DEGRADED, severity=Severity.MINOR)
    return verdict


def retry_after(reply: Reply) -> timedelta | None:
    """Return how long the listener asked us to stay away: at most five minutes; None: it did not."""
    asked = (reply.header("retry-after") or "").strip()
    if asked.isascii() and asked.isdecimal():
        # More than five digits are nonsense, or an attack on our arithmetic.
        wait = timedelta(seconds=int(asked)) if len(asked) <= 5 else LONGEST_RETRY_AFTER
    else:
        until = _date(asked)
        if until is None:
            return None
        wait = until - reply.started_at - timedelta(seconds=reply.phases.total)
    return min(wait, LONGEST_RETRY_AFTER) if wait > timedelta(0) else None


def _date(text: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(text)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


# --- no answer ----------------------------------------------------------------------------------------------


def judge_failure(failure: Failure, reply: Reply, monitor: Monitor) -> Verdict:
    """Judge that there is no complete answer: what the door saw, and whose fault that is."""
    if failure.kind is FailureKind.LOCAL:
        return own_fault(f"this probe could not be sent: {failure.message}")
    if failure.kind is FailureKind.TIMED_OUT:
        return _timed_out(failure, monitor)
    reason, domain = FAILURES[failure.kind]
    return down(reason, f"{failure.message}, after {in_words(reply.phases.total)}", domain)


def _timed_out(failure: Failure, monitor: Monitor) -> Verdict:
    waited = in_words(monitor.timeout.total_seconds())
    deadline = in_words(monitor.expect.within.total_seconds())
    words = f"no answer in {waited} {DOING[failure.phase]} (the provider waits {deadline})"
    domain = FaultDomain.UNSURE if failure.phase in UNSURE_PHASES else FaultDomain.LISTENER
    return down(Reason.TIMEOUT, words, domain)
