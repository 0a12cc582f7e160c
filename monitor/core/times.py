"""Spans and moments for people.

A moment is told in the zone that `now` is in: whoever tells brings his `now` into the zone of the site. It is
never subtracted from or compared in that zone, where an hour may come twice.
"""

from datetime import UTC, datetime, timedelta


def duration(span: timedelta) -> str:
    """Say a span in its two largest units: "5 min 12 s", "3 d 4 h", "850 ms"."""
    seconds = max(0.0, span.total_seconds())
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    whole = round(seconds)
    if seconds < 10 and abs(seconds - whole) >= 0.05:
        return f"{seconds:.1f} s"
    parts = []
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min"), (1, "s")):
        count, whole = divmod(whole, size)
        if count:
            parts.append(f"{count} {unit}")
        elif parts:
            break
    return " ".join(parts[:2])


def clock(at: datetime, now: datetime) -> str:
    """Say a moment in the zone of ``now``: "14:02:11 CET"; the date only where it is not today's."""
    local = at.astimezone(now.tzinfo)
    return f"{local:{_form(local, now)}} {zone_name(local)}"


def both(at: datetime, now: datetime) -> str:
    """Say a moment in the zone of ``now`` and in UTC: "14:02:11 CET (13:02:11 UTC)"; in UTC only once."""
    told = clock(at, now)
    local = at.astimezone(now.tzinfo)
    if told.endswith(" UTC"):
        return told
    return f"{told} ({at.astimezone(UTC):{_form(local, now)}} UTC)"


def zone_name(local: datetime) -> str:
    """Return "CET"; zones that have no letters are told by what they differ from UTC: "UTC+03:00"."""
    name = local.tzname() or ""
    return name if name.isalpha() else f"UTC{local.isoformat()[-6:]}"


def _form(local: datetime, now: datetime) -> str:
    return "%H:%M:%S" if local.date() == now.date() else "%Y-%m-%d %H:%M:%S"
