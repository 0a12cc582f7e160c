"""Judging deliveries: each answer a listener can give, and each way of giving none."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.judge import in_words, judge, own_fault, settle, skipped
from monitor.core.model import (
    Check,
    Expectation,
    FailureKind,
    FaultDomain,
    Monitor,
    Phase,
    Phases,
    Policy,
    Reason,
    Reply,
    Retry,
    Severity,
    Status,
    Verdict,
)
from tests.makers import a_failed_reply, a_monitor, a_provider, a_reply

PAGE = "<!DOCTYPE html><html><title>Log in</title>"


def delivered(reply: Reply, monitor: Monitor | None = None) -> Verdict:
    return judge(Check.DELIVERY, reply, monitor or a_monitor())


def expecting(**rules: Any) -> Monitor:
    return a_monitor(expect=Expectation(**rules))


def taking(seconds: float) -> Phases:
    return Phases(connect=0.0, wait=seconds, receive=0.0)


@pytest.mark.parametrize(
    ("status", "reason", "says"),
    [
        (199, Reason.PROTOCOL, "answered 199 in"),
        (302, Reason.REDIRECTED, "answered 302 Found in"),
        (304, Reason.REDIRECTED, "answered 304 Not Modified"),
        (400, Reason.CLIENT_ERROR, "answered 400 Bad Request"),
        (401, Reason.SIGNATURE_REFUSED, "401 Unauthorized in 65 ms to a correctly signed event"),
        (403, Reason.SIGNATURE_REFUSED, "403 Forbidden in 65 ms to a correctly signed event"),
        (404, Reason.CLIENT_ERROR, "answered 404 Not Found"),
        (410, Reason.GONE, "410 Gone in 65 ms: a provider may take it as the wish to get no more"),
        (429, Reason.RATE_LIMITED, "429 Too Many Requests"),
        (499, Reason.CLIENT_ERROR, "answered 499 in"),
        (500, Reason.SERVER_ERROR, "500 Internal Server Error"),
        (503, Reason.SERVER_ERROR, "answered 503 Service Unavailable in 65 ms"),
        (599, Reason.SERVER_ERROR, "answered 599 in"),
        (777, Reason.PROTOCOL, "answered 777 in"),
    ],
)
def test_an_answer_that_is_no_acknowledgement_is_the_listeners_fault(
    status: int, reason: Reason, says: str
) -> None:
    verdict = delivered(a_reply(status))
    assert (verdict.status, verdict.reason) == (Status.DOWN, reason)
    assert (verdict.severity, verdict.fault_domain) == (Severity.MAJOR, FaultDomain.LISTENER)
    assert says in verdict.message


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_success_is_an_acknowledgement_unless_the_provider_is_stricter(status: int) -> None:
    assert delivered(a_reply(status)) == Verdict(
        status=Status.UP, reason=Reason.ACCEPTED, message=delivered(a_reply(status)).message
    )
    strict = delivered(a_reply(status), expecting(statuses=("203",)))
    assert strict.reason is Reason.WRONG_ANSWER
    assert strict.message.endswith("in 65 ms: the provider counts only 203")


@pytest.mark.parametrize("status", [302, 401, 404, 410, 429, 500])
def test_what_the_operator_lists_as_acknowledgement_is_one(status: int) -> None:
    assert delivered(a_reply(status), expecting(statuses=("2xx", str(status)))).good
    assert delivered(a_reply(status), expecting(statuses=(f"{status // 100}xx",))).good
    assert not delivered(a_reply(200), expecting(statuses=(str(status),))).good


@pytest.mark.parametrize(
    ("seconds", "reason", "says"),
    [
        (5.0, Reason.ACCEPTED, "answered 200 OK in 5 s"),
        (5.01, Reason.SLOW, "answered 200 OK in 5.01 s: slow, the provider gives up at 10 s"),
        (10.0, Reason.SLOW, "answered 200 OK in 10 s: slow"),
        (10.2, Reason.TIMEOUT, "answered 200 OK after 10.2 s: the provider gave up at 10 s"),
    ],
)
def test_an_acknowledgement_is_measured_against_the_deadline(
    seconds: float, reason: Reason, says: str
) -> None:
    verdict = delivered(a_reply(phases=taking(seconds)), a_monitor(timeout=timedelta(seconds=30)))
    assert verdict.reason is reason
    assert verdict.message.startswith(says)


def test_slow_is_minor_and_the_listeners_own() -> None:
    verdict = delivered(a_reply(phases=taking(6)))
    assert (verdict.status, verdict.severity) == (Status.DEGRADED, Severity.MINOR)
    assert verdict.fault_domain is FaultDomain.LISTENER


def test_the_warning_share_is_the_operators() -> None:
    assert delivered(a_reply(phases=taking(6)), expecting(warning_share=0.9)).good
    assert not delivered(a_reply(phases=taking(6)), expecting(warning_share=0.1)).good


def test_time_is_counted_from_the_look_up_of_the_name() -> None:
    phases = Phases(resolve=2.0, connect=2.0, tls=2.0, send=2.0, wait=1.0, receive=1.5)
    assert delivered(a_reply(phases=phases)).reason is Reason.TIMEOUT


def test_a_late_error_is_an_error_not_a_timeout() -> None:
    assert delivered(a_reply(503, phases=taking(12))).reason is Reason.SERVER_ERROR
    assert delivered(a_reply(200, body=PAGE, phases=taking(12))).reason is Reason.WRONG_ANSWER


def test_a_redirect_says_where_to() -> None:
    verdict = delivered(a_reply(308, headers=(("location", "https://www.example.com/hooks/"),)))
    assert verdict.message == (
        "answered 308 Permanent Redirect in 65 ms to https://www.example.com/hooks/: "
        "the provider does not follow redirects"
    )


def test_a_redirect_without_a_target_is_one_all_the_same() -> None:
    verdict = delivered(a_reply(304))
    assert verdict.message == "answered 304 Not Modified in 65 ms"


def test_a_refusal_with_a_page_may_be_a_firewalls() -> None:
    verdict = delivered(a_reply(403, body=PAGE))
    assert verdict.reason is Reason.SIGNATURE_REFUSED
    assert "a firewall may have refused it" in verdict.message


@pytest.mark.parametrize("retry", [Retry(attempts=0), None])
def test_rate_limiting_loses_events_of_a_provider_not_known_to_retry(retry: Retry | None) -> None:
    verdict = delivered(a_reply(429), a_monitor(provider=a_provider(policy=Policy(retry=retry))))
    assert (verdict.status, verdict.severity) == (Status.DOWN, Severity.MAJOR)


def test_rate_limiting_only_delays_events_of_a_provider_that_retries() -> None:
    verdict = delivered(a_reply(429), a_monitor(provider=a_provider(policy=Policy(retry=Retry()))))
    assert (verdict.status, verdict.severity) == (Status.DEGRADED, Severity.MINOR)
    assert verdict.fault_domain is FaultDomain.LISTENER


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("7", 7),
        (" 120 ", 120),
        ("300", 300),
        ("86400", 300),
        ("9" * 5000, 300),
        ("0", None),
        ("-5", None),
        ("1.5", None),
        ("", None),
        ("soon", None),
        ("²", None),
        ("Sun, 01 Mar 2026 12:01:00 GMT", 60 - 0.065),
        ("Sun, 01 Mar 2026 13:01:00 +0100", 60 - 0.065),
        ("Sunday, 01-Mar-26 12:01:00 GMT", 60 - 0.065),
        ("Sun, 01 Mar 2026 12:01:00 -0000", 60 - 0.065),
        ("Mon, 02 Mar 2026 12:00:00 GMT", 300),
        ("Sun, 01 Mar 2026 11:00:00 GMT", None),
        ("Fri, 31 Dec 9999 23:59:59 -1200", None),
        ("Sun, 32 Mar 2026 12:01:00 GMT", None),
    ],
)
def test_the_wish_to_be_left_alone_is_honoured_for_five_minutes(asked: str, seconds: float | None) -> None:
    verdict = delivered(a_reply(429, headers=(("retry-after", asked),)))
    expected = None if seconds is None else timedelta(seconds=seconds)
    assert verdict.retry_after == expected
    assert ("asks to stay away" in verdict.message) is (expected is not None)


@given(st.text(max_size=60))
def test_no_wish_breaks_the_judge(asked: str) -> None:
    wait = delivered(a_reply(429, headers=(("retry-after", asked),))).retry_after
    assert wait is None or timedelta(0) < wait <= timedelta(minutes=5)


def test_only_rate_limiting_keeps_us_away() -> None:
    assert delivered(a_reply(503, headers=(("retry-after", "60"),))).retry_after is None


UNSURE, THEIRS = FaultDomain.UNSURE, FaultDomain.LISTENER


@pytest.mark.parametrize(
    ("kind", "phase", "reason", "domain"),
    [
        (FailureKind.NAME_NOT_FOUND, Phase.RESOLVE, Reason.DNS, THEIRS),
        (FailureKind.RESOLVER_FAILED, Phase.RESOLVE, Reason.DNS, UNSURE),
        (FailureKind.REFUSED, Phase.CONNECT, Reason.CONNECT, THEIRS),
        (FailureKind.UNREACHABLE, Phase.CONNECT, Reason.CONNECT, UNSURE),
        (FailureKind.TLS_FAILED, Phase.TLS, Reason.TLS, THEIRS),
        (FailureKind.RESET, Phase.TLS, Reason.PROTOCOL, UNSURE),
        (FailureKind.RESET, Phase.WAIT, Reason.PROTOCOL, UNSURE),
        (FailureKind.BROKEN_ANSWER, Phase.RECEIVE, Reason.PROTOCOL, THEIRS),
        (FailureKind.TIMED_OUT, Phase.RESOLVE, Reason.TIMEOUT, UNSURE),
        (FailureKind.TIMED_OUT, Phase.CONNECT, Reason.TIMEOUT, UNSURE),
        (FailureKind.TIMED_OUT, Phase.TLS, Reason.TIMEOUT, THEIRS),
        (FailureKind.TIMED_OUT, Phase.SEND, Reason.TIMEOUT, THEIRS),
        (FailureKind.TIMED_OUT, Phase.WAIT, Reason.TIMEOUT, THEIRS),
        (FailureKind.TIMED_OUT, Phase.RECEIVE, Reason.TIMEOUT, THEIRS),
    ],
)
def test_no_answer_is_blamed_on_the_listener_only_where_it_must_be(
    kind: FailureKind, phase: Phase, reason: Reason, domain: FaultDomain
) -> None:
    verdict = delivered(a_failed_reply(kind, phase))
    assert (verdict.status, verdict.reason) == (Status.DOWN, reason)
    assert verdict.fault_domain is domain


def test_a_timeout_says_how_far_we_came_and_how_long_the_provider_waits() -> None:
    verdict = delivered(
        a_failed_reply(FailureKind.TIMED_OUT, Phase.WAIT), expecting(within=timedelta(seconds=30))
    )
    assert verdict.message == "no answer in 10 s while waiting for the answer (the provider waits 30 s)"


def test_our_own_trouble_is_never_the_listeners() -> None:
    verdict = delivered(a_failed_reply(FailureKind.LOCAL, Phase.CONNECT))
    assert (verdict.status, verdict.reason) == (Status.UNKNOWN, Reason.OWN_FAULT)
    assert (verdict.severity, verdict.fault_domain) == (None, FaultDomain.OURS)


def test_every_failure_in_every_phase_gets_a_verdict() -> None:
    for check in Check:
        for kind in FailureKind:
            for phase in Phase:
                assert judge(check, a_failed_reply(kind, phase), a_monitor()).message


# --- settling -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seen", [True, None])
def test_an_unsure_failure_is_the_listeners_when_the_outside_answers_or_nobody_can_tell(
    seen: bool | None,  # noqa: FBT001  a case
) -> None:
    unsure = delivered(a_failed_reply(FailureKind.UNREACHABLE))
    assert settle(unsure, seen=seen) == replace(unsure, fault_domain=FaultDomain.LISTENER)


def test_an_unsure_failure_is_ours_when_every_canary_is_away() -> None:
    settled = settle(delivered(a_failed_reply(FailureKind.UNREACHABLE)), seen=False)
    assert (settled.status, settled.reason) == (Status.UNKNOWN, Reason.OWN_NETWORK)
    assert (settled.severity, settled.fault_domain) == (None, FaultDomain.OURS)
    assert "unreachable while connect" in settled.message


@pytest.mark.parametrize("seen", [True, False, None])
@pytest.mark.parametrize("status", [200, 503])
def test_what_is_certain_is_not_settled_again(status: int, seen: bool | None) -> None:  # noqa: FBT001  a case
    verdict = delivered(a_reply(status))
    assert settle(verdict, seen=seen) is verdict


def test_the_verdicts_on_ourselves_blame_nobody() -> None:
    assert own_fault("stuck").fault_domain is FaultDomain.OURS
    assert skipped("no TLS here").fault_domain is None
    assert own_fault("stuck").severity is skipped("no TLS here").severity is None


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 ms"),
        (0.0654, "65 ms"),
        (0.9996, "1 s"),
        (1.25, "1.25 s"),
        (5.04, "5.04 s"),
        (10, "10 s"),
        (30.26, "30.3 s"),
        (100, "100 s"),
    ],
)
def test_seconds_read_well(seconds: float, words: str) -> None:
    assert in_words(seconds) == words
