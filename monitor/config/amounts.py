"""Parsers of numbers with a unit, and of times: durations, rates, shares, days.

As in ``scalars``: each returns the value, or raises one sentence that quotes nothing that may be secret.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from monitor.config.scalars import suggestion, text, wrong

SECOND = timedelta(seconds=1)
_UNITS = {"ms": SECOND / 1000, "s": SECOND, "m": 60 * SECOND, "h": 3600 * SECOND, "d": 86400 * SECOND}
_PART = re.compile(r"([0-9]{1,9})(ms|s|m|h|d)")
_DURATION = re.compile(rf"(?:{_PART.pattern})+")
_LONGEST = timedelta(days=400)
_RATE = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,3})?)/([mhd])")
_PER_HOUR = {"m": 60.0, "h": 1.0, "d": 1 / 24}
_PERCENT = re.compile(r"([1-9][0-9]?|100)%")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CLOCK = r"[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?"
_INSTANT = re.compile(rf"{_DAY.pattern}{_CLOCK}(?:Z|[+-][0-9]{{2}}:[0-9]{{2}})")
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_SHORTEST_GAP = timedelta(minutes=1)
_WALL = re.compile(
    rf"{_DAY.pattern}[T ][0-9]{{2}}:[0-9]{{2}}(?::[0-9]{{2}})?(?:Z|[+-][0-9]{{2}}:[0-9]{{2}})?"
)
_ZONELESS = re.compile(_DAY.pattern + _CLOCK)


def duration(value: object) -> timedelta:
    found = text(value)
    if found.isascii() and found.isdigit():
        hint = f" (did you mean {found}s?)" if not found.variables and len(found) < 8 else ""
        raise wrong(f"a duration needs a unit: ms, s, m, h or d{hint}")
    if not _DURATION.fullmatch(found):
        raise wrong(f"{found.shown} is not a duration: write 30s, 5m, 1h or 1h30m")
    try:
        total = sum((int(number) * _UNITS[unit] for number, unit in _PART.findall(found)), timedelta())
    except OverflowError:
        raise wrong("is longer than 400 days") from None
    if not timedelta() < total <= _LONGEST:
        raise wrong("must be longer than nothing" if not total else "is longer than 400 days")
    return total


def off_or_duration(value: object) -> timedelta | bool:
    """How often a check runs: a duration, `on` (its default) or `off`."""
    found = text(value)
    if found in {"on", "off", "true", "false"}:
        return found in {"on", "true"}
    if found.isdigit() or _DURATION.fullmatch(found):
        return duration(found)
    raise wrong(f"needs a duration such as 1h, on or off, not {found.shown}")


def whole(lowest: int, highest: int) -> Callable[[object], int]:
    """Return the parser of a whole number in a range, both ends included."""

    def parse(value: object) -> int:
        found = text(value)
        digits = found.isascii() and found.isdigit() and len(found) <= 9
        if not digits or not lowest <= int(found) <= highest:
            raise wrong(f"needs a whole number from {lowest} to {highest}, not {found.shown}")
        return int(found)

    return parse


def rate(value: object) -> float:
    """So many a minute, an hour or a day; returned per hour."""
    found = text(value)
    if found.isascii() and found.isdigit():
        hint = f" (did you mean {found}/h?)" if not found.variables and len(found) < 8 else ""
        raise wrong(f"a volume needs a unit: /m, /h or /d{hint}")
    match = _RATE.fullmatch(found)
    if match is None:
        raise wrong(f"{found.shown} is not a volume: write 120/h, 2/m or 5000/d")
    if not float(match[1]):
        raise wrong("must be more than nothing: leave it out where it is not known")
    return float(match[1]) * _PER_HOUR[match[2]]


def percent(value: object) -> float:
    """A share from 1% to 100%; returned from 0.01 to 1."""
    found = text(value)
    match = _PERCENT.fullmatch(found)
    if match is None:
        good = _PERCENT.fullmatch(f"{found}%") and not found.variables
        hint = f" (did you mean {found}%?)" if good else ""
        raise wrong(f"needs a share from 1% to 100%, not {found.shown}{hint}")
    return int(match[1]) / 100


def until(value: object) -> datetime:
    """The end of something: an instant, or a day, at whose beginning (00:00 UTC) it ends."""
    found = text(value)
    if _ZONELESS.fullmatch(found):
        hint = "" if found.variables else f" (did you mean {found}Z?)"
        raise wrong(f"a time needs its zone: Z for UTC, or such as +02:00{hint}")
    if not (_DAY.fullmatch(found) or _INSTANT.fullmatch(found)):
        raise wrong(
            f"{found.shown} is no date: write 2026-12-01 (it ends at 00:00 UTC of that day),"
            " or an instant such as 2026-12-01T18:00:00Z"
        )
    try:
        read = datetime.fromisoformat(found)
        return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise wrong(f"{found.shown} is not in the calendar") from None


def after(value: object) -> timedelta:
    """How long after an alert something follows: from a minute on."""
    span = duration(value)
    if span < _SHORTEST_GAP:
        raise wrong("what follows upon an alert comes after 1m at the earliest")
    return span


def remind(value: object) -> timedelta:
    """When something is told again: a duration from a minute on, or `off`, which is no time at all."""
    return timedelta() if text(value) in {"off", "false"} else after(value)


def time_of_day(value: object) -> time:
    found = text(value)
    if not _TIME.fullmatch(found):
        raise wrong(f"{found.shown} is no time of day: write 07:00 or 22:30")
    return time.fromisoformat(found)


def zone(value: object) -> ZoneInfo:
    """A time zone of the IANA database, by its name."""
    found = text(value)
    try:
        return ZoneInfo(found)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        hint = "" if found.variables else suggestion(found, available_timezones())
        raise wrong(f"{found.shown} is no time zone{hint}: write one such as Europe/Berlin, or UTC") from None


def wall_time(value: object) -> datetime:
    """A time on the clock of a zone that stands elsewhere, or an instant with a zone of its own."""
    found = text(value)
    if not _WALL.fullmatch(found):
        raise wrong(f"{found.shown} is no time: write 2026-12-06T02:00, or with its zone 2026-12-06T02:00Z")
    try:
        return datetime.fromisoformat(found)
    except (ValueError, OverflowError):
        raise wrong(f"{found.shown} is not in the calendar") from None


def spoken(span: timedelta) -> str:
    """Return a duration as an operator writes it."""
    milliseconds = round(span / timedelta(milliseconds=1))
    parts = []
    for unit, size in (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)):
        amount, milliseconds = divmod(milliseconds, size)
        if amount:
            parts.append(f"{amount}{unit}")
    return "".join(parts) or "0s"
