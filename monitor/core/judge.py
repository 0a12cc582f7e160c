"""Judging: what a reply says about its listener. Values in, a verdict out; nothing is believed here yet.

Rule 1: the fault domain comes first. What cannot be told apart from our own trouble is UNSURE, and is
settled by the canaries before anybody is blamed. Rule 2: a hostile probe is judged by whether it was refused;
that a listener is down is the delivery check's business. Rule 3: every message is one sentence for a person.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from monitor.core.model import (
    Check,
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
EXPIRY_WARNING = timedelta(days=14)
EXPIRY_URGENT = timedelta(days=3)

DOING = {
    Phase.RESOLVE: "looking up its name",
    Phase.CONNECT: "connecting",
    Phase.TLS: "in the TLS handshake",
    Phase.SEND: "sending the event",
    Phase.WAIT: "waiting for the answer",
    Phase.RECEIVE: "receiving the answer",
}

# What the door saw → reason, and whose fault it is. A timeout depends on its phase (``_timed_out``).
FAILURES: dict[FailureKind, tuple[Reason, FaultDomain]] = {
    FailureKind.NAME_NOT_FOUND: (Reason.DNS, FaultDomain.LISTENER),
    FailureKind.RESOLVER_FAILED: (Reason.DNS, FaultDomain.UNSURE),
    FailureKind.REFUSED: (Reason.CONNECT, FaultDomain.LISTENER),
    FailureKind.UNREACHABLE: (Reason.CONNECT, FaultDomain.UNSURE),
    FailureKind.TLS_FAILED: (Reason.TLS, FaultDomain.LISTENER),
    FailureKind.RESET: (Reason.PROTOCOL, FaultDomain.UNSURE),
    FailureKind.BROKEN_ANSWER: (Reason.PROTOCOL, FaultDomain.LISTENER),
}

# Statuses with a reason of their own; the rest go by class.
STATUSES: dict[int, Reason] = {
    401: Reason.SIGNATURE_REFUSED,
    403: Reason.SIGNATURE_REFUSED,
    410: Reason.GONE,
    429: Reason.RATE_LIMITED,
}
CLASSES: dict[int, Reason] = {
    1: Reason.PROTOCOL,
    2: Reason.WRONG_ANSWER,
    3: Reason.REDIRECTED,
    4: Reason.CLIENT_ERROR,
    5: Reason.SERVER_ERROR,
}


def judge(check: Check, reply: Reply, monitor: Monitor) -> Verdict:
    """Judge the reply to one check's probe."""
    return JUDGES[check](reply, monitor)


def settle(verdict: Verdict, *, seen: bool | None) -> Verdict:
    """Take an unsure verdict to its end, once the canaries have spoken.

    ``seen``: True, the outside answered us; False, every canary is away; None, nobody could tell.
    """
    if verdict.fault_domain is not FaultDomain.UNSURE:
        return verdict
    if seen is False:
        return Verdict(
            status=Status.UNKNOWN,
            reason=Reason.OWN_NETWORK,
            message=f"our own network is away ({verdict.message})",
            fault_domain=FaultDomain.OURS,
        )
    return replace(verdict, fault_domain=FaultDomain.LISTENER)


def own_fault(message: str) -> Verdict:
    """Return the verdict on ourselves: nothing is known of the listener."""
    return Verdict(
        status=Status.UNKNOWN, reason=Reason.OWN_FAULT, message=message, fault_domain=FaultDomain.OURS
    )


def skipped(message: str) -> Verdict:
    """Return the verdict on a check that cannot exist here, and why."""
    return Verdict(status=Status.UNKNOWN, reason=Reason.SKIPPED, message=message)


def answer_in_words(reply: Reply) -> str:
    """Return "answered 503 Service Unavailable in 0.2 s"."""
    return f"answered {_status_in_words(reply)} in {in_words(reply.phases.total)}"


def in_words(seconds: float) -> str:
    """Return a latency for people: "85 ms", "1.2 s", "10 s"."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    return f"{seconds:.1f} s".replace(".0 s", " s")


def _status_in_words(reply: Reply) -> str:
    code = reply.http_status or 0
    try:
        return f"{code} {HTTPStatus(code).phrase}"
    except ValueError:
        return str(code)


# --- delivery -----------------------------------------------------------------------------------------------


def _delivery(reply: Reply, monitor: Monitor) -> Verdict:
    if reply.failure is not None:
        return _failed(reply.failure, reply, monitor)
    if problem := _unacknowledged(reply, monitor.expect):
        return _refused_delivery(reply, monitor, problem)
    return _acknowledged(reply, monitor.expect)


def _acknowledged(reply: Reply, expect: Expectation) -> Verdict:
    took, deadline = reply.phases.total, expect.within.total_seconds()
    if took > deadline:
        message = f"{answer_in_words(reply)}, but the provider gives up after {in_words(deadline)}"
        return _down(Reason.TIMEOUT, message)
    if took > deadline * expect.warning_share:
        return Verdict(
            status=Status.DEGRADED,
            reason=Reason.SLOW,
            message=f"{answer_in_words(reply)}; the provider gives up after {in_words(deadline)}",
            severity=Severity.MINOR,
            fault_domain=FaultDomain.LISTENER,
        )
    return Verdict(status=Status.UP, reason=Reason.ACCEPTED, message=answer_in_words(reply))


def _unacknowledged(reply: Reply, expect: Expectation) -> str | None:
    """Return why this answer does not count as an acknowledgement, or None."""
    if not _status_matches(reply.http_status or 0, expect.statuses):
        return f"{answer_in_words(reply)}, expected {' or '.join(expect.statuses)}"
    if not expect.html_allowed and _is_html(reply):
        return f"{answer_in_words(reply)} with an HTML page: something else answers at this URL"
    if expect.body_contains is not None and expect.body_contains not in reply.body:
        return f"{answer_in_words(reply)}, but the body does not contain {expect.body_contains!r}"
    for name, value in expect.headers:
        if reply.header(name) != value:
            return f"{answer_in_words(reply)}, but the header {name} is not {value!r}"
    return _wrong_json(reply, expect)


def _status_matches(status: int, wanted: tuple[str, ...]) -> bool:
    return str(status) in wanted or f"{status // 100}xx" in wanted


def _is_html(reply: Reply) -> bool:
    content_type = (reply.header("content-type") or "").lower()
    if "html" in content_type:
        return True
    return not content_type and reply.body.lstrip()[:15].lower().startswith(("<!doctype html", "<html"))


def _wrong_json(reply: Reply, expect: Expectation) -> str | None:
    if not expect.json:
        return None
    try:
        document = json.loads(reply.body)
    except (ValueError, RecursionError):
        return f"{answer_in_words(reply)}, but the body is not JSON"
    for path, value in expect.json:
        found = json_at(document, path)
        if found != value or isinstance(found, bool) is not isinstance(value, bool):
            return f"{answer_in_words(reply)}, but {path} in the body is not {json.dumps(value)}"
    return None


def json_at(document: object, path: str) -> object:
    """Return what stands at a dotted path ("data.items.0.id"), or None."""
    here = document
    for step in path.split("."):
        if isinstance(here, dict):
            here = here.get(step)
        elif isinstance(here, list) and step.isdigit() and int(step) < len(here):
            here = here[int(step)]
        else:
            return None
    return here


def _refused_delivery(reply: Reply, monitor: Monitor, problem: str) -> Verdict:
    status = reply.http_status or 0
    reason = STATUSES.get(status, CLASSES.get(status // 100, Reason.PROTOCOL))
    if _status_matches(status, monitor.expect.statuses):
        reason = Reason.WRONG_ANSWER
    if reason is Reason.RATE_LIMITED:
        return _rate_limited(reply, monitor, problem)
    if reason is Reason.REDIRECTED and (target := reply.header("location")):
        problem = f"{answer_in_words(reply)} to {target}: the provider does not follow redirects"
    return _down(reason, problem)


def _rate_limited(reply: Reply, monitor: Monitor, problem: str) -> Verdict:
    verdict = _down(Reason.RATE_LIMITED, problem)
    verdict = replace(verdict, retry_after=retry_after(reply))
    if monitor.provider.retries:
        return replace(verdict, status=Status.DEGRADED, severity=Severity.MINOR)
    return verdict


def retry_after(reply: Reply) -> timedelta | None:
    """Return how long the listener asked us to stay away: seconds or a date, at most five minutes."""
    asked = (reply.header("retry-after") or "").strip()
    if asked.isascii() and asked.isdigit():
        return min(timedelta(seconds=min(int(asked), 86_400)), LONGEST_RETRY_AFTER)
    try:
        until = parsedate_to_datetime(asked)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return min(max(until - reply.started_at, timedelta(0)), LONGEST_RETRY_AFTER)


def _down(reason: Reason, message: str, domain: FaultDomain = FaultDomain.LISTENER) -> Verdict:
    return Verdict(
        status=Status.DOWN, reason=reason, message=message, severity=Severity.MAJOR, fault_domain=domain
    )


def _failed(failure: Failure, reply: Reply, monitor: Monitor) -> Verdict:
    if failure.kind is FailureKind.LOCAL:
        return own_fault(f"we could not send this probe: {failure.message}")
    if failure.kind is FailureKind.TIMED_OUT:
        return _timed_out(failure, monitor)
    reason, domain = FAILURES[failure.kind]
    after = in_words(reply.phases.total)
    return _down(reason, f"{failure.message} ({DOING[failure.phase]}, after {after})", domain)


def _timed_out(failure: Failure, monitor: Monitor) -> Verdict:
    """Before a connection stood, the silence may be in our own network; afterwards it is the listener's."""
    waited, deadline = monitor.timeout.total_seconds(), monitor.expect.within.total_seconds()
    message = f"no answer in {in_words(waited)}, still {DOING[failure.phase]}"
    if deadline > waited:
        message += f" (the provider waits {in_words(deadline)})"
    unsure = failure.phase in {Phase.RESOLVE, Phase.CONNECT}
    return _down(Reason.TIMEOUT, message, FaultDomain.UNSURE if unsure else FaultDomain.LISTENER)


# --- forged -------------------------------------------------------------------------------------------------


def _forged(reply: Reply, monitor: Monitor) -> Verdict:
    status = reply.http_status or 0
    if reply.failure is not None:
        return _inconclusive(f"no answer to a forged event: {reply.failure.message}")
    if status == 429:
        return replace(_inconclusive(answer_in_words(reply)), retry_after=retry_after(reply))
    if status < 400 and _status_matches(status, (*monitor.expect.statuses, "2xx")):
        return Verdict(
            status=Status.DOWN,
            reason=Reason.FORGERY_ACCEPTED,
            message=f"{answer_in_words(reply)} to an event signed with a key it cannot know",
            severity=Severity.CRITICAL,
            fault_domain=FaultDomain.LISTENER,
        )
    if status >= 500:
        return Verdict(
            status=Status.DEGRADED,
            reason=Reason.VERIFIER_CRASHED,
            message=f"{answer_in_words(reply)} to a forged event: not accepted, but not refused either",
            severity=Severity.MINOR,
            fault_domain=FaultDomain.LISTENER,
        )
    if status >= 400:
        return Verdict(
            status=Status.UP, reason=Reason.REFUSED, message=f"{answer_in_words(reply)} to a forged event"
        )
    return _inconclusive(f"{answer_in_words(reply)} to a forged event: neither accepted nor refused")


def _inconclusive(message: str) -> Verdict:
    return Verdict(status=Status.UNKNOWN, reason=Reason.INCONCLUSIVE, message=message)


# --- certificate --------------------------------------------------------------------------------------------


def _certificate(reply: Reply, _monitor: Monitor) -> Verdict:
    expires = reply.certificate_expires_at
    if expires is None:
        why = reply.failure.message if reply.failure else "none was shown"
        return _inconclusive(f"no certificate to look at: {why}")
    left = expires - reply.started_at
    if left <= timedelta(0):
        return _down(Reason.CERTIFICATE_EXPIRED, f"the certificate expired on {_day(expires)}")
    if left > EXPIRY_WARNING:
        message = f"the certificate holds until {_day(expires)}"
        return Verdict(status=Status.UP, reason=Reason.ACCEPTED, message=message)
    return Verdict(
        status=Status.DEGRADED,
        reason=Reason.CERTIFICATE_EXPIRING,
        message=f"the certificate expires on {_day(expires)}, in {left.days} d {left.seconds // 3600} h",
        severity=Severity.MINOR if left <= EXPIRY_URGENT else Severity.WARNING,
        fault_domain=FaultDomain.LISTENER,
    )


def _day(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


JUDGES: dict[Check, Callable[[Reply, Monitor], Verdict]] = {
    Check.DELIVERY: _delivery,
    Check.FORGED: _forged,
    Check.CERTIFICATE: _certificate,
}
