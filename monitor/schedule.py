"""The clock: which check is due when. The one door to APScheduler 3.x.

There is no job per check: ten thousand jobs due at one instant would block the loop. There is one job per
*slot*, a fraction of an interval. A check lives in the slot that its id hashes to, so its phase survives a
restart and a reload, and a slot's job only starts what lives in it, spread inside the slot.
"""

import asyncio
import math
import time
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zlib import crc32

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from monitor.core.model import CheckKey

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINIMAL_WIDTH = timedelta(milliseconds=250)
SLOTS_PER_INTERVAL = 120
SECOND = timedelta(seconds=1)
PACE = 0.005  # seconds between two starts beside the schedule
LATE = timedelta(seconds=5)  # a slot that starts so much later was not held up by other checks
JUMP = timedelta(seconds=1)  # more than any clock drifts between two looks


class Slot(NamedTuple):
    """The ``number``-th part of every ``interval``, counted from the epoch."""

    interval: timedelta
    number: int

    @property
    def phase(self) -> timedelta:
        return self.number * width(self.interval)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a check lives: its slot, and how far into it."""

    key: CheckKey
    slot: Slot
    spread: timedelta


def width(interval: timedelta) -> timedelta:
    """Return how long a slot of this interval is."""
    return max(MINIMAL_WIDTH, interval / SLOTS_PER_INTERVAL)


def place(key: CheckKey, interval: timedelta) -> Place:
    """Return where a check lives. Only its id and its interval decide."""
    phase = interval * (crc32(f"{key.monitor}/{key.check}".encode()) / 2**32)
    number = phase // width(interval)
    slot = Slot(interval, number)
    return Place(key=key, slot=slot, spread=phase - slot.phase)


def last_due(slot: Slot, now: datetime) -> datetime:
    """Return the latest start of this slot that is not after ``now``."""
    turns = (now - EPOCH - slot.phase) // slot.interval
    return EPOCH + slot.phase + turns * slot.interval


class Trickle:
    """Starts checks one by one, with a gap in between: many at one instant would block the loop."""

    def __init__(self, start: Callable[[CheckKey], None]) -> None:
        self._start = start
        self._gap = 0.0
        self._keys: OrderedDict[CheckKey, None] = OrderedDict()
        self._timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._keys)

    def add(self, keys: Iterable[CheckKey], gap: float) -> None:
        self._keys.update(dict.fromkeys(keys))
        self._gap = gap
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(0, self._next)

    def drop(self, key: CheckKey) -> None:
        self._keys.pop(key, None)

    def _next(self) -> None:
        self._timer = None
        if not self._keys:
            return
        key, _ = self._keys.popitem(last=False)
        self._timer = asyncio.get_running_loop().call_later(self._gap, self._next)
        self._start(key)

    def stop(self) -> None:
        self._keys.clear()
        if self._timer is not None:
            self._timer.cancel()


class Clock:
    """Starts every check at its time: ``start(key, due)``. What it could not start it counts as missed.

    ``start`` must return at once. ``missed`` is told how many starts a stall has swallowed. The time of day
    (``now``) may be set while we run; ``monotonic`` is in seconds, and never goes back.
    """

    def __init__(
        self,
        *,
        now: Callable[[], datetime],
        start: Callable[[CheckKey, datetime], None],
        missed: Callable[[int], None],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._now = now
        self._start = start
        self._missed = missed
        self._monotonic = monotonic
        self._checks: Mapping[CheckKey, timedelta] = {}
        self._places: dict[CheckKey, Place] = {}
        self._slots: defaultdict[Slot, dict[CheckKey, Place]] = defaultdict(dict)
        self._served: dict[Slot, datetime] = {}
        self._asked = Trickle(lambda key: self._begin(key, self._now()))
        self._first = Trickle(lambda key: self._begin(key, self._now()))
        self._ticked_at = monotonic()
        self._offset = self._apart()
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            # The default grace of one second would silently drop late runs; we count them instead.
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        self._scheduler.start(paused=True)

    @property
    def silent_seconds(self) -> float:
        """How long ago the last tick was."""
        return self._monotonic() - self._ticked_at

    @property
    def shortest(self) -> timedelta | None:
        """The shortest interval that is due; None if nothing is."""
        return min((slot.interval for slot in self._slots), default=None)

    def plan(self, checks: Mapping[CheckKey, timedelta]) -> tuple[CheckKey, ...]:
        """Replace what is due; return what was not due before. The others keep their phase."""
        if checks == self._checks:
            return ()
        new = tuple(key for key in checks if key not in self._checks)
        gone = [key for key, interval in self._checks.items() if checks.get(key) != interval]
        moved = [key for key, interval in checks.items() if self._checks.get(key) != interval]
        before = {slot for slot, places in self._slots.items() if places}
        for key in gone:
            del self._slots[self._places.pop(key).slot][key]
            if key not in checks:
                self._forget(key)
        for key in moved:
            where = self._places[key] = place(key, checks[key])
            self._slots[where.slot][key] = where
        self._checks = checks
        self._plan_slots(before)
        return new

    def _plan_slots(self, before: Set[Slot]) -> None:
        after = {slot for slot, places in self._slots.items() if places}
        self._scheduler.pause()  # adding to a running scheduler wakes it once per job
        for slot in before - after:
            self._scheduler.remove_job(_name(slot))
            self._served.pop(slot, None)
            del self._slots[slot]
        for slot in after - before:
            self._scheduler.add_job(self._tick, _trigger(slot), args=(slot,), id=_name(slot))
        self._scheduler.resume()

    def once(self, keys: Collection[CheckKey]) -> None:
        """Start each of these at once beside its schedule, one after the other; many take a while."""
        self._asked.add(keys, PACE)

    def first(self, keys: Collection[CheckKey], within: timedelta) -> None:
        """Start each of these once, spread over so long, unless its schedule comes first."""
        self._first.add(keys, max(PACE, within / SECOND / max(1, len(keys))))

    def _begin(self, key: CheckKey, due: datetime) -> None:
        self._forget(key)
        self._start(key, due)

    def _forget(self, key: CheckKey) -> None:
        self._asked.drop(key)
        self._first.drop(key)

    async def _tick(self, slot: Slot) -> None:
        now = self._now()
        self._ticked_at = self._monotonic()
        due = last_due(slot, now)
        places = tuple(self._slots.get(slot, {}).values())
        self._count_missed(slot, due, len(places))
        if now - due > LATE:  # we were stopped, and so are all the others that come with this one
            self.once([where.key for where in places])
            return
        loop = asyncio.get_running_loop()
        for where in places:
            at = due + where.spread
            loop.call_later(max(0.0, (at - now) / SECOND), self._begin, where.key, at)

    def _count_missed(self, slot: Slot, due: datetime, checks: int) -> None:
        before = self._served.get(slot)
        self._served[slot] = due
        if before is None:
            return
        turns = math.floor((due - before) / slot.interval + 0.5) - 1
        if turns > 0:
            self._missed(turns * checks)

    def jumped(self) -> timedelta | None:
        """Return how far the time of day was set since the last look, if it was; all is planned anew then.

        A clock that was set back would otherwise stop us for as long: the scheduler waits for an instant.
        A machine that was suspended looks as if its clock had been set forward.
        """
        before, self._offset = self._offset, self._apart()
        by = (self._offset - before) * SECOND
        if abs(by) < JUMP:
            return None
        self._scheduler.pause()
        for slot in self._slots:
            self._scheduler.reschedule_job(_name(slot), trigger=_trigger(slot))
        self._scheduler.resume()
        return by

    def _apart(self) -> float:
        return self._now().timestamp() - self._monotonic()

    def stop(self) -> None:
        """Start nothing any more. What runs goes on."""
        self._scheduler.shutdown(wait=False)
        self._asked.stop()
        self._first.stop()


def _trigger(slot: Slot) -> IntervalTrigger:
    seconds = slot.interval / SECOND
    return IntervalTrigger(seconds=seconds, start_date=EPOCH + slot.phase, timezone=UTC)


def _name(slot: Slot) -> str:
    return f"{slot.interval.total_seconds():g}s/{slot.number}"
