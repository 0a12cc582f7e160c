"""Routing: who hears of an incident, who hears next if nobody acts, how often, and when it can wait.

The routes of the house are read from top to bottom. For each of ``notify``, ``escalate``, ``remind`` and
``quiet_hours`` the first that matches and says something of it decides; where none does, the monitor itself.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from monitor.core.following import reminders
from monitor.core.model import EVERY_DAY, FINDINGS, Check, Monitor, QuietHours, Route, Routing, Severity
from monitor.core.times import duration

Said = TypeVar("Said")
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
# Every kind of news there is, in words, and an incident that would be told so.
NEWS = {
    "down": (Severity.MAJOR, Check.DELIVERY),
    "degraded": (Severity.MINOR, Check.DELIVERY),
    "warning": (Severity.WARNING, Check.CERTIFICATE),
    "security": (Severity.CRITICAL, Check.FORGED),
    "major finding": (Severity.MAJOR, Check.DUPLICATE),
    "minor finding": (Severity.MINOR, Check.FORGED),
    "finding": (Severity.WARNING, Check.STALE),
}


def routing(monitor: Monitor, severity: Severity, check: Check) -> Routing:
    """Return what is done about an incident of this severity in this check."""
    routes = [route for route in monitor.routes if matches(route, severity, check)]
    return Routing(
        notify=_first((route.notify for route in routes), monitor.notify),
        escalate=_first((route.escalate for route in routes), monitor.escalate),
        remind=_first((route.remind for route in routes), monitor.remind) or None,
        quiet_hours=_first((route.quiet_hours for route in routes), monitor.quiet_hours),
    )


def matches(route: Route, severity: Severity, check: Check) -> bool:
    """Return whether a route that is about a monitor is about this, too."""
    about = route.findings is None or route.findings == (check in FINDINGS)
    return about and severity in route.severities


def _first(said: Iterable[Said | None], otherwise: Said) -> Said:
    return next((one for one in said if one is not None), otherwise)


# --- words --------------------------------------------------------------------------------------------------


def who_hears(monitor: Monitor) -> tuple[str, ...]:
    """Say who hears of what: one line for all, or one for each kind of news that is told in another way."""
    kinds: dict[str, list[str]] = {}
    for news, (severity, check) in NEWS.items():
        said = "; ".join(_spoken(routing(monitor, severity, check), severity))
        kinds.setdefault(said, []).append(news)
    if len(kinds) == 1:
        return tuple(kinds)
    return tuple(f"{', '.join(news)}: {said}" for said, news in kinds.items())


def _spoken(told: Routing, severity: Severity) -> Iterator[str]:
    yield ", ".join(told.notify) or "nobody"
    for step in told.escalate:
        yield f"after {duration(step.after)} {', '.join(step.notify)}"
    if told.remind and (told.notify or told.escalate):
        first = ", ".join(duration(one.age) for one in islice(reminders(told.remind), 2))
        yield f"again after {first}, …"
    if severity is not Severity.CRITICAL:
        yield from (f"quiet {spoken_hours(one)}" for one in told.quiet_hours)


def spoken_hours(hours: QuietHours) -> str:
    """Return quiet hours in words: "22:00–07:00 Europe/Berlin (Mon, Tue)"."""
    days = ", ".join(DAYS[day] for day in sorted(hours.days))
    which = "" if hours.days == EVERY_DAY else f" ({days})"
    return f"{hours.start:%H:%M}–{hours.end:%H:%M} {hours.zone.key}{which}"
