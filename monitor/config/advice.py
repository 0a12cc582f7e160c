"""What is valid, but keeps less than the promise."""

import math
from collections.abc import Mapping
from datetime import timedelta

from monitor.config.amounts import spoken
from monitor.config.draft import Draft
from monitor.config.findings import Scope
from monitor.config.tree import Path
from monitor.core.host import APART, host_of
from monitor.core.model import HOSTILE, Check, Monitor, Severity
from monitor.core.possible import impossible
from monitor.core.routing import routing
from monitor.core.summary import worst_case_detection

PROMISE = timedelta(seconds=55)  # later than this, the first alert does not leave within a minute
HOUR = timedelta(hours=1)
MOST_NAMED = 3


def advise(draft: Draft, monitor: Monitor) -> None:
    """Warn of what is valid, but keeps less than the promise."""
    if not monitor.enabled:
        return
    scope = draft.scope
    advise_of_silence(scope, monitor, said="notify" in draft.table)
    worst = worst_case_detection(monitor)
    if worst is not None and worst > PROMISE:
        path: Path = next(((key,) for key in ("interval", "timeout") if key in draft.table), ())
        scope.warning(
            path,
            f"an outage is noticed only after {spoken(worst)} at worst, so the first alert can be later than"
            " a minute: shorten interval, timeout or confirm_interval, or lower down_after",
        )


def advise_of_silence(scope: Scope, monitor: Monitor, *, said: bool) -> None:
    """Warn of an outage that nobody would hear of, unless the operator ``said`` so."""
    check = Check.DELIVERY if monitor.heartbeat is None else Check.HEARTBEAT
    if monitor.enabled and not said and not routing(monitor, Severity.MAJOR, check).notify:
        scope.warning((), "nobody is told when this monitor fails: name notifiers in `notify:`, or write []")


def advise_hosts(drafts: Mapping[str, Draft], monitors: Mapping[str, Monitor]) -> None:
    """Warn of hosts that are asked more hostile questions than take turns there."""
    asked: dict[str, dict[str, float]] = {}
    for name, monitor in monitors.items():
        hourly = _hostile_per_hour(monitor)
        if hourly:
            asked.setdefault(host_of(monitor), {})[name] = hourly
    for names in asked.values():
        if sum(names.values()) > HOUR / APART:
            _warn_of_crowd(drafts, names)


def _hostile_per_hour(monitor: Monitor) -> float:
    plans = monitor.checks if monitor.enabled else ()
    return sum(
        HOUR / plan.every
        for plan in plans
        if plan.check in HOSTILE and impossible(plan.check, monitor) is None
    )


def _warn_of_crowd(drafts: Mapping[str, Draft], hourly: Mapping[str, float]) -> None:
    """Say it once, at the first monitor of that host."""
    first, *others = hourly
    named = ", ".join(others[:MOST_NAMED]) + (
        f" and {len(others) - MOST_NAMED} more" if others[MOST_NAMED:] else ""
    )
    draft = drafts[first]
    draft.scope.warning(
        ("checks",) if "checks" in draft.table else (),
        f"{math.ceil(sum(hourly.values()))} hostile probes an hour are asked of this host"
        f"{f' (together with {named})' if others else ''}, and {HOUR // APART} can run, one a minute:"
        " ask less often, or switch some off",
    )
