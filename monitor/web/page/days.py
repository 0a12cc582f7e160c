"""Ninety days of one component, day by day, as numbers and as bars."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from markupsafe import Markup

from monitor.core.times import duration
from monitor.core.uptime import Span, Uptime, clip, measure

DAYS = 90
DAY = timedelta(days=1)
STEP, WIDTH, HEIGHT = 8, 6, 34  # of one bar; the drawing stretches to the room there is
LEAST = 0.3  # of the height: however short, it stays visible
WORTH_SHOWING = 0.02  # a gap below this share of a day is in the words, but not in the picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day in UTC; today only as far as it has come."""

    date: date
    uptime: Uptime

    @property
    def troubled(self) -> bool:
        return bool(self.uptime.down or self.uptime.degraded)

    @property
    def measured(self) -> bool:
        return bool(self.uptime.measured)


def first_midnight(now: datetime) -> datetime:
    """Return when the first of the ninety days began."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0) - (DAYS - 1) * DAY


def days(timeline: Sequence[Span], *, now: datetime) -> tuple[Day, ...]:
    """Return ninety days, the last one being today. Linear in days and spans together."""
    found, start, first = [], first_midnight(now), 0
    for _ in range(DAYS):
        end = min(start + DAY, now)
        while first < len(timeline) and timeline[first].end <= start:
            first += 1
        last = first
        while last < len(timeline) and timeline[last].start < end:
            last += 1
        found.append(Day(date=start.date(), uptime=measure(clip(timeline[first:last], start=start, end=end))))
        start += DAY
    return tuple(found)


def in_words(day: Day) -> str:
    """Say a day: "12 Feb 2026: down for 3 min 20 s"."""
    return f"{day.date.day} {day.date:%b %Y}: {', '.join(_told(day.uptime))}"


def _told(lasted: Uptime) -> list[str]:
    if not lasted.measured:
        return ["maintenance" if lasted.maintenance else "not measured"]
    told = []
    if lasted.down:
        told.append(f"down for {duration(lasted.down)}")
    if lasted.degraded:
        told.append(f"degraded for {duration(lasted.degraded)}")
    if 1 - lasted.coverage >= WORTH_SHOWING:
        told.append(f"not measured for {duration(lasted.unknown)}")
    return told if lasted.down or lasted.degraded else ["no trouble", *told]


def bars(several: Sequence[Day]) -> Markup:
    """Draw the days. Trouble hangs from the top, as high as its share of the day; hollow is not measured.

    Plain strings, joined once: everything in them is ours, and a page may have twenty thousand bars.
    """
    return Markup("".join(_bar(day, index * STEP) for index, day in enumerate(several)))  # noqa: S704  (ours)


def _bar(day: Day, left: int) -> str:
    title = f"<title>{in_words(day)}</title>"
    pieces = list(_pieces(day.uptime)) if day.measured or day.uptime.maintenance else []
    if not pieces:
        return f'<rect class="none" x="{left}.5" y=".5" width="5" height="33" rx="1.5">{title}</rect>'
    if len(pieces) == 1:
        return f'<rect class="{pieces[0][0]}" x="{left}" width="6" height="{HEIGHT}" rx="1.5">{title}</rect>'
    return f"<g>{title}{''.join(_piece(*piece, left) for piece in pieces)}</g>"


def _pieces(lasted: Uptime) -> Iterator[tuple[str, float, float]]:
    """Yield what a bar is made of, from the top: its class, where it begins, how high it is."""
    whole = lasted.measured + lasted.unknown + lasted.maintenance
    shares = {
        "down": lasted.down / whole,
        "degraded": lasted.degraded / whole,
        "maintenance": lasted.maintenance / whole,
        "unknown": lasted.unknown / whole if lasted.unknown / whole >= WORTH_SHOWING else 0.0,
        "up": lasted.up / whole,
    }
    heights = {name: max(LEAST, share) for name, share in shares.items() if share}
    top, scale = 0.0, HEIGHT / sum(heights.values())
    for name, height in heights.items():
        yield name, top, height * scale
        top += height * scale


def _piece(name: str, top: float, height: float, left: int) -> str:
    gap = 1 if top else 0  # a line of background between two pieces tells them apart without colour
    y, room = round(top + gap, 1), round(max(0.5, height - gap), 1)
    return f'<rect class="{name}" x="{left}" y="{y:g}" width="{WIDTH}" height="{room:g}" rx="1.5"/>'
