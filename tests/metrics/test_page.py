"""What the page says of each monitor."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.model import (
    FINDINGS,
    Check,
    CheckKey,
    CheckPlan,
    FailureKind,
    FaultDomain,
    Health,
    Monitor,
    Phase,
    Phases,
    Public,
    Reason,
    Severity,
    Snapshot,
    Status,
    Verdict,
)
from monitor.core.summary import standing
from monitor.metrics import Gauges, Metrics
from tests.makers import BAD, NOON, SECOND, a_failed_reply, a_monitor, a_reply, a_result
from tests.metrics.pages import BILLING, FORGED, a_snapshot, an_incident, one, shown

HOUR = timedelta(hours=1)


def asked(*checks: Check) -> Monitor:
    """Return a monitor that is asked just these."""
    return a_monitor(checks=tuple(CheckPlan(check=check, every=HOUR) for check in checks))


def test_the_last_delivery_probe_is_told_in_the_words_of_blackbox_exporter() -> None:
    expiry = NOON + timedelta(days=30)
    phases = Phases(resolve=0.001, connect=0.002, tls=0.01, send=0.25, wait=0.5, receive=0.125)
    series = shown(a_snapshot(a_result(reply=a_reply(phases=phases, certificate_expires_at=expiry))))
    assert one(series, "probe_success", monitor="billing") == 1
    assert one(series, "probe_http_status_code", monitor="billing") == 200
    assert one(series, "probe_duration_seconds", monitor="billing") == pytest.approx(phases.total)
    assert one(series, "probe_ssl_earliest_cert_expiry", monitor="billing") == expiry.timestamp()
    seconds = {
        phase: one(series, "probe_http_duration_seconds", monitor="billing", phase=phase)
        for phase in ("resolve", "connect", "tls", "processing", "transfer")
    }
    assert seconds == {
        "resolve": 0.001,
        "connect": 0.002,
        "tls": 0.01,
        "processing": 0.75,
        "transfer": 0.125,
    }


def test_a_probe_without_an_answer_has_status_code_zero_and_no_expiry() -> None:
    reply = a_failed_reply(FailureKind.REFUSED, Phase.CONNECT)
    verdict = replace(BAD, reason=Reason.CONNECT)
    series = shown(a_snapshot(a_result(verdict, reply=reply)))
    assert one(series, "probe_success", monitor="billing") == 0
    assert one(series, "probe_http_status_code", monitor="billing") == 0
    assert one(series, "probe_http_duration_seconds", monitor="billing", phase="processing") == 0
    assert one(series, "probe_ssl_earliest_cert_expiry", monitor="billing") is None


@pytest.mark.parametrize(
    ("reason", "success"), [(Reason.ACCEPTED, 1), (Reason.SLOW, 1), (Reason.RATE_LIMITED, 0)]
)
def test_slow_is_late_but_delivered_and_rate_limited_is_not(reason: Reason, success: int) -> None:
    verdict = Verdict(status=Status.DEGRADED, reason=reason, message="")
    assert one(shown(a_snapshot(a_result(verdict))), "probe_success", monitor="billing") == success


def test_other_checks_have_no_probe_series() -> None:
    refused = Verdict(status=Status.UP, reason=Reason.REFUSED, message="")
    series = shown(a_snapshot(a_result(refused, check=Check.FORGED)))
    assert not [name for name, _ in series if name.startswith("probe_")]


def probe_series(snapshot: Snapshot) -> list[str]:
    return [name for name, _ in shown(snapshot) if name.startswith("probe_")]


def test_a_paused_monitor_has_no_probe_series() -> None:
    assert probe_series(a_snapshot(a_result()))
    assert not probe_series(a_snapshot(a_result(), monitors=(a_monitor(enabled=False),)))


def test_a_blind_monitor_has_no_probe_series() -> None:
    blind = Verdict(
        status=Status.UNKNOWN, reason=Reason.OWN_NETWORK, message="", fault_domain=FaultDomain.OURS
    )
    assert not probe_series(a_snapshot(a_result(blind)))


def test_a_monitor_without_a_result_for_two_intervals_has_no_probe_series() -> None:
    result = a_result()
    assert probe_series(a_snapshot(result, now=NOON + timedelta(seconds=60)))
    assert not probe_series(a_snapshot(result, now=NOON + timedelta(seconds=60.001)))


@pytest.mark.parametrize(
    ("status", "value"), [(Status.UP, 1), (Status.DEGRADED, 0.5), (Status.DOWN, 0), (Status.UNKNOWN, -1)]
)
def test_a_status_is_a_number_below_zero_where_nothing_is_known(status: Status, value: float) -> None:
    series = shown(a_snapshot(healths={BILLING: Health(status=status, last_result_at=NOON)}))
    assert one(series, "webhook_monitor_check_status", monitor="billing", check="delivery") == value
    assert one(series, "webhook_monitor_status", monitor="billing") == value


def test_a_paused_monitor_says_so_and_a_silent_one_is_unknown() -> None:
    healths = {BILLING: Health(status=Status.UP, last_result_at=NOON)}
    paused = shown(a_snapshot(monitors=(a_monitor(enabled=False),), healths=healths))
    assert one(paused, "webhook_monitor_status", monitor="billing") == -3
    silent = shown(a_snapshot(healths=healths, now=NOON + timedelta(minutes=5)))
    assert one(silent, "webhook_monitor_status", monitor="billing") == -1
    assert one(silent, "webhook_monitor_check_status", monitor="billing", check="delivery") == -1


@given(st.lists(st.sampled_from(Status), min_size=3, max_size=3))
def test_a_monitor_has_the_status_that_the_summary_gives_it(statuses: list[Status]) -> None:
    healths = {
        CheckKey("billing", check): Health(status=status, last_result_at=NOON)
        for check, status in zip(Check, statuses, strict=False)
    }
    values = {
        Status.UP: 1,
        Status.DEGRADED: 0.5,
        Status.DOWN: 0,
        Status.UNKNOWN: -1,
        Status.MAINTENANCE: -2,
        Status.PAUSED: -3,
    }
    expected = standing(a_monitor(), healths, NOON + SECOND).status
    series = shown(a_snapshot(healths=healths))
    assert one(series, "webhook_monitor_status", monitor="billing") == values[expected]


def test_a_forgery_is_a_finding_and_leaves_the_status_alone() -> None:
    healths = {
        BILLING: Health(status=Status.UP, last_result_at=NOON),
        FORGED: Health(status=Status.DOWN, last_result_at=NOON),
    }
    series = shown(a_snapshot(healths=healths, incidents=(an_incident(),)))
    assert one(series, "webhook_monitor_finding", monitor="billing", check="forged", severity="critical") == 1
    assert one(series, "webhook_monitor_status", monitor="billing") == 1
    assert one(series, "webhook_monitor_incidents_open", severity="critical") == 1
    assert one(series, "webhook_monitor_incidents_open", severity="major") == 0


@pytest.mark.parametrize("check", sorted(FINDINGS))
def test_a_finding_of_any_kind_is_counted_and_leaves_the_status_alone(check: Check) -> None:
    monitor = asked(Check.DELIVERY, check)
    healths = {
        BILLING: Health(status=Status.UP, last_result_at=NOON),
        CheckKey("billing", check): Health(status=Status.DEGRADED, last_result_at=NOON),
    }
    found = an_incident(check=check, severity=Severity.WARNING)
    series = shown(a_snapshot(monitors=(monitor,), healths=healths, incidents=(found,)))
    assert one(series, "webhook_monitor_finding", monitor="billing", check=check, severity="warning") == 1
    assert one(series, "webhook_monitor_status", monitor="billing") == 1


def test_a_note_is_seen_in_its_check_alone() -> None:
    """Recorded and shown, told to nobody: it opens no incident, so no rule can fire for it."""
    monitor = asked(Check.DELIVERY, Check.UNSIGNED)
    healths = {
        BILLING: Health(status=Status.UP, last_result_at=NOON),
        CheckKey("billing", Check.UNSIGNED): Health(status=Status.DEGRADED, last_result_at=NOON),
    }
    series = shown(a_snapshot(monitors=(monitor,), healths=healths))
    assert one(series, "webhook_monitor_check_status", monitor="billing", check="unsigned") == 0.5
    assert one(series, "webhook_monitor_status", monitor="billing") == 1
    assert not [name for name, _ in series if name == "webhook_monitor_finding"]


def test_an_outage_is_no_finding() -> None:
    series = shown(a_snapshot(incidents=(an_incident(check=Check.DELIVERY, severity=Severity.MAJOR),)))
    assert not [name for name, _ in series if name == "webhook_monitor_finding"]


def test_a_monitor_says_its_group_and_provider_once_for_joins() -> None:
    monitor = a_monitor(public=Public(name="Billing", group="Money in"))
    series = shown(a_snapshot(monitors=(monitor,)))
    assert one(series, "webhook_monitor_info", monitor="billing", group="Money in", provider="custom") == 1


@given(st.text(max_size=20))
def test_any_text_survives_as_a_label(group: str) -> None:
    monitor = a_monitor(public=Public(name="Billing", group=group))
    page = Metrics().render(a_snapshot(monitors=(monitor,)), Gauges()).decode()
    line = next(line for line in page.split("\n") if line.startswith("webhook_monitor_info{"))
    written = re.fullmatch(r'.*group="(.*)",provider="custom"} 1', line)
    assert written
    meant = re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], written[1])
    assert meant == group
