"""Uptime: time-weighted from transitions, never from sample counts. Latency: percentiles from histograms.

What was not measured counts neither as up nor as down; it is shown as coverage beside every number.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core.model import AVAILABILITY, Check, Latency, Status, Transition

BASE = 1.1  # each bucket is ten per cent wider than the one before: percentiles are at most that far off
METHOD = "time-weighted; unknown and maintenance excluded; degraded counts as up"
NOTHING = timedelta(0)

# What a monitor is while its checks disagree: the first that any of them shows. A certificate nobody could
# look at does not hide that deliveries arrive, so only the delivery check can make a monitor unknown.
WORST_FIRST = (Status.PAUSED, Status.MAINTENANCE, Status.DOWN, Status.UNKNOWN, Status.DEGRADED, Status.UP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of time with one status. ``end`` is the first instant outside it."""

    start: datetime
    end: datetime
    status: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Uptime:
    """How long each status lasted."""

    up: timedelta = NOTHING
    degraded: timedelta = NOTHING
    down: timedelta = NOTHING
    unknown: timedelta = NOTHING
    maintenance: timedelta = NOTHING

    @property
    def measured(self) -> timedelta:
        return self.up + self.degraded + self.down

    @property
    def ratio(self) -> float | None:
        """The share of the measured time in which real events were accepted; None if nothing was measured."""
        return (self.up + self.degraded) / self.measured if self.measured else None

    @property
    def coverage(self) -> float:
        """The share of the time, maintenance apart, that was measured."""
        owed = self.measured + self.unknown
        return self.measured / owed if owed else 0.0


def spans(
    transitions: Sequence[Transition], *, start: datetime, end: datetime, measured_until: datetime | None
) -> tuple[Span, ...]:
    """Return what one check was between ``start`` and ``end``, without a hole.

    ``measured_until``: nothing is known after it, nor before the first transition.
    """
    ordered = sorted(transitions, key=lambda transition: (transition.at, transition.known_at))
    marks = [(start, Status.UNKNOWN)]
    for transition in ordered:
        marks.append((max(start, transition.at), transition.status))
    if measured_until is not None and measured_until < end:
        marks = [mark for mark in marks if mark[0] <= measured_until] + [
            _silence(marks, start, measured_until)
        ]
    return _joined(marks, end)


def _silence(
    marks: list[tuple[datetime, Status]], start: datetime, measured_until: datetime
) -> tuple[datetime, Status]:
    """After the last word nothing is known, except that a pause is a pause until it ends."""
    last = [status for at, status in marks if at <= measured_until]
    status = Status.PAUSED if last and last[-1] is Status.PAUSED else Status.UNKNOWN
    return max(start, measured_until), status


def _joined(marks: list[tuple[datetime, Status]], end: datetime) -> tuple[Span, ...]:
    found: list[Span] = []
    for (at, status), (until, _) in zip(marks, [*marks[1:], (end, Status.UNKNOWN)], strict=True):
        if at >= min(until, end):
            continue
        if found and found[-1].status is status:
            found[-1] = Span(start=found[-1].start, end=min(until, end), status=status)
        else:
            found.append(Span(start=at, end=min(until, end), status=status))
    return tuple(found)


def worst(checks: dict[Check, tuple[Span, ...]]) -> tuple[Span, ...]:
    """Return what a monitor was, given what its availability checks were over the same time."""
    lanes = {check: lane for check, lane in checks.items() if check in AVAILABILITY and lane}
    if not lanes:
        return ()
    edges = sorted({span.start for lane in lanes.values() for span in lane})
    end = max(span.end for lane in lanes.values() for span in lane)
    marks = [(edge, _worst_at(lanes, edge)) for edge in edges]
    return _joined(marks, end)


def _worst_at(lanes: dict[Check, tuple[Span, ...]], at: datetime) -> Status:
    seen = {
        span.status
        for check, lane in lanes.items()
        for span in lane
        if span.start <= at < span.end and (check is Check.DELIVERY or span.status is not Status.UNKNOWN)
    }
    return next((status for status in WORST_FIRST if status in seen), Status.UNKNOWN)


def measure(timeline: Iterable[Span]) -> Uptime:
    """Add up how long each status lasted. Paused time is nobody's: it counts as not measured."""
    sums = dict.fromkeys(Status, NOTHING)
    for span in timeline:
        sums[span.status] += span.end - span.start
    return Uptime(
        up=sums[Status.UP],
        degraded=sums[Status.DEGRADED],
        down=sums[Status.DOWN],
        unknown=sums[Status.UNKNOWN] + sums[Status.PAUSED],
        maintenance=sums[Status.MAINTENANCE],
    )


def clip(timeline: Iterable[Span], *, start: datetime, end: datetime) -> tuple[Span, ...]:
    """Return the part of a timeline between two instants."""
    return tuple(
        Span(start=max(span.start, start), end=min(span.end, end), status=span.status)
        for span in timeline
        if span.start < end and span.end > start
    )


def bucket(seconds: float) -> int:
    """Return the histogram bucket of a latency: i holds (BASE ** (i - 1), BASE ** i] milliseconds."""
    return max(0, math.ceil(math.log(max(seconds * 1000, 1.0), BASE) - 1e-9))


def percentile(latency: Latency, share: float) -> float | None:
    """Return the latency in seconds that this share of probes did not exceed; None without any probe."""
    if not latency.count:
        return None
    wanted, seen = share * latency.count, 0
    for index, count in sorted(latency.buckets.items()):
        seen += count
        if seen >= wanted:
            return float(BASE**index) / 1000
    return float(BASE ** max(latency.buckets)) / 1000
