"""Open incidents as people see them: the owner's memory of which failing checks belong together."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice

from monitor.core import incidents
from monitor.core.incidents import Gathered, Trait
from monitor.core.model import (
    AVAILABILITY,
    CheckKey,
    Closing,
    Handling,
    Happened,
    Incident,
    IncidentEvent,
    Monitor,
    Recollection,
    Severity,
)
from monitor.core.timeline import lines, whole

LOUD = frozenset({Severity.MAJOR, Severity.CRITICAL})
MOST_NAMED = 50  # a mass outage must not make every alert a walk over all monitors


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
        self._parts: dict[CheckKey, Incident] = {}  # those that fail
        self._down: dict[CheckKey, None] = {}  # of those: where events are lost now, in order
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
    def parts(self) -> Mapping[CheckKey, Incident]:
        """Every failing check's part of an incident."""
        return self._parts

    def also_down(self, monitor: str) -> tuple[str, ...]:
        """Return which other monitors have lost their listener; of very many, the first to be found."""
        first = islice(self._down, MOST_NAMED)
        return tuple(sorted({key.monitor for key in first} - {monitor}))

    def is_down(self, monitor: str) -> bool:
        """Return whether this monitor has lost its listener."""
        return any(CheckKey(monitor, check) in self._down for check in AVAILABILITY)

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

    def begun(self, part: Incident) -> datetime:
        """Return when the first part of the incident began to fail that this one belongs to."""
        open_ = self._open.get(part.number)
        parts = (*open_.over, *open_.failing.values(), part) if open_ else (part,)
        return min(parts, key=lambda one: (one.confirmed_at, one.started_at)).started_at

    def failing(self, number: int) -> tuple[Incident, ...]:
        """Return those parts of an open incident that fail now."""
        open_ = self._open.get(number)
        return tuple(open_.failing.values()) if open_ else ()

    def cleared(self, ended: Incident) -> Mapping[str, tuple[Incident, ...]]:
        """Return who has nothing left that fails, now that this part ends, and what recovered for them.

        Everybody hears of the end once: when all that they were told of in this incident is over.
        """
        open_, mine = self._open[ended.number], _key(ended)
        clear = [
            name
            for name in ended.told
            if not any(name in part.told for key, part in open_.failing.items() if key != mine)
        ]
        recovered = (
            [part for part in (*open_.over, ended) if part.closing is Closing.RECOVERED] if clear else ()
        )
        return {name: tuple(part for part in recovered if name in part.told) for name in clear}

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
        return (*happened, *self.let_go(now.number, at)) if now.ended_at else happened

    def note(self, happened: Iterable[IncidentEvent]) -> None:
        """Take what people did."""
        for line in happened:
            if line.origin == line.number and (open_ := self._open.get(line.number)):
                open_.handling = incidents.after(open_.handling, line)

    def reopen(self, gathered: Gathered) -> None:
        """Take an incident that was over: somebody says that it is not."""
        for part in gathered.parts:
            self._put(part, None)
        self._open[gathered.number].handling = gathered.handling
        self._hold_open(gathered)

    def let_go(self, number: int, at: datetime) -> tuple[IncidentEvent, ...]:
        """Let go of an incident if it is over; return what happened by that."""
        open_ = self._open[number]
        if open_.failing or open_.handling.reopened_at is not None:
            return ()
        del self._open[number]
        if not self._open:  # what nobody shows any more
            self._traits.clear()
            self._moved.clear()
        return (whole(number, Happened.ENDED, max(at, *(part.ended_at or at for part in open_.over))),)

    def merge(self, number: int, into: int) -> None:
        """Let the parts of one open incident belong to another; both may be over."""
        open_ = self._open.pop(number, None)
        if open_ is None:
            return
        self._moved = {old: into if now == number else now for old, now in self._moved.items()} | {
            number: into
        }
        self._traits = {trait: into if now == number else now for trait, now in self._traits.items()}
        for part in (*open_.over, *open_.failing.values()):
            self._put(replace(part, number=into), None)

    def rename(self, names: Mapping[str, str]) -> None:
        """Follow monitors to other names."""

        def named(part: Incident) -> Incident:
            return replace(part, monitor=names.get(part.monitor, part.monitor))

        self._parts = {_key(named(part)): named(part) for part in self._parts.values()}
        self._down = {CheckKey(names.get(key.monitor, key.monitor), key.check): None for key in self._down}
        for open_ in self._open.values():
            open_.failing = {_key(named(part)): named(part) for part in open_.failing.values()}
            open_.over = [named(part) for part in open_.over]

    def _put(self, part: Incident, blind_since: datetime | None) -> None:
        number, key = part.number, _key(part)
        self._last = max(self._last, number)
        open_ = self._open.setdefault(number, _Open(part.started_at))
        open_.last_started_at = max(open_.last_started_at, part.started_at)
        if part.ended_at is not None:
            open_.over.append(part)
            self._over(part, open_)
            return
        self._down.pop(key, None)
        known = open_.failing.get(key)
        open_.failing[key] = self._parts[key] = part
        if key.check in AVAILABILITY and part.severity in LOUD:
            self._down[key] = None
        monitor = self._monitor(part.monitor)
        if monitor and (known is None or known.reason is not part.reason):
            self._traits |= dict.fromkeys(incidents.shown(part, monitor, blind_since), number)

    def _over(self, part: Incident, open_: _Open) -> None:
        """Forget that it fails, unless it has begun to fail again since."""
        key = _key(part)
        failing = self._parts.get(key)
        if failing is not None and failing.started_at == part.started_at:
            for book in (open_.failing, self._parts, self._down):
                book.pop(key, None)

    def _hold_open(self, gathered: Gathered) -> None:
        self._traits |= {incidents.held_open(part): gathered.number for part in gathered.parts}


def _key(part: Incident) -> CheckKey:
    return CheckKey(part.monitor, part.check)
