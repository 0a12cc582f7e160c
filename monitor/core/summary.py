"""Summing up: from the healths of checks to the standing of a monitor, and to one line for the page."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core.health import interval_of, is_stale, stale_at
from monitor.core.model import (
    AVAILABILITY,
    FINDINGS,
    Check,
    CheckKey,
    Health,
    Incident,
    Monitor,
    Reason,
    Severity,
    Status,
)
from monitor.core.uptime import worst_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A failing check of the findings axis: about safety, not availability. Never public."""

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
    if health.status is Status.MAINTENANCE:  # announced: it needs no probe to be true
        return Status.MAINTENANCE
    if is_stale(health.last_result_at, interval_of(monitor, check), now):
        return Status.UNKNOWN
    return health.status


def standing(
    monitor: Monitor,
    healths: Mapping[CheckKey, Health],
    now: datetime,
    incidents: Mapping[CheckKey, Incident] | None = None,
) -> Standing:
    """Return what a monitor is: the worst of its availability checks (``core.uptime.worst_of``).

    Its findings stand apart: they are the open incidents of those checks, also while it is unknown or paused.
    """
    mine = {
        plan.check: healths.get(CheckKey(monitor.id, plan.check), Health())
        for plan in monitor.checks
        if plan.check in AVAILABILITY
    }
    shown = {check: check_status(monitor, check, health, now) for check, health in mine.items()}
    status = worst_of(shown) if monitor.enabled else Status.PAUSED
    # The delivery check speaks first: a reason of its own says more than a certificate's.
    speakers = [
        check
        for check in sorted(mine, key=lambda check: check is not Check.DELIVERY)
        if shown[check] is status
    ]
    reason, since = _why(monitor, speakers[0], mine[speakers[0]], status) if speakers else (None, None)
    return Standing(
        status=status,
        reason=reason,
        since=since,
        last_result_at=max(
            (seen for health in mine.values() if (seen := health.last_result_at)), default=None
        ),
        findings=_findings(monitor, incidents or {}),
    )


def _why(
    monitor: Monitor, check: Check, health: Health, status: Status
) -> tuple[Reason | None, datetime | None]:
    """Return reason and date of what is shown; silence has no reason, and begins after two intervals."""
    if status is health.status:
        return health.reason, health.since
    return None, stale_at(health, interval_of(monitor, check))


def _findings(monitor: Monitor, incidents: Mapping[CheckKey, Incident]) -> tuple[Finding, ...]:
    mine = (incidents.get(CheckKey(monitor.id, check)) for check in sorted(FINDINGS))
    return tuple(
        Finding(check=open_.check, reason=open_.reason, severity=open_.severity, since=open_.started_at)
        for open_ in mine
        if open_ is not None
    )


def worst_case_detection(monitor: Monitor) -> timedelta | None:
    """Return the longest time from a fault to its confirmation: a hang right after a good probe.

    One interval until the failing probe starts, then each confirming one, the last to its timeout. None where
    no valid events are sent: nothing can be said.
    """
    if all(plan.check is not Check.DELIVERY for plan in monitor.checks):
        return None
    confirming = max(monitor.confirm_interval, monitor.timeout) * (monitor.down_after - 1)
    return interval_of(monitor, Check.DELIVERY) + confirming + monitor.timeout


@dataclass(frozen=True, slots=True, kw_only=True)
class Overall:
    """The one line on top of the page, in Statuspage's words. ``indicator``: none minor major critical
    maintenance, or unknown where we must not claim anything.
    """

    indicator: str
    description: str


# Statuspage's rules, worst first: what all components show, then what any shows. Unknown is our own addition:
# a component nobody measured is not operational, and it outranks announced maintenance. Statuspage knows no
# such indicator: where its format is served, it must be translated.
LINES: tuple[tuple[Callable[[Iterable[bool]], bool], Status, Overall], ...] = (
    (all, Status.DOWN, Overall(indicator="critical", description="Major System Outage")),
    (any, Status.DOWN, Overall(indicator="major", description="Partial System Outage")),
    (all, Status.DEGRADED, Overall(indicator="minor", description="Degraded System Service")),
    (any, Status.DEGRADED, Overall(indicator="minor", description="Partially Degraded Service")),
    (all, Status.UNKNOWN, Overall(indicator="unknown", description="Not Measured Right Now")),
    (any, Status.UNKNOWN, Overall(indicator="unknown", description="Some Systems Are Not Measured")),
    (any, Status.MAINTENANCE, Overall(indicator="maintenance", description="Service Under Maintenance")),
    (all, Status.UP, Overall(indicator="none", description="All Systems Operational")),
)
NOTHING = Overall(indicator="unknown", description="Nothing is measured here")


def overall(statuses: Sequence[Status]) -> Overall:
    """Return the line for these components; an outage is never masked by maintenance or by silence.

    What is paused does not count: nobody watches it. A page without anything measured is not green.
    """
    shown = [status for status in statuses if status is not Status.PAUSED]
    if not shown:
        return NOTHING
    return next(line for whole, status, line in LINES if whole(each is status for each in shown))
