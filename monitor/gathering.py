"""Open incidents as people see them: the owner's memory of which failing checks belong together."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from monitor.core import incidents
from monitor.core.incidents import Gathered, Trait
from monitor.core.model import CheckKey, Handling, Happened, Incident, IncidentEvent, Monitor, Recollection
from monitor.core.timeline import lines, whole


@dataclass(slots=True)
class _Open:
    """One open incident: which checks fail, what is over, what people made of it."""

    last_started_at: datetime
    failing: dict[CheckKey, Incident] = field(default_factory=dict)
    over: list[Incident] = field(default_factory=list)
    handling: Handling = field(default_factory=Handling)


class Gathering:
    """What is open, by number. ``monitor`` finds a configured one."""

    def __init__(self, memory: Recollection, monitor: Callable[[str], Monitor | None]) -> None:
        self._monitor = monitor
        self._open: dict[int, _Open] = {}
        self._moved: dict[int, int] = {}  # what was merged into what is open
        self._traits: dict[Trait, int] = {}  # the newest incident that shows it, open or not any more
        self._last = memory.last_incident
        parts = (*memory.ended_parts, *memory.open_incidents.values())
        for gathered in incidents.gather(parts, memory.happened):
            for part in gathered.parts:
                self._put(part, None)
            self._open[gathered.number].handling = gathered.handling
            if gathered.handling.reopened_at is not None:
                self._hold_open(gathered)
        self._moved |= {line.origin: line.number for line in memory.happened if line.origin != line.number}

    @property
    def handlings(self) -> Mapping[int, Handling]:
        """What people have made of those that are open."""
        return {number: open_.handling for number, open_ in self._open.items()}

    def find(self, number: int) -> Gathered | None:
        """Return an open incident, also by the number of one that was merged into it."""
        now = self._moved.get(number, number)
        open_ = self._open.get(now)
        if open_ is None:
            return None
        parts = sorted(
            (*open_.over, *open_.failing.values()), key=lambda part: (part.confirmed_at, part.started_at)
        )
        return Gathered(number=now, parts=tuple(parts), handling=open_.handling)

    def failing(self, number: int) -> tuple[Incident, ...]:
        """Return those parts of an open incident that fail now."""
        open_ = self._open.get(number)
        return tuple(open_.failing.values()) if open_ else ()

    def placed(self, part: Incident, blind_since: datetime | None) -> Incident:
        """Return what begins to fail with the number it gets: that of an open incident, or a new one."""
        monitor = self._monitor(part.monitor)
        for trait in incidents.sought(part, monitor, blind_since) if monitor else ():
            number = self._traits.get(trait, 0)
            open_ = self._open.get(number)
            if open_ and (trait.lasting or incidents.may_share(part, open_.last_started_at)):
                return replace(part, number=number, joined=trait.cause)
        return replace(part, number=self._last + 1)

    def take(
        self, was: Incident | None, now: Incident, at: datetime, blind_since: datetime | None = None
    ) -> tuple[IncidentEvent, ...]:
        """Take one part as it is now; return what happened by that."""
        self._put(now, blind_since)
        happened = lines(was, now, at)
        return (*happened, *self._ended(now.number, at)) if now.ended_at else happened

    def note(self, happened: Iterable[IncidentEvent]) -> None:
        """Take what people did."""
        for line in happened:
            if line.origin == line.number and (open_ := self._open.get(line.number)):
                open_.handling = incidents.after(open_.handling, line)

    def rename(self, names: Mapping[str, str]) -> None:
        """Follow monitors to other names."""
        for open_ in self._open.values():
            parts = [
                replace(part, monitor=names.get(part.monitor, part.monitor))
                for part in open_.failing.values()
            ]
            open_.failing = {CheckKey(part.monitor, part.check): part for part in parts}
            open_.over = [replace(part, monitor=names.get(part.monitor, part.monitor)) for part in open_.over]

    def _put(self, part: Incident, blind_since: datetime | None) -> None:
        number, key = part.number, CheckKey(part.monitor, part.check)
        self._last = max(self._last, number)
        open_ = self._open.setdefault(number, _Open(part.started_at))
        open_.last_started_at = max(open_.last_started_at, part.started_at)
        if part.ended_at is not None:
            open_.failing.pop(key, None)
            open_.over.append(part)
            return
        open_.failing[key] = part
        if monitor := self._monitor(part.monitor):
            self._traits |= dict.fromkeys(incidents.shown(part, monitor, blind_since), number)

    def _hold_open(self, gathered: Gathered) -> None:
        self._traits |= {incidents.held_open(part): gathered.number for part in gathered.parts}

    def _ended(self, number: int, at: datetime) -> tuple[IncidentEvent, ...]:
        """Let go of an incident that is over."""
        open_ = self._open[number]
        if open_.failing or open_.handling.reopened_at is not None:
            return ()
        del self._open[number]
        if not self._open:  # what nobody shows any more
            self._traits.clear()
            self._moved.clear()
        return (whole(number, Happened.ENDED, max(at, *(part.ended_at or at for part in open_.over))),)
