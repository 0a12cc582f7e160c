"""Summing up: the standing of a monitor, the line on top of the page, the promise of detection."""

from collections.abc import Mapping
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
    Health,
    Incident,
    Monitor,
    Reason,
    Severity,
    Status,
)
from monitor.core.summary import Finding, Overall, check_status, overall, standing, worst_case_detection
from tests.makers import NOON, SECOND, a_monitor

UP, DOWN, DEGRADED, UNKNOWN = Status.UP, Status.DOWN, Status.DEGRADED, Status.UNKNOWN
PAUSED, MAINTENANCE = Status.PAUSED, Status.MAINTENANCE
NOW = NOON + 20 * SECOND
HOUR = timedelta(hours=1)


def a_health(status: Status = UP, reason: Reason | None = Reason.ACCEPTED, **ages: timedelta) -> Health:
    """Return a health of so long ago: ``since`` an hour, ``seen`` 20 seconds."""
    return Health(
        status=status,
        settled=status,
        reason=reason,
        since=NOW - ages.get("since", HOUR),
        last_result_at=NOW - ages.get("seen", 20 * SECOND),
    )


def healths(**of: Health) -> Mapping[CheckKey, Health]:
    return {CheckKey("billing", Check(name)): health for name, health in of.items()}


def test_a_monitor_that_is_well_says_since_when() -> None:
    stands = standing(a_monitor(), healths(delivery=a_health(), certificate=a_health()), NOW)
    assert (stands.status, stands.reason) == (UP, Reason.ACCEPTED)
    assert (stands.since, stands.last_result_at) == (NOW - HOUR, NOON)


@pytest.mark.parametrize(
    ("delivery", "certificate", "status", "reason"),
    [
        (a_health(DOWN, Reason.TIMEOUT), a_health(), DOWN, Reason.TIMEOUT),
        (a_health(), a_health(DOWN, Reason.CERTIFICATE_EXPIRED), DOWN, Reason.CERTIFICATE_EXPIRED),
        (a_health(DOWN, Reason.TLS), a_health(DOWN, Reason.CERTIFICATE_EXPIRED), DOWN, Reason.TLS),
        (a_health(), a_health(DEGRADED, Reason.CERTIFICATE_EXPIRING), DEGRADED, Reason.CERTIFICATE_EXPIRING),
        (a_health(DEGRADED, Reason.SLOW), a_health(), DEGRADED, Reason.SLOW),
        (a_health(), Health(), UP, Reason.ACCEPTED),
        (a_health(), a_health(UNKNOWN, Reason.OWN_NETWORK), UP, Reason.ACCEPTED),
        (a_health(UNKNOWN, Reason.OWN_NETWORK), a_health(), UNKNOWN, Reason.OWN_NETWORK),
        (
            a_health(UNKNOWN, Reason.OWN_NETWORK),
            a_health(DEGRADED, Reason.CERTIFICATE_EXPIRING),
            UNKNOWN,
            Reason.OWN_NETWORK,
        ),
    ],
)
def test_the_worst_check_speaks_for_the_monitor(
    delivery: Health, certificate: Health, status: Status, reason: Reason
) -> None:
    stands = standing(a_monitor(), healths(delivery=delivery, certificate=certificate), NOW)
    assert (stands.status, stands.reason) == (status, reason)


def test_a_monitor_that_never_ran_is_unknown() -> None:
    stands = standing(a_monitor(), {}, NOW)
    assert (stands.status, stands.reason, stands.since, stands.last_result_at) == (UNKNOWN, None, None, None)


def test_a_silent_check_is_unknown_from_two_intervals_after_its_last_word() -> None:
    known = a_health(DOWN, Reason.TIMEOUT, seen=61 * SECOND)
    stands = standing(a_monitor(), healths(delivery=known), NOW)
    assert (stands.status, stands.reason) == (UNKNOWN, None)
    assert stands.since == NOW - SECOND
    assert stands.last_result_at == NOW - 61 * SECOND


def test_each_check_goes_silent_by_its_own_interval() -> None:
    monitor, seen = a_monitor(), a_health(seen=HOUR)
    assert check_status(monitor, Check.DELIVERY, seen, NOW) is UNKNOWN
    assert check_status(monitor, Check.CERTIFICATE, seen, NOW) is UP
    edge = a_health(seen=60 * SECOND)
    assert check_status(monitor, Check.DELIVERY, edge, NOW) is UP
    assert check_status(monitor, Check.DELIVERY, edge, NOW + SECOND) is UNKNOWN


def test_long_blindness_keeps_its_reason() -> None:
    blind = a_health(UNKNOWN, Reason.OWN_NETWORK, since=600 * SECOND, seen=630 * SECOND)
    stands = standing(a_monitor(), healths(delivery=blind), NOW)
    assert (stands.reason, stands.since) == (Reason.OWN_NETWORK, NOW - 600 * SECOND)


def test_a_switched_off_monitor_is_paused_whatever_is_remembered() -> None:
    off = a_monitor(enabled=False)
    remembered = Health(status=PAUSED, settled=DOWN, since=NOON)
    stands = standing(off, healths(delivery=remembered), NOW)
    assert (stands.status, stands.reason, stands.since) == (PAUSED, None, NOON)
    assert standing(off, {}, NOW).status is PAUSED


def test_a_monitor_switched_on_again_is_unknown_until_its_first_probe() -> None:
    remembered = Health(status=PAUSED, settled=DOWN, since=NOON)
    assert standing(a_monitor(), healths(delivery=remembered), NOW).status is UNKNOWN


FORGERY = Incident(
    number=3,
    monitor="billing",
    check=Check.FORGED,
    started_at=NOON,
    confirmed_at=NOON,
    severity=Severity.CRITICAL,
    reason=Reason.FORGERY_ACCEPTED,
    message="answered 200 OK in 12 ms to a forged event",
)


@pytest.mark.parametrize("delivery", [a_health(), a_health(DOWN, Reason.TIMEOUT), Health()])
@pytest.mark.parametrize("check", sorted(FINDINGS))
def test_a_finding_stands_apart_and_never_touches_the_status(check: Check, delivery: Health) -> None:
    monitor = a_monitor(checks=tuple(CheckPlan(check=one, every=HOUR) for one in Check))
    known = {**healths(delivery=delivery), CheckKey("billing", check): a_health(DOWN, Reason.TIMEOUT)}
    stands = standing(monitor, known, NOW, {CheckKey("billing", check): replace(FORGERY, check=check)})
    quiet = standing(monitor, healths(delivery=delivery), NOW)
    assert replace(stands, findings=()) == quiet
    assert stands.findings == (
        Finding(check=check, reason=Reason.FORGERY_ACCEPTED, severity=Severity.CRITICAL, since=NOON),
    )


def test_a_note_is_no_finding_and_leaves_the_status_alone() -> None:
    """It opens no incident: only the check's own health shows it."""
    known = healths(delivery=a_health(), unsigned=a_health(DEGRADED, Reason.VERIFIER_CRASHED))
    stands = standing(a_monitor(), known, NOW, {})
    assert (stands.status, stands.findings) == (UP, ())


def test_an_outage_is_no_finding() -> None:
    outage = replace(FORGERY, check=Check.DELIVERY, reason=Reason.TIMEOUT)
    stands = standing(a_monitor(), {}, NOW, {CheckKey("billing", Check.DELIVERY): outage})
    assert stands.findings == ()


def test_a_hostile_probe_does_not_make_a_monitor_measured() -> None:
    stands = standing(a_monitor(), healths(forged=a_health()), NOW)
    assert (stands.status, stands.last_result_at) == (UNKNOWN, None)


# --- detection ----------------------------------------------------------------------------------------------


def every(seconds: int) -> tuple[CheckPlan, ...]:
    return (CheckPlan(check=Check.DELIVERY, every=seconds * SECOND),)


@pytest.mark.parametrize(
    ("monitor", "seconds"),
    [
        (a_monitor(), 55),
        (a_monitor(down_after=1), 40),
        (a_monitor(down_after=3), 70),
        (a_monitor(timeout=5 * SECOND), 50),
        (a_monitor(timeout=20 * SECOND), 70),  # a confirming probe never starts before the end of the last
        (a_monitor(checks=every(60)), 85),
        (a_monitor(interval=10 * SECOND, checks=()), 35),
    ],
)
def test_the_worst_case_is_a_hang_right_after_a_good_probe(monitor: Monitor, seconds: int) -> None:
    assert worst_case_detection(monitor) == seconds * SECOND


# --- the line on top of the page ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statuses", "indicator", "description"),
    [
        ([UP], "none", "All Systems Operational"),
        ([UP, UP], "none", "All Systems Operational"),
        ([UP, PAUSED], "none", "All Systems Operational"),
        ([UP, MAINTENANCE], "maintenance", "Service Under Maintenance"),
        ([MAINTENANCE], "maintenance", "Service Under Maintenance"),
        ([UP, DEGRADED], "minor", "Partially Degraded Service"),
        ([MAINTENANCE, DEGRADED], "minor", "Partially Degraded Service"),
        ([UNKNOWN, DEGRADED], "minor", "Partially Degraded Service"),
        ([DEGRADED, DEGRADED], "minor", "Degraded System Service"),
        ([UP, DOWN], "major", "Partial System Outage"),
        ([MAINTENANCE, DOWN], "major", "Partial System Outage"),
        ([UNKNOWN, DOWN], "major", "Partial System Outage"),
        ([DEGRADED, DOWN], "major", "Partial System Outage"),
        ([DOWN], "critical", "Major System Outage"),
        ([DOWN, DOWN, PAUSED], "critical", "Major System Outage"),
        ([UNKNOWN], "unknown", "Not Measured Right Now"),
        ([UP, UNKNOWN], "unknown", "Some Systems Are Not Measured"),
        ([MAINTENANCE, UNKNOWN], "unknown", "Some Systems Are Not Measured"),
        ([], "unknown", "Nothing is measured here"),
        ([PAUSED], "unknown", "Nothing is measured here"),
    ],
)
def test_the_page_says_the_worst_and_claims_nothing_unmeasured(
    statuses: list[Status], indicator: str, description: str
) -> None:
    assert overall(statuses) == Overall(indicator=indicator, description=description)


@given(st.lists(st.sampled_from(list(Status)), max_size=8))
def test_the_page_is_green_only_if_everything_watched_is_up(statuses: list[Status]) -> None:
    watched = [status for status in statuses if status is not PAUSED]
    green = overall(statuses).indicator == "none"
    assert green is (bool(watched) and all(status is UP for status in watched))


@given(st.lists(st.sampled_from(list(Status)), max_size=8), st.sampled_from([UP, UNKNOWN, MAINTENANCE]))
def test_nothing_that_joins_an_outage_hides_it(statuses: list[Status], joining: Status) -> None:
    assert overall([*statuses, DOWN, joining]).indicator == "major"
