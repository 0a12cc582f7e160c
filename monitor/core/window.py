"""Maintenance windows: hours of announced work. And which monitors are meant by whoever names some."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from monitor.core.model import Check, Monitor, Occurrence, Scope, Window


def meant(scope: Scope, monitor: Monitor, check: Check | None = None) -> bool:
    """Return whether this monitor (and this check of it) is meant."""
    if scope.checks and check not in scope.checks:
        return False
    return (
        scope.everything
        or monitor.id in scope.monitors
        or (bool(monitor.group) and monitor.group in scope.groups)
        or not set(scope.tags).isdisjoint(monitor.tags)
    )


def renamed(scope: Scope, names: Mapping[str, str]) -> Scope:
    """Return the scope after monitors have got other ids (old id → new one)."""
    return replace(scope, monitors=tuple(names.get(one, one) for one in scope.monitors))


def occurrence(window: Window, at: datetime) -> Occurrence | None:
    """Return the time that the window is open at this instant, or else the next one, if any."""
    last = _last(window, at)
    if last is not None and at < last + window.length:
        return Occurrence(window=window, start=last, end=last + window.length)
    start = _following(window, at)
    return Occurrence(window=window, start=start, end=start + window.length) if start else None


def covers(windows: Iterable[Window], at: datetime) -> bool:
    """Return whether any window is open at this instant; the instant that it ends, it is over."""
    return any(open_at(occurrence(window, at), at) for window in windows)


def open_at(one: Occurrence | None, at: datetime) -> bool:
    return one is not None and one.start <= at < one.end


def coming(window: Window, at: datetime) -> Iterator[Occurrence]:
    """Yield the time that is open now, if any, and all that follow."""
    one = occurrence(window, at)
    while one is not None:
        yield one
        start = _following(window, one.start)
        one = Occurrence(window=window, start=start, end=start + window.length) if start else None


def ended(window: Window, at: datetime) -> Window | None:
    """Return what is left of a window that is ended now: the time that it is open, until now, if it is."""
    one = occurrence(window, at)
    if one is None or not one.start < at < one.end:
        return None
    return replace(window, start=one.start, length=at - one.start, repeat=None, recurrence=None)


def _last(window: Window, at: datetime) -> datetime | None:
    if window.recurrence is not None:
        return window.recurrence.last(at)
    return window.start if window.start <= at else None


def _following(window: Window, at: datetime) -> datetime | None:
    if window.recurrence is not None:
        return window.recurrence.following(at)
    return window.start if window.start > at else None
