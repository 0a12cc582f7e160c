"""Time that counts: how far back a stretch of time reaches that is not quiet.

Quiet hours are the operator's wall clock, in his time zone: "22:00-06:00" is nine hours in the night that
clocks go back, and seven when they go forward. Instants are compared in UTC.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.core.model import QuietTime, TrafficPlan

Span = tuple[datetime, datetime]
DAY = timedelta(days=1)
FURTHEST = timedelta(days=60)  # how far back is looked for time that counts
SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)  # weeks are alike


def window(plan: TrafficPlan, now: datetime) -> datetime:
    """Return since when ``per`` of time that is not quiet has passed.

    Never further back than sixty days: where nearly all is quiet, no answer is better than none.
    """
    left, end, furthest = plan.per, now, now - FURTHEST
    for start, until in reversed(quiet(plan, furthest, now)):
        counted = max(timedelta(0), end - until)
        if counted >= left:
            return end - left
        left, end = left - counted, start
    return max(end - left, furthest)


def ever_passes(plan: TrafficPlan) -> bool:
    """Return whether ``per`` of time that is not quiet passes in sixty days; else silence is never told."""
    return window(plan, SOME_DAY) > SOME_DAY - FURTHEST


def quiet(plan: TrafficPlan, start: datetime, end: datetime) -> list[Span]:
    """Return the quiet times between two instants, apart from each other and in order, in UTC."""
    zone = ZoneInfo(plan.zone)
    first, last = start.astimezone(zone).date() - DAY, end.astimezone(zone).date()
    found = [
        (max(opens, start), min(closes, end))
        for day in _days(first, last)
        for rule in plan.quiet
        if day.weekday() in rule.days
        for opens, closes in [_on(rule, day, zone)]
        if opens < end and closes > start and opens < closes
    ]
    return _joined(sorted(found))


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += DAY


def _on(rule: QuietTime, day: date, zone: ZoneInfo) -> Span:
    """Return the quiet time that begins on this day. An hour that comes twice is quiet both times."""
    last_day = day + DAY if rule.until <= rule.start else day
    opens, closes = datetime.combine(day, rule.start, zone), datetime.combine(last_day, rule.until, zone)
    return opens.astimezone(UTC), max(closes.replace(fold=fold).astimezone(UTC) for fold in (0, 1))


def _joined(spans: list[Span]) -> list[Span]:
    found: list[Span] = []
    for start, end in spans:
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found
