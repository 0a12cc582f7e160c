"""What was heard from outside: the pulse of each monitor that anything calls, and its latest real events."""

from collections import deque
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.core.model import Events, Pulse, Recollection

MINUTE = timedelta(minutes=1)


class Calls:
    """The owner's memory of calls. Real events are counted by the minute, as the database has them.

    ``silent_from`` is when the last owner of the clock was heard of last: nobody listened from then on.
    """

    def __init__(self, memory: Recollection) -> None:
        self.silent_from = memory.measured_until
        self._pulses = dict(memory.pulses)
        self._events: dict[str, deque[tuple[datetime, int]]] = {}
        for events in memory.events:
            self._count(events)

    @property
    def pulses(self) -> Mapping[str, Pulse]:
        return dict(self._pulses)

    def find(self, monitor: str, was: str | None) -> Pulse | None:
        """Return the pulse of a monitor; one that was renamed brings its own along."""
        found = self._pulses.get(monitor)
        if found is None and was is not None and (old := self._pulses.pop(was, None)):
            self._events[monitor] = self._events.pop(was, deque())
            found = replace(old, monitor=monitor)
            self._pulses[monitor] = found
        return found

    def put(self, pulse: Pulse) -> None:
        self._pulses[pulse.monitor] = pulse

    def add(self, events: Events) -> None:
        """Count real events."""
        self._count(events)
        known = self._pulses.get(events.monitor) or Pulse(monitor=events.monitor, since=events.at)
        total = known.events + events.count
        self._pulses[events.monitor] = replace(known, heard_at=events.at, events=total, deaf_from=None)

    def count(self, monitor: str, start: datetime) -> int:
        """Return how many events came since then, to the minute; what is older is forgotten."""
        minutes = self._events.get(monitor) or deque()
        while minutes and minutes[0][0] + MINUTE <= start:
            minutes.popleft()
        return sum(count for _, count in minutes)

    def _count(self, events: Events) -> None:
        minutes = self._events.setdefault(events.monitor, deque())
        minute = events.at.replace(second=0, microsecond=0)
        if minutes and minutes[-1][0] == minute:
            minute, before = minutes.pop()
            minutes.append((minute, before + events.count))
        else:
            minutes.append((minute, events.count))
