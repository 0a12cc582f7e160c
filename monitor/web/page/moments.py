"""Times as the page tells them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from monitor.core.times import duration, zone_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A time for machines, and in words."""

    iso: str
    words: str


def moment(at: datetime, now: datetime) -> Moment:
    """Say a time in the zone of ``now``; the day where it is not today, the year where it is not this one."""
    local = at.astimezone(now.tzinfo)
    words = f"{local:%H:%M} {zone_name(local)}"
    if local.date() != now.date():
        year = "" if local.year == now.year else f" {local.year}"
        words = f"{local.day} {local:%b}{year}, {words}"
    return Moment(iso=f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", words=words)


def ago(at: datetime, now: datetime) -> str:
    """Say how long ago it was: "5 s ago", "just now"."""
    return f"{duration(whole(now - at))} ago" if now - at >= timedelta(seconds=1) else "just now"


def whole(span: timedelta) -> timedelta:
    """Return a span in whole seconds."""
    return timedelta(seconds=int(span.total_seconds()))
