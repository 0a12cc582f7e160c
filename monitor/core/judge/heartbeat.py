"""Heartbeat: did the job call in time, and what did it say?"""

from datetime import datetime

from monitor.core.judge.verdicts import accepted, down, inconclusive, own_fault
from monitor.core.model import Pulse, Reason, Verdict
from monitor.core.times import clock, duration


def judge_heartbeat(pulse: Pulse, due: datetime, now: datetime) -> Verdict:
    """Judge what was heard so far. ``due``: from when on silence is an outage."""
    by = f"due by {clock(due, now)}"
    if now >= due:
        return down(Reason.SILENT, _silence(pulse, due, now))
    if pulse.deaf_from is not None:
        spell = f"from {clock(pulse.deaf_from, now)} to {clock(pulse.since, now)}"
        return own_fault(f"we could not hear it {spell}; the next call is {by}")
    if pulse.failed_at is not None:
        note = f": {pulse.note}" if pulse.note else ""
        return down(Reason.JOB_FAILED, f"the job said at {clock(pulse.failed_at, now)} that it failed{note}")
    if pulse.heard_at is None and pulse.started_at is None:
        return inconclusive(f"nothing was heard of it yet; the first call is {by}")
    if pulse.started_at is not None:
        return accepted(f"running since {clock(pulse.started_at, now)}; its end is {by}")
    return accepted(f"heard of at {clock(pulse.anchor, now)}; the next call is {by}")


def _silence(pulse: Pulse, due: datetime, now: datetime) -> str:
    success = "no success was ever heard of"
    if pulse.heard_at is not None:
        success = f"the last success was at {clock(pulse.heard_at, now)}"
    if pulse.started_at is not None and pulse.started_at < due:
        within = duration(due - pulse.started_at)
        return f"it started at {clock(pulse.started_at, now)} and did not end within {within}; {success}"
    return f"no call by {clock(due, now)}, when one was due; {success}"
