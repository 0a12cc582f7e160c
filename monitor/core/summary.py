"""Summing up: from the healths of checks to the standing of a monitor, and to one line for the page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core.health import interval_of, stale_at
from monitor.core.model import (
    AVAILABILITY,
    HOSTILE,
    Check,
    CheckKey,
    Health,
    Incident,
    Monitor,
    Reason,
    Severity,
    Status,
)

WORST_FIRST = (Status.DOWN, Status.DEGRADED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A failing hostile check: about safety, not availability. Never public."""

    check: Check
    reason: Reason
    severity: Severity
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a monitor is now."""

    status: Status
    reason: Reason | None
    since: datetime | None
    last_result_at: datetime | None
    findings: tuple[Finding, ...] = ()


def check_status(monitor: Monitor, check: Check, health: Health, now: datetime) -> Status:
    """Return the status of one check as it may be shown: silence for two intervals is unknown."""
    if not monitor.enabled:
        return Status.PAUSED
    silent_from = stale_at(health, interval_of(monitor, check))
    if silent_from is None or now > silent_from:
        return Status.UNKNOWN
    return health.status


def standing(
    monitor: Monitor,
    healths: Mapping[CheckKey, Health],
    now: datetime,
    incidents: Mapping[CheckKey, Incident] | None = None,
) -> Standing:
    """Return what a monitor is: the worst of its availability checks; its findings stand apart.

    Only the delivery check can make it unknown: see ``core.uptime``.
    """
    mine = {
        plan.check: healths[CheckKey(monitor.id, plan.check)]
        for plan in monitor.checks
        if CheckKey(monitor.id, plan.check) in healths
    }
    last = max((known.last_result_at for known in mine.values() if known.last_result_at), default=None)
    findings = _findings(monitor, incidents or {})
    shown = {check: check_status(monitor, check, known, now) for check, known in mine.items()}
    if not monitor.enabled:
        since = mine[Check.DELIVERY].since if Check.DELIVERY in mine else None
        return Standing(status=Status.PAUSED, reason=None, since=since, last_result_at=last)
    for status in WORST_FIRST:
        for check in sorted(AVAILABILITY & mine.keys()):
            if shown[check] is status:
                return _standing(status, mine[check], last, findings)
    delivery = mine.get(Check.DELIVERY, Health())
    status = shown.get(Check.DELIVERY, Status.UNKNOWN)
    if status is Status.UNKNOWN and delivery.status is not Status.UNKNOWN:
        silent_from = stale_at(delivery, interval_of(monitor, Check.DELIVERY))
        return Standing(status=status, reason=None, since=silent_from, last_result_at=last, findings=findings)
    return _standing(status, delivery, last, findings)


def _standing(
    status: Status, health: Health, last: datetime | None, findings: tuple[Finding, ...]
) -> Standing:
    return Standing(
        status=status, reason=health.reason, since=health.since, last_result_at=last, findings=findings
    )


def _findings(monitor: Monitor, incidents: Mapping[CheckKey, Incident]) -> tuple[Finding, ...]:
    mine = (incidents.get(CheckKey(monitor.id, check)) for check in sorted(HOSTILE))
    return tuple(
        Finding(check=open_.check, reason=open_.reason, severity=open_.severity, since=open_.started_at)
        for open_ in mine
        if open_ is not None
    )


def worst_case_detection(monitor: Monitor) -> timedelta:
    """Return the longest time from a fault to its confirmation: a hang right after a good probe.

    One interval until the failing probe starts, then each confirming one, the last to its timeout.
    """
    confirming = max(monitor.confirm_interval, monitor.timeout) * (monitor.down_after - 1)
    return interval_of(monitor, Check.DELIVERY) + confirming + monitor.timeout


@dataclass(frozen=True, slots=True, kw_only=True)
class Overall:
    """The one line on top of the page, in Statuspage's words. ``indicator``: none minor major critical
    maintenance, or unknown where we must not claim anything.
    """

    indicator: str
    description: str


def overall(statuses: Sequence[Status]) -> Overall:
    """Return the line for these components; an outage is never masked by maintenance or by silence."""
    shown = [status for status in statuses if status is not Status.PAUSED]
    if not shown:
        return Overall(indicator="unknown", description="Nothing is measured here")
    if all(status is Status.DOWN for status in shown):
        return Overall(indicator="critical", description="Major System Outage")
    if Status.DOWN in shown:
        return Overall(indicator="major", description="Partial System Outage")
    if all(status is Status.DEGRADED for status in shown):
        return Overall(indicator="minor", description="Degraded System Service")
    if Status.DEGRADED in shown:
        return Overall(indicator="minor", description="Partially Degraded Service")
    if Status.UNKNOWN in shown:
        some = "Some Systems Are Not Measured" if _any_known(shown) else "Not Measured Right Now"
        return Overall(indicator="unknown", description=some)
    if Status.MAINTENANCE in shown:
        return Overall(indicator="maintenance", description="Service Under Maintenance")
    return Overall(indicator="none", description="All Systems Operational")


def _any_known(statuses: Iterable[Status]) -> bool:
    return any(status is not Status.UNKNOWN for status in statuses)
