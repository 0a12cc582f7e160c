"""Judging forged events and certificates: what was asked is whether it was refused, and how long it holds."""

from datetime import timedelta
from typing import Any

import pytest

from monitor.core.judge import beside_delivery, judge, judge_nonsense
from monitor.core.model import (
    HOSTILE,
    Check,
    Expectation,
    FailureKind,
    FaultDomain,
    Phase,
    Reason,
    Reply,
    Severity,
    Status,
    Verdict,
)
from monitor.core.providers import PROVIDERS
from tests.makers import NOON, a_failed_reply, a_monitor, a_reply

PAGE = "<!doctype html><title>Log in</title>"


def forged(reply: Reply, **rules: Any) -> Verdict:
    return judge(Check.FORGED, reply, a_monitor(expect=Expectation(**rules)))


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (200, Reason.FORGERY_ACCEPTED),
        (202, Reason.FORGERY_ACCEPTED),
        (204, Reason.FORGERY_ACCEPTED),
        (301, Reason.INCONCLUSIVE),
        (302, Reason.INCONCLUSIVE),
        (400, Reason.REFUSED),
        (401, Reason.REFUSED),
        (403, Reason.REFUSED),
        (404, Reason.REFUSED),
        (408, Reason.INCONCLUSIVE),
        (410, Reason.REFUSED),
        (422, Reason.REFUSED),
        (429, Reason.INCONCLUSIVE),
        (500, Reason.VERIFIER_CRASHED),
        (503, Reason.VERIFIER_CRASHED),
        (199, Reason.INCONCLUSIVE),
        (777, Reason.INCONCLUSIVE),
    ],
)
def test_a_forged_event_must_be_refused(status: int, reason: Reason) -> None:
    assert forged(a_reply(status)).reason is reason


def test_an_accepted_forgery_is_critical() -> None:
    verdict = forged(a_reply(200))
    assert (verdict.status, verdict.severity) == (Status.DOWN, Severity.CRITICAL)
    assert verdict.fault_domain is FaultDomain.LISTENER


def test_a_crash_is_minor_a_refusal_is_good() -> None:
    crash, refusal = forged(a_reply(500)), forged(a_reply(400))
    assert (crash.status, crash.severity) == (Status.DEGRADED, Severity.MINOR)
    assert (refusal.status, refusal.severity, refusal.fault_domain) == (Status.UP, None, None)


@pytest.mark.parametrize("kind", list(FailureKind))
@pytest.mark.parametrize("phase", list(Phase))
def test_a_listener_that_is_down_is_not_blamed_for_forgeries(kind: FailureKind, phase: Phase) -> None:
    verdict = forged(a_failed_reply(kind, phase))
    assert (verdict.status, verdict.reason) == (Status.UNKNOWN, Reason.INCONCLUSIVE)
    assert (verdict.severity, verdict.fault_domain) == (None, None)


def test_a_rate_limited_forgery_stays_away_as_asked() -> None:
    verdict = forged(a_reply(429, headers=(("retry-after", "30"),)))
    assert verdict.retry_after == timedelta(seconds=30)


def test_a_page_says_that_something_else_answers() -> None:
    assert forged(a_reply(200, body=PAGE)).reason is Reason.INCONCLUSIVE
    assert forged(a_reply(200, body=PAGE), html_allowed=True).reason is Reason.FORGERY_ACCEPTED


def test_a_success_that_says_no_in_its_body_is_a_refusal() -> None:
    rules = {"json": (("ok", True),)}
    assert forged(a_reply(200, body='{"ok": false}'), **rules).reason is Reason.REFUSED
    assert forged(a_reply(200, body='{"ok": true}'), **rules).reason is Reason.FORGERY_ACCEPTED


def test_a_success_other_than_the_listed_one_is_still_a_success() -> None:
    assert forged(a_reply(200), statuses=("202",)).reason is Reason.FORGERY_ACCEPTED


def test_a_redirect_that_acknowledges_valid_events_acknowledges_forged_ones() -> None:
    assert forged(a_reply(302), statuses=("302",)).reason is Reason.FORGERY_ACCEPTED


def test_a_redirect_that_only_the_provider_takes_for_an_acknowledgement_proves_nothing() -> None:
    """A proxy or a login in front redirects a forged event as well, and verifies none."""
    row = PROVIDERS["woocommerce"]
    monitor = a_monitor(provider=row, expect=row.expect)
    assert judge(Check.FORGED, a_reply(302), monitor).reason is Reason.INCONCLUSIVE
    assert judge(Check.DELIVERY, a_reply(302), monitor).reason is Reason.ACCEPTED


@pytest.mark.parametrize("status", [400, 404, 500])
def test_an_error_that_valid_events_get_too_proves_nothing(status: int) -> None:
    assert forged(a_reply(status), statuses=("2xx", str(status))).reason is Reason.INCONCLUSIVE


# --- the other hostile questions ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("check", "reason", "severity", "crash"),
    [
        (Check.FORGED, Reason.FORGERY_ACCEPTED, Severity.CRITICAL, Severity.MINOR),
        (Check.TAMPERED, Reason.TAMPERING_ACCEPTED, Severity.CRITICAL, Severity.MINOR),
        (Check.UNSIGNED, Reason.UNSIGNED_ACCEPTED, Severity.CRITICAL, Severity.NOTE),
        (Check.STALE, Reason.STALE_ACCEPTED, Severity.WARNING, Severity.MINOR),
        (Check.MALFORMED, Reason.FORGERY_ACCEPTED, Severity.CRITICAL, Severity.NOTE),
    ],
)
def test_each_question_has_three_answers(
    check: Check, reason: Reason, severity: Severity, crash: Severity
) -> None:
    refused, crashed, accepted = (judge(check, a_reply(status), a_monitor()) for status in (401, 500, 200))
    assert (refused.status, refused.reason, refused.severity) == (Status.UP, Reason.REFUSED, None)
    assert (crashed.status, crashed.reason) == (Status.DEGRADED, Reason.VERIFIER_CRASHED)
    assert crashed.severity is crash
    assert (accepted.status, accepted.reason, accepted.severity) == (Status.DOWN, reason, severity)


@pytest.mark.parametrize("check", sorted(HOSTILE))
@pytest.mark.parametrize(
    "reply",
    [
        *(a_reply(status) for status in (100, 301, 302, 307, 408, 429, 600)),
        a_reply(200, body=PAGE),
        *(a_failed_reply(kind) for kind in FailureKind),
    ],
)
def test_what_is_neither_answers_no_question(check: Check, reply: Reply) -> None:
    verdict = judge(check, reply, a_monitor())
    assert (verdict.status, verdict.reason, verdict.fault_domain) == (
        Status.UNKNOWN,
        Reason.INCONCLUSIVE,
        None,
    )


@pytest.mark.parametrize(
    ("reply", "reason", "severity"),
    [
        (a_reply(400), Reason.REFUSED, None),
        (a_reply(200), Reason.ACCEPTED, None),
        (a_reply(500), Reason.VERIFIER_CRASHED, Severity.NOTE),
        (a_reply(429), Reason.INCONCLUSIVE, None),
        (a_reply(408), Reason.INCONCLUSIVE, None),
        *((a_failed_reply(kind), Reason.INCONCLUSIVE, None) for kind in FailureKind),
    ],
)
def test_a_signed_body_that_is_not_json_may_get_any_answer_but_a_crash(
    reply: Reply, reason: Reason, severity: Severity | None
) -> None:
    verdict = judge_nonsense(reply)
    assert (verdict.reason, verdict.severity) == (reason, severity)


@pytest.mark.parametrize("check", sorted(HOSTILE))
@pytest.mark.parametrize(
    ("delivery", "reason"),
    [
        (Reason.ACCEPTED, Reason.VERIFIER_CRASHED),
        (Reason.SLOW, Reason.VERIFIER_CRASHED),
        (None, Reason.VERIFIER_CRASHED),
        (Reason.SERVER_ERROR, Reason.INCONCLUSIVE),
        (Reason.OWN_FAULT, Reason.INCONCLUSIVE),
    ],
)
def test_a_crash_on_every_event_is_not_the_verifiers(
    check: Check, delivery: Reason | None, reason: Reason
) -> None:
    crash = judge(check, a_reply(500), a_monitor())
    assert beside_delivery(check, crash, delivery).reason is reason


def test_an_accepted_forgery_beside_a_valid_event_means_that_verification_is_off() -> None:
    accepted = forged(a_reply(200))
    assert "verification is off" in beside_delivery(Check.FORGED, accepted, Reason.ACCEPTED).diagnosis
    assert beside_delivery(Check.FORGED, accepted, Reason.CLIENT_ERROR) == accepted
    assert beside_delivery(Check.FORGED, forged(a_reply(401)), Reason.SERVER_ERROR).good


# --- certificate --------------------------------------------------------------------------------------------


def certificate(left: timedelta) -> Verdict:
    reply = a_reply(None, certificate_expires_at=NOON + left)
    return judge(Check.CERTIFICATE, reply, a_monitor())


@pytest.mark.parametrize(
    ("left", "status", "reason", "severity"),
    [
        (timedelta(days=90), Status.UP, Reason.ACCEPTED, None),
        (timedelta(days=14, seconds=1), Status.UP, Reason.ACCEPTED, None),
        (timedelta(days=14), Status.DEGRADED, Reason.CERTIFICATE_EXPIRING, Severity.WARNING),
        (timedelta(days=3, seconds=1), Status.DEGRADED, Reason.CERTIFICATE_EXPIRING, Severity.WARNING),
        (timedelta(days=3), Status.DEGRADED, Reason.CERTIFICATE_EXPIRING, Severity.MINOR),
        (timedelta(seconds=1), Status.DEGRADED, Reason.CERTIFICATE_EXPIRING, Severity.MINOR),
        (timedelta(0), Status.DOWN, Reason.CERTIFICATE_EXPIRED, Severity.MAJOR),
        (timedelta(days=-400), Status.DOWN, Reason.CERTIFICATE_EXPIRED, Severity.MAJOR),
    ],
)
def test_a_certificate_is_judged_by_what_is_left(
    left: timedelta, status: Status, reason: Reason, severity: Severity | None
) -> None:
    verdict = certificate(left)
    assert (verdict.status, verdict.reason, verdict.severity) == (status, reason, severity)


@pytest.mark.parametrize(
    ("left", "message"),
    [
        (timedelta(days=81, hours=3), "the certificate holds for 81 days, until 2026-05-21 15:00 UTC"),
        (timedelta(days=1), "the certificate expires in 1 day, on 2026-03-02 12:00 UTC"),
        (timedelta(hours=5), "the certificate expires in 5 h, on 2026-03-01 17:00 UTC"),
        (-timedelta(minutes=12), "the certificate expired on 2026-03-01 11:48 UTC, 12 min ago"),
    ],
)
def test_a_certificate_says_how_long(left: timedelta, message: str) -> None:
    assert certificate(left).message == message


def test_an_expired_certificate_is_read_even_where_the_handshake_failed() -> None:
    reply = a_failed_reply(FailureKind.TLS_FAILED, Phase.TLS, certificate_expires_at=NOON)
    assert judge(Check.CERTIFICATE, reply, a_monitor()).reason is Reason.CERTIFICATE_EXPIRED


@pytest.mark.parametrize("kind", list(FailureKind))
def test_a_certificate_nobody_could_read_is_nobodys_fault(kind: FailureKind) -> None:
    verdict = judge(Check.CERTIFICATE, a_failed_reply(kind), a_monitor())
    assert (verdict.reason, verdict.fault_domain) == (Reason.INCONCLUSIVE, None)


def test_without_tls_there_is_nothing_to_look_at() -> None:
    verdict = judge(Check.CERTIFICATE, a_reply(None), a_monitor(url="HTTP://localhost:8000/hook"))
    assert (verdict.status, verdict.reason) == (Status.UNKNOWN, Reason.SKIPPED)
