"""Who hears of an incident, and when."""

from dataclasses import dataclass
from datetime import time, timedelta
from zoneinfo import ZoneInfo

from monitor.core.model.words import Severity

EVERY_DAY = frozenset(range(7))


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Who else is told of an incident that is open, and that nobody has acknowledged for so long."""

    after: timedelta
    notify: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """From ``start`` until ``end`` by the clock of ``zone``, on the next day where ``end`` is no later.

    ``days`` are those on which they begin, Monday is 0.
    """

    start: time
    end: time
    zone: ZoneInfo
    days: frozenset[int] = EVERY_DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Routing:
    """What is done about one incident. ``escalate`` is in order. ``remind`` is the first gap."""

    notify: tuple[str, ...] = ()
    escalate: tuple[Step, ...] = ()
    remind: timedelta | None = None
    quiet_hours: tuple[QuietHours, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A rule of the house: for which incidents of a monitor it holds, and what it says. None: nothing.

    ``findings``: True for what is about safety alone, False for what is not, None for both.
    """

    severities: frozenset[Severity] = frozenset(Severity)
    findings: bool | None = None
    notify: tuple[str, ...] | None = None
    escalate: tuple[Step, ...] | None = None
    remind: timedelta | None = None  # no time at all: never
    quiet_hours: tuple[QuietHours, ...] | None = None
