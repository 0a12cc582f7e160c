"""Traffic: do real events arrive at the listener? A probe that goes there directly cannot see that."""

from datetime import datetime

from monitor.core.judge.verdicts import accepted, down, inconclusive, own_fault
from monitor.core.model import Pulse, Reason, TrafficPlan, Verdict
from monitor.core.times import clock, duration


def judge_traffic(plan: TrafficPlan, pulse: Pulse, count: int, start: datetime, now: datetime) -> Verdict:
    """Judge what was heard of real events. ``count`` of them came since ``start``, ``per`` ago.

    Enough is enough, whatever we missed; that there were too few can be said only where we heard all.
    """
    span = duration(plan.per) + (" outside quiet hours" if plan.quiet else "")
    if count >= plan.at_least:
        return accepted(f"{_counted(count)} in {span}")
    if pulse.since <= start:
        return down(Reason.NO_TRAFFIC, _too_few(plan, pulse, count, span, now))
    listening = f"real events are counted since {clock(pulse.since, now)} only"
    if pulse.deaf_from is not None:
        return own_fault(f"{listening}: before that we could not hear of any")
    return inconclusive(listening)


def _too_few(plan: TrafficPlan, pulse: Pulse, count: int, span: str, now: datetime) -> str:
    last = "none was ever reported"
    if pulse.heard_at is not None:
        last = f"the last one was reported at {clock(pulse.heard_at, now)}"
    few = f"{_counted(count)} in {span} instead of at least {plan.at_least:,}"
    return f"{few if count else f'no real event in {span}'}; {last}"


def _counted(count: int) -> str:
    return f"{count:,} real event{'' if count == 1 else 's'}"
