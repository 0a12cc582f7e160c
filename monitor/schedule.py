"""The clock: which check is due when. The one door to APScheduler 3.x.

There is no job per check: ten thousand jobs due at one instant would block the loop. There is one job per
*slot*, a fraction of an interval. A check lives in the slot that its id hashes to, so its phase survives a
restart and a reload, and a slot's job only starts what lives in it, spread inside the slot.
"""

import asyncio
import math
from collections import defaultdict
from collections.abc import Callable, Mapping
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


class Clock:
    """Starts every check at its time: ``start(key, due)``. What it could not start it counts as missed.

    ``start`` must return at once. ``missed`` is told how many starts a stall has swallowed.
    """

    def __init__(
        self,
        *,
        now: Callable[[], datetime],
        start: Callable[[CheckKey, datetime], None],
        missed: Callable[[int], None],
    ) -> None:
        self._now = now
        self._start = start
        self._missed = missed
        self._slots: dict[Slot, tuple[Place, ...]] = {}
        self._served: dict[Slot, datetime] = {}
        self.ticked_at = now()
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            # The default grace of one second would silently drop late runs; we count them instead.
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        self._scheduler.start(paused=True)

    def plan(self, checks: Mapping[CheckKey, timedelta]) -> None:
        """Replace what is due. A check whose interval did not change keeps its phase."""
        slots: dict[Slot, list[Place]] = defaultdict(list)
        for key, interval in checks.items():
            where = place(key, interval)
            slots[where.slot].append(where)
        self._scheduler.pause()  # adding to a running scheduler wakes it once per job
        for slot in self._slots.keys() - slots.keys():
            self._scheduler.remove_job(_name(slot))
            self._served.pop(slot, None)
        for slot in slots.keys() - self._slots.keys():
            trigger = IntervalTrigger(
                seconds=slot.interval.total_seconds(), start_date=EPOCH + slot.phase, timezone=UTC
            )
            self._scheduler.add_job(self._tick, trigger, args=(slot,), id=_name(slot))
        self._slots = {slot: tuple(places) for slot, places in slots.items()}
        self._scheduler.resume()

    async def _tick(self, slot: Slot) -> None:
        now = self.ticked_at = self._now()
        due = last_due(slot, now)
        places = self._slots.get(slot, ())
        self._count_missed(slot, due, len(places))
        loop = asyncio.get_running_loop()
        for where in places:
            at = due + where.spread
            loop.call_later(max(0.0, (at - now).total_seconds()), self._start, where.key, at)

    def _count_missed(self, slot: Slot, due: datetime, checks: int) -> None:
        before = self._served.get(slot)
        self._served[slot] = due
        if before is None:
            return
        turns = math.floor((due - before) / slot.interval + 0.5) - 1
        if turns > 0:
            self._missed(turns * checks)

    def stop(self) -> None:
        """Start nothing any more. What runs goes on."""
        self._scheduler.shutdown(wait=False)


def _name(slot: Slot) -> str:
    return f"{slot.interval.total_seconds():g}s/{slot.number}"
