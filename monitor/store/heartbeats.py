"""What was heard from outside, durable before it is answered. Calls that wait are written together."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from monitor.core.model import Events, Pulse
from monitor.store.rows import clean, micros, micros_or_none, moment, moment_or_none
from monitor.store.tables import heartbeats, real_events
from monitor.store.upsert import add, put

MINUTE, HOUR = 60_000_000, 3_600_000_000  # microseconds


def write(connection: Connection, group: Sequence[Pulse | Events]) -> None:
    """Write these. Of each pulse the last word holds; events add up."""
    pulses = {one.monitor: one for one in group if isinstance(one, Pulse)}
    put(connection, heartbeats, [_row(pulse) for pulse in pulses.values()], ("monitor",), keep=("events",))
    _count(connection, [one for one in group if isinstance(one, Events)])


def _count(connection: Connection, counted: Sequence[Events]) -> None:
    """Add these up by the minute and in all: one row for each, however many came."""
    minutes: dict[tuple[str, int], int] = {}
    totals: dict[str, tuple[int, int]] = {}  # how many, and when the last of them was reported
    for events in counted:
        at = micros(events.at)
        key, (before, last) = (events.monitor, at // MINUTE * MINUTE), totals.get(events.monitor, (0, 0))
        minutes[key] = minutes.get(key, 0) + events.count
        totals[events.monitor] = before + events.count, max(last, at)
    rows = [{"monitor": name, "minute": at, "events": count} for (name, at), count in minutes.items()]
    add(connection, real_events, rows, ("monitor", "minute"), "events")
    sums = [
        {"monitor": name, "since": at, "heard_at": at, "note": "", "events": count}
        for name, (count, at) in totals.items()
    ]
    add(connection, heartbeats, sums, ("monitor",), "events", also=("heard_at",))


def recall(connection: Connection) -> tuple[dict[str, Pulse], tuple[Events, ...]]:
    """Return what was heard of each monitor, and the real events by the minute, oldest first."""
    pulses = {row.monitor: _pulse(row) for row in connection.execute(select(heartbeats))}
    minutes = connection.execute(select(real_events).order_by(real_events.c.minute))
    return pulses, tuple(
        Events(monitor=row.monitor, at=moment(row.minute), count=row.events) for row in minutes
    )


def hours(connection: Connection, monitor: str, *, start: datetime, end: datetime) -> tuple[Events, ...]:
    """Return how many real events came in each hour that had any, oldest first."""
    minute = real_events.c.minute
    hour = (minute - minute % HOUR).label("hour")
    query = (
        select(hour, func.sum(real_events.c.events).label("events"))
        .where(real_events.c.monitor == monitor, minute >= micros(start), minute < micros(end))
        .group_by(hour)
        .order_by(hour)
    )
    rows = connection.execute(query)
    return tuple(Events(monitor=monitor, at=moment(row.hour), count=int(row.events)) for row in rows)


def rename(connection: Connection, old: str, new: str) -> None:
    """Let what was heard follow a monitor to its new name. What bears that name already keeps it."""
    for table in (heartbeats, real_events):
        taken = select(table.c.monitor).where(table.c.monitor == new).exists()
        connection.execute(update(table).where(table.c.monitor == old, ~taken).values(monitor=new))
        connection.execute(delete(table).where(table.c.monitor == old))


def _row(pulse: Pulse) -> dict[str, object]:
    return {
        "monitor": pulse.monitor,
        "since": micros(pulse.since),
        "deaf_from": micros_or_none(pulse.deaf_from),
        "heard_at": micros_or_none(pulse.heard_at),
        "started_at": micros_or_none(pulse.started_at),
        "failed_at": micros_or_none(pulse.failed_at),
        "note": clean(pulse.note),
        "events": pulse.events,
    }


def _pulse(row: Any) -> Pulse:  # noqa: ANN401  a database row
    return Pulse(
        monitor=row.monitor,
        since=moment(row.since),
        deaf_from=moment_or_none(row.deaf_from),
        heard_at=moment_or_none(row.heard_at),
        started_at=moment_or_none(row.started_at),
        failed_at=moment_or_none(row.failed_at),
        note=row.note,
        events=row.events,
    )
