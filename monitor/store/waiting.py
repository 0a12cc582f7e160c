"""What waits in memory to be written, in order, within bounds; and the alerts among it that leave early."""

import asyncio
from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core.model import Alert, Record, Severity

A_LOOK = 0.02  # seconds
MOST_WAITING = 200_000  # plain results: about ten minutes of 10,000 monitors, and 300 MB


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A unit of work that is not written yet, and its place in the order."""

    place: int
    record: Record
    since: datetime


def is_precious(record: Record) -> bool:
    """A change of status and an alert must not be lost, nor wait; another failure of an incident may."""
    told = record.transitions or record.alerts or record.happened
    return bool(told or stands_alone(record) or (record.incident and record.incident.ended_at))


def stands_alone(record: Record) -> bool:
    """Return whether it changes what things are called, and must not be mixed with others."""
    return bool(record.renames or record.merges)


class Waiting:
    """A queue with two lanes, so that dropping plain results never looks at precious ones.

    What ``take`` has handed out stays here, out of reach of the bound, until ``done``.
    """

    def __init__(self, *, now: Callable[[], datetime], most: int = MOST_WAITING) -> None:
        self.dropped = 0
        self._now = now
        self._most = most
        self._places = 0
        self._plain: deque[Unit] = deque()
        self._precious: deque[Unit] = deque()
        self._flying: dict[int, Unit] = {}
        self._unwritten: dict[str, tuple[Alert, datetime]] = {}  # by key, with the time it came
        self._sent: dict[str, datetime] = {}
        self._something, self._hurry, self._empty = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._empty.set()

    def __len__(self) -> int:
        return len(self._plain) + len(self._precious) + len(self._flying)

    def put(self, record: Record) -> None:
        """Take a unit of work; never blocks, never raises."""
        unit = Unit(place=self._places, record=record, since=self._now())
        self._places += 1
        self._something.set()
        self._empty.clear()
        if is_precious(record):
            self._precious.append(unit)
            self._unwritten |= {alert.key: (alert, unit.since) for alert in record.alerts}
            self._hurry.set()
            return
        self._plain.append(unit)
        if len(self._plain) > self._most:
            self._plain.popleft()
            self.dropped += 1

    async def for_company(self, seconds: float) -> None:
        """Wait until there is something, and then a moment for more, unless somebody is in a hurry."""
        await self._something.wait()
        if not self._flying:
            try:
                await asyncio.wait_for(self._hurry.wait(), seconds)
            except TimeoutError:
                return

    def take(self, most: int) -> Sequence[Unit]:
        """Return what is first in line: again the same, as long as it is not done.

        Renames and merges fly alone: what is written twice must not be written under a name that has gone.
        """
        while len(self._flying) < most and (
            lanes := [lane for lane in (self._plain, self._precious) if lane]
        ):
            lane = min(lanes, key=lambda lane: lane[0].place)
            if self._flying and (stands_alone(lane[0].record) or self._renaming()):
                break
            unit = lane.popleft()
            self._flying[unit.place] = unit
        return tuple(self._flying.values())

    def _renaming(self) -> bool:
        return stands_alone(next(iter(self._flying.values())).record)

    def done(self, units: Iterable[Unit], *, sent: Collection[str] = ()) -> None:
        """These are written (or given up), and with them that those alerts were sent."""
        for unit in units:
            self._flying.pop(unit.place, None)
            for alert in unit.record.alerts:
                self._unwritten.pop(alert.key, None)
        for key in sent:
            self._sent.pop(key, None)
        self._settle_down()

    def _settle_down(self) -> None:
        if not self._precious and not self._sent:
            self._hurry.clear()
        if not len(self) and not self._sent:
            self._something.clear()
            self._empty.set()

    async def empty(self, seconds: float) -> bool:
        """Wait until nothing waits any more, for so long at most."""
        self._hurry.set()
        try:
            await asyncio.wait_for(self._empty.wait(), seconds)
        except TimeoutError:
            return False
        return True

    async def written(self, seconds: float) -> None:
        """Wait until what waits now is written, for so long at most; others may come meanwhile."""
        last = self._places
        for _ in range(round(seconds / A_LOOK)):
            first = [lane[0].place for lane in (self._plain, self._precious) if lane]
            if min([*first, *self._flying, last]) >= last:
                return
            await asyncio.sleep(A_LOOK)

    # --- alerts that leave from memory ----------------------------------------------------------------------

    def unwritten_alerts(self, older_than: timedelta) -> tuple[Alert, ...]:
        """Return the alerts that have waited for so long and have not left, the same ones each time.

        Not what quiet hours hold back, nor what follows upon it.
        """
        now = self._now()
        held = {
            (alert.notifier, alert.incident)
            for alert, _ in self._unwritten.values()
            if alert.held_until and alert.held_until > now
        }
        return tuple(
            alert
            for key, (alert, since) in self._unwritten.items()
            if now - since >= older_than
            and key not in self._sent
            and ((alert.notifier, alert.incident) not in held or alert.severity is Severity.CRITICAL)
        )

    def sent_unwritten(self, keys: Collection[str], at: datetime) -> None:
        """These have left from memory. They are written as sent, even if they are in the outbox by now."""
        self._sent |= dict.fromkeys(keys, at)
        if keys:
            self._something.set()
            self._hurry.set()
            self._empty.clear()

    def sent_of(self, keys: Collection[str]) -> Mapping[str, datetime]:
        """Return what was sent of these, and of those that are written already."""
        mine = set(keys)
        return {key: at for key, at in self._sent.items() if key in mine or key not in self._unwritten}

    def forget_sent(self) -> None:
        """What was sent cannot be told to the database."""
        self._sent = {key: at for key, at in self._sent.items() if key in self._unwritten}
        self._settle_down()
