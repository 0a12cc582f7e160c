"""Uptime: time-weighted from transitions, never from sample counts. Latency: percentiles from histograms.

What was not measured counts neither as up nor as down; it is shown as coverage beside every number.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core.model import AVAILABILITY, Check, Latency, Status, Transition

BASE = 1.1  # each bucket is ten per cent wider than the one before: percentiles are at most that far off
METHOD = "time-weighted; unknown and maintenance excluded; degraded counts as up"
NOTHING = timedelta(0)
ROUNDING = 1e-9  # forgives what floating point adds to a whole number

# What a monitor is while its checks disagree: the first of these that any of them shows. Down outranks
# unknown: an expired certificate refuses events also while we cannot deliver one. Unknown outranks degraded,
# which counts as up: nothing is claimed of a time in which no delivery was measured.
WORST_FIRST = (Status.PAUSED, Status.MAINTENANCE, Status.DOWN, Status.UNKNOWN, Status.DEGRADED, Status.UP)
UNMEASURED = frozenset({Status.PAUSED, Status.UNKNOWN})


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

    Nothing is known before the first transition, nor after ``measured_until`` (None: measured to the end).
    """
    ordered = sorted(transitions, key=lambda transition: (transition.at, transition.known_at))
    marks = [(start, Status.UNKNOWN)]
    marks += [(max(start, transition.at), transition.status) for transition in ordered]
    if measured_until is not None and measured_until < end:
        heard = [mark for mark in marks if mark[0] <= measured_until]
        marks = [*heard, _silence(heard, max(start, measured_until))]
    return _joined(marks, end)


def _silence(heard: list[tuple[datetime, Status]], at: datetime) -> tuple[datetime, Status]:
    """After the last word nothing is known, except that a pause is a pause until it ends."""
    paused = bool(heard) and heard[-1][1] is Status.PAUSED
    return at, Status.PAUSED if paused else Status.UNKNOWN


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


def worst(checks: Mapping[Check, Sequence[Span]]) -> tuple[Span, ...]:
    """Return what a monitor was, given what its availability checks were over the same time."""
    lanes = {check: lane for check, lane in checks.items() if check in AVAILABILITY and lane}
    if not lanes:
        return ()
    marks: list[tuple[datetime, Status]] = []
    shown: dict[Check, Status] = {}
    starts = ((span.start, check, span.status) for check, lane in lanes.items() for span in lane)
    for at, check, status in sorted(starts):
        shown[check] = status
        marks.append((at, worst_of(shown)))
    return _joined(marks, max(lane[-1].end for lane in lanes.values()))


def worst_of(checks: Mapping[Check, Status]) -> Status:
    """Return what a monitor is, given what its availability checks are.

    Only the delivery check can make it unknown or paused: that nobody could look at a certificate yet does
    not hide that deliveries arrive.
    """
    shown = {
        status for check, status in checks.items() if check is Check.DELIVERY or status not in UNMEASURED
    }
    return next((status for status in WORST_FIRST if status in shown), Status.UNKNOWN)


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
    """Return the histogram bucket of a latency: i holds (BASE ** (i - 1), BASE ** i] milliseconds.

    Bucket 0 holds everything up to a millisecond.
    """
    milliseconds = max(seconds * 1000, 1.0)
    return max(0, math.ceil(math.log(milliseconds, BASE) - ROUNDING))


def percentile(latency: Latency, share: float) -> float | None:
    """Return the latency in seconds that this share of probes did not exceed; None without any probe.

    It is the upper edge of a bucket: up to ten per cent too long, and never flattering.
    """
    if not latency.buckets:
        return None
    wanted, seen = math.ceil(share * sum(latency.buckets.values()) - ROUNDING), 0
    index = 0
    for index, count in sorted(latency.buckets.items()):  # noqa: B007  the last one stands for the rest
        seen += count
        if seen >= wanted:
            break
    return float(BASE**index) / 1000
