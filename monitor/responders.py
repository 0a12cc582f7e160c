"""Responders: what people do about an incident, and what follows from it.

Nothing here touches a probe: acknowledging stops reminders and escalation, never checking. What somebody
calls resolved is not seen to be well: its checks are unknown until they are asked again, which is at once,
and what still fails becomes a new incident as soon as that is confirmed.
"""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import replace
from typing import Protocol

from monitor.core import incident, incidents
from monitor.core.incidents import Gathered
from monitor.core.model import (
    AWAITED,
    FINDINGS,
    CheckKey,
    Closing,
    Deed,
    Happened,
    Incident,
    IncidentEvent,
    Record,
)
from monitor.core.timeline import whole
from monitor.errors import NotPossible
from monitor.outside import Outside
from monitor.watch import Watch


class Past(Protocol):
    """What of the store is needed for incidents that are over. May raise StoreError."""

    async def incident(self, number: int) -> tuple[Incident, ...]: ...

    async def happened(self, numbers: Collection[int]) -> tuple[IncidentEvent, ...]: ...


class Responders:
    """Does what people ask for. ``ask`` has a check asked now; ``written`` waits for the database."""

    def __init__(
        self,
        *,
        outside: Outside,
        watch: Watch,
        past: Past,
        ask: Callable[[CheckKey], None],
        written: Callable[[], Awaitable[None]],
    ) -> None:
        self._outside = outside
        self._watch = watch
        self._past = past
        self._ask = ask
        self._written = written

    async def find(self, number: int) -> Gathered:
        """Return an incident, also by the number of one that was merged into it. Raises NotPossible."""
        while True:
            if open_ := self._watch.gathering.find(number):
                return open_
            happened = await self._past.happened([number])
            if found := incidents.gather(await self._past.incident(number), happened):
                return self._watch.gathering.find(number) or found[0]
            into = incidents.handled(happened).merged_into
            if into is None:
                raise NotPossible(f"there is no incident {number}", missing=True)
            number = into

    async def act(self, number: int, deed: Deed) -> Gathered:
        """Do it, and return what the incident is now. Raises NotPossible, in words, and StoreError."""
        found = await self.find(number)
        other = await self.find(deed.into or 0) if deed.kind is Happened.MERGED else None
        now = self._merge(found, other, deed) if other else self._did(found, deed)
        await self._written()
        return now

    def _did(self, found: Gathered, deed: Deed) -> Gathered:
        line = self._line(found.number, deed)
        match deed.kind:
            case Happened.ACKNOWLEDGED:
                _must_be_open(found)
                if by := found.handling.acknowledged_by:
                    raise NotPossible(f"#{found.number} is acknowledged already, by {by}")
                self._note(line)
            case Happened.RESOLVED:
                _must_be_open(found)
                found = self._resolve(found, line)
            case Happened.REOPENED:
                if found.ended_at is None:
                    raise NotPossible(f"#{found.number} is open")
                self._watch.gathering.reopen(found)
                self._note(line)
            case _:
                self._note(line)
        told = replace(found, handling=incidents.after(found.handling, line))
        return self._watch.gathering.find(found.number) or told

    def _note(self, *lines: IncidentEvent) -> None:
        self._watch.gathering.note(lines)
        self._outside.record(Record(happened=lines))

    def _resolve(self, found: Gathered, line: IncidentEvent) -> Gathered:
        now, watch = line.at, self._watch
        alerts = watch.resolved(found, line.who, now)
        watch.gathering.note([line])
        self._outside.record(
            Record(happened=(line, *watch.gathering.let_go(found.number, now)), alerts=alerts)
        )
        closed = {part: incident.close(part, Closing.RESOLVED, now) for part in found.failing}
        for part in closed.values():
            self._outside.record(watch.doubt(part, now))
            key = CheckKey(part.monitor, part.check)
            if key in watch.due and key.check not in AWAITED:
                self._ask(key)
        return replace(found, parts=tuple(closed.get(part, part) for part in found.parts))

    def _merge(self, found: Gathered, into: Gathered, deed: Deed) -> Gathered:
        """Let everything of the one belong to the other. What people made of the one is told, not taken."""
        one, other = found.number, into.number
        if one == other:
            raise NotPossible(f"#{one} cannot be merged into itself")
        if (found.ended_at is None) != (into.ended_at is None):
            over = one if found.ended_at else other
            raise NotPossible(f"#{over} is over and the other is open: reopen #{over} first")
        if (found.first.check in FINDINGS) != (into.first.check in FINDINGS):
            raise NotPossible("one is about safety and must never become public, the other may be")
        line = self._line(other, deed)
        here = replace(line, words=f"#{one}", other=one)
        there = replace(
            line, number=one, origin=one, kind=Happened.MERGED_INTO, words=f"#{other}", other=other
        )
        self._outside.record(Record(merges=((one, other),)))
        self._outside.record(Record(happened=(here, there)))
        self._watch.gathering.merge(one, other)
        moved = (replace(part, number=other) for part in found.parts)
        return self._watch.gathering.find(other) or replace(into, parts=(*into.parts, *moved))

    def _line(self, number: int, deed: Deed) -> IncidentEvent:
        line = whole(number, deed.kind, self._outside.now(), who=deed.who, words=deed.words)
        return replace(line, public=deed.public)


def _must_be_open(found: Gathered) -> None:
    if found.ended_at is not None:
        raise NotPossible(f"#{found.number} is over since {found.ended_at:%Y-%m-%d %H:%M:%S} UTC")
