"""Waiting for a job's call: when it is due, and what we could not hear.

A call is waited for from an **anchor**: the last one, or when we began to listen. It is due ``grace`` after
it is expected; a run that has started is due to end ``grace`` after its start. Where we were deaf while a
call may have come, nothing is known of it: the waiting begins anew when we hear again. A spell that was over
before a call was to be expected takes nothing away.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.core.model import Cron, HeartbeatPlan, Pulse, Sign, Signal

EARLY = timedelta(seconds=30)  # clocks differ: a call so long before its time is the one for that time

OnCron = Callable[[Cron, datetime], datetime]  # the first time on a cron after an instant


def heard(pulse: Pulse, signal: Signal) -> Pulse:
    """Take a call."""
    if signal.sign is Sign.START:
        return replace(pulse, started_at=signal.at)
    if signal.sign is Sign.FAIL:
        return replace(pulse, started_at=None, deaf_from=None, failed_at=signal.at, note=signal.note)
    return replace(pulse, started_at=None, deaf_from=None, failed_at=None, note="", heard_at=signal.at)


def anew(pulse: Pulse, at: datetime) -> Pulse:
    """Begin to wait at this instant: nobody listened before it, or another plan holds from now on."""
    return replace(pulse, since=at, started_at=None, deaf_from=None)


def expected(pulse: Pulse, plan: HeartbeatPlan, on_cron: OnCron) -> datetime:
    """Return when the next call is expected."""
    if isinstance(plan.rhythm, Cron):
        return on_cron(plan.rhythm, pulse.anchor + EARLY)
    return pulse.anchor + plan.rhythm


def due(pulse: Pulse, plan: HeartbeatPlan, on_cron: OnCron) -> datetime:
    """Return from when on silence is an outage. A start that comes too late does not end it."""
    by = expected(pulse, plan, on_cron) + plan.grace
    if pulse.started_at is None or pulse.started_at >= by:
        return by
    return pulse.started_at + plan.grace


def deafened(pulse: Pulse, plan: HeartbeatPlan, on_cron: OnCron, *, start: datetime, end: datetime) -> Pulse:
    """Take into account that nothing could be heard for a while.

    ``every`` is no appointment: it may come ``grace`` early as well as late. A cron is one.
    """
    if end <= pulse.anchor:
        return pulse
    early = EARLY if isinstance(plan.rhythm, Cron) else plan.grace
    if pulse.started_at is None and end <= expected(pulse, plan, on_cron) - early:
        return pulse
    return replace(anew(pulse, end), deaf_from=pulse.deaf_from or start)
