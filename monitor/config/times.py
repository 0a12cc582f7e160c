"""Parsers of times that come again: quiet hours. As in ``scalars``."""

import re
from datetime import time

from monitor.config.scalars import text, wrong
from monitor.core.model import QuietTime

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOURS = re.compile(r"([01][0-9]|2[0-4]):([0-5][0-9])-([01][0-9]|2[0-4]):([0-5][0-9])")
QUIET = r"^[a-z0-9:, -]+$|\$\{"


def quiet(value: object) -> QuietTime:
    """`22:00-06:00`, `sat-sun`, or both: `mon-fri 22:00-06:00`."""
    found = text(value)
    *days, last = found.replace(",", " ").split() or [""]
    hours = _HOURS.fullmatch(last)
    if hours is None:
        days, start, until = [*days, last], time(0), time(0)
    else:
        start, until = _time(hours[1], hours[2], found.shown), _time(hours[3], hours[4], found.shown)
        if start == until and start != time(0):
            raise wrong(f"{found.shown} begins when it ends: leave the hours out for whole days")
    chosen = frozenset(day for part in days for day in _days(part, found.shown))
    return QuietTime(days=chosen or frozenset(range(7)), start=start, until=until)


def _time(hours: str, minutes: str, shown: str) -> time:
    """24:00 is the end of a day."""
    if hours == "24" and minutes != "00":
        raise wrong(f"{shown}: no clock shows that")
    return time(int(hours) % 24, int(minutes))


def _days(part: str, shown: str) -> range | tuple[int, ...]:
    first, dash, last = part.partition("-")
    if first not in _DAYS or (dash and last not in _DAYS):
        raise wrong(f"{shown} is no quiet time: write 22:00-06:00, sat-sun, or mon-fri 22:00-06:00")
    start, end = _DAYS.index(first), _DAYS.index(last or first)
    return tuple(day % 7 for day in range(start, end + 1 + (7 if end < start else 0)))
