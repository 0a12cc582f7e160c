"""What a monitor was over a stretch of time, from its transitions and from what is believed now."""

from collections.abc import Iterable
from datetime import datetime

from monitor.core import uptime
from monitor.core.health import interval_of, is_stale, stale_at
from monitor.core.model import AVAILABILITY, Check, CheckKey, Monitor, Snapshot, Status, Transition
from monitor.core.uptime import Span


def timeline(
    monitor: Monitor, transitions: Iterable[Transition], snapshot: Snapshot, *, start: datetime, end: datetime
) -> tuple[Span, ...]:
    """Return what the monitor was between ``start`` and ``end``, without a hole.

    ``transitions`` are its own, and for each check the last before ``start``.
    """
    lanes: dict[Check, list[Transition]] = {
        plan.check: [] for plan in monitor.checks if plan.check in AVAILABILITY
    }
    for change in transitions:
        if change.monitor == monitor.id and change.check in lanes:
            lanes[change.check].append(change)
    return uptime.worst(
        {
            check: uptime.spans(
                changes, start=start, end=end, measured_until=_measured_until(monitor, check, snapshot, start)
            )
            for check, changes in lanes.items()
        }
    )


def _measured_until(monitor: Monitor, check: Check, snapshot: Snapshot, start: datetime) -> datetime:
    """Nothing is known of the future, nor of a check that has been silent for too long."""
    known = snapshot.healths.get(CheckKey(monitor.id, check))
    if known and known.status in {Status.PAUSED, Status.MAINTENANCE}:
        return snapshot.taken_at  # its history says since when; what was before stays measured
    every = interval_of(monitor, check)
    silent_from = stale_at(known, every) if known else None
    if known is None or silent_from is None:
        return start
    return silent_from if is_stale(known.last_result_at, every, snapshot.taken_at) else snapshot.taken_at
