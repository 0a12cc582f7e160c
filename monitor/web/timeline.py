"""What a monitor was over a stretch of time, from its transitions and from what is believed now."""

from collections.abc import Iterable
from datetime import datetime

from monitor.core import uptime
from monitor.core.health import interval_of, stale_at
from monitor.core.model import AVAILABILITY, Check, CheckKey, Monitor, Snapshot, Transition
from monitor.core.uptime import Span


def timeline(
    monitor: Monitor, transitions: Iterable[Transition], snapshot: Snapshot, *, start: datetime, end: datetime
) -> tuple[Span, ...]:
    """Return what the monitor was between ``start`` and ``end``, without a hole.

    ``transitions`` are its own, and for each check the last before ``start``.
    """
    changes = [change for change in transitions if change.monitor == monitor.id]
    lanes = {
        plan.check: uptime.spans(
            [change for change in changes if change.check is plan.check],
            start=start,
            end=end,
            measured_until=_measured_until(monitor, plan.check, snapshot),
        )
        for plan in monitor.checks
        if plan.check in AVAILABILITY
    }
    return uptime.worst(lanes)


def _measured_until(monitor: Monitor, check: Check, snapshot: Snapshot) -> datetime:
    """Nothing is known of the future, nor of a check that has been silent for too long."""
    known = snapshot.healths.get(CheckKey(monitor.id, check))
    silent_from = stale_at(known, interval_of(monitor, check)) if known else None
    return min(silent_from, snapshot.taken_at) if silent_from else snapshot.taken_at
