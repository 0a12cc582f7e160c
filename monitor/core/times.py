"""Spans and moments for people. All times are told in UTC."""

from datetime import datetime, timedelta


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
    """Say a moment in UTC; the date only where it is not today's."""
    return f"{at:%H:%M:%S} UTC" if at.date() == now.date() else f"{at:%Y-%m-%d %H:%M:%S} UTC"
