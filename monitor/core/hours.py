"""Quiet hours: when what is not critical can wait.

What begins in them waits for their end, and is then told at once with how it ended meanwhile. What people
heard of before they began is told to its end: somebody may be at work on it.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from monitor.core.model import Incident, QuietHours, Severity

DAY = timedelta(days=1)
LONGEST = timedelta(days=7)  # hours that follow upon each other for so long are no pause any more


def quiet_until(hours: tuple[QuietHours, ...], at: datetime) -> datetime | None:
    """Return when it is no longer quiet, in UTC; None: it is not. Hours that touch are one stretch."""
    end = None
    while end is None or end - at < LONGEST:
        now = end or at
        found = [until for one in hours for since, until in _around(one, now) if since <= now < until]
        if not found:
            return end
        end = max(found)
    return end


def held_until(
    hours: tuple[QuietHours, ...], severity: Severity, began: datetime, now: datetime
) -> datetime | None:
    """Return until when news of an incident that opened at ``began`` are held back; None: they leave now."""
    if severity is Severity.CRITICAL:
        return None
    end = quiet_until(hours, began)
    return end if end is not None and end > now else None


def known_at(hours: tuple[QuietHours, ...], told: Incident) -> datetime:
    """Return when people could know of an incident that was told."""
    at = told.told_at or told.confirmed_at
    return held_until(hours, told.severity, at, at) or at


def _around(one: QuietHours, at: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Return those that begin on this day, and on the one before."""
    today = at.astimezone(one.zone).date()
    for day in (today - DAY, today):
        if day.weekday() in one.days:
            yield _instant(one, day), _instant(one, day, ends=True)


def _instant(one: QuietHours, day: date, *, ends: bool = False) -> datetime:
    """An hour that the clocks skip is the same one as if they had not; of one that comes twice, the first."""
    over_midnight = ends and one.end <= one.start
    local = datetime.combine(day + DAY if over_midnight else day, one.end if ends else one.start, one.zone)
    return local.astimezone(UTC)
