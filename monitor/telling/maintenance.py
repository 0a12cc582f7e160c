"""Announced work: which windows are open, what is in maintenance, and how that is written into history.

What is believed of a check is not touched: probing, counting and incidents go on. Only what is shown, and
what history says it was, is MAINTENANCE from the beginning of a window to its end.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from monitor.core import mask
from monitor.core.mask import Spell
from monitor.core.model import (
    AVAILABILITY,
    CheckKey,
    Health,
    Monitor,
    Occurrence,
    Record,
    Status,
    Transition,
    Window,
)
from monitor.core.summary import check_status
from monitor.core.window import meant, occurrence, open_at, renamed
from monitor.watch import Watch


class Maintenance:
    """Knows the windows of the file and those that operators announced. ``now`` is passed in.

    ``begun``: what was in maintenance, and since when, when the last owner stopped (``measured_until``).
    """

    def __init__(
        self,
        *,
        watch: Watch,
        announced: Iterable[Window] = (),
        begun: Mapping[CheckKey, datetime] | None = None,
        measured_until: datetime | None = None,
    ) -> None:
        self._watch = watch
        self._announced = {window.number: window for window in announced}
        self._spells = {key: Spell(began=at, until=measured_until or at) for key, at in (begun or {}).items()}
        self._turned_at = measured_until
        self._known: dict[Window, tuple[datetime, Occurrence | None]] = {}
        self._seen: tuple[object, ...] = ()
        self._looked: tuple[datetime, tuple[Window, ...], tuple[Occurrence, ...]] | None = None

    @property
    def windows(self) -> tuple[Window, ...]:
        return (*self._watch.config.maintenance, *self._announced.values())

    def put(self, window: Window) -> None:
        """Take what an operator announced, or changed of it."""
        self._announced[window.number] = window

    def announced(self, number: int) -> Window | None:
        """Return what an operator announced under this number, unless it is over."""
        return self._announced.get(number)

    def take_away(self, number: int) -> None:
        """A window was ended."""
        self._announced.pop(number, None)

    def occurrences(self, now: datetime) -> tuple[Occurrence, ...]:
        """Return for each window the time that it is open now, or else the next one, the soonest first."""
        found = [one for window in self.windows if (one := self._occurrence(window, now))]
        return tuple(sorted(found, key=lambda one: (one.start, one.window.name)))

    def over(self, monitor: Monitor, now: datetime) -> Occurrence | None:
        """Return the window that this monitor is in; of several, the one that ends last."""
        mine = (one for one in self.open_now(now) if meant(one.window.scope, monitor))
        return max(mine, key=lambda one: one.end, default=None)

    def open_now(self, now: datetime) -> tuple[Occurrence, ...]:
        """Return the windows that are open; asked again for the same instant, without looking."""
        if self._looked is None or self._looked[0] != now or self._looked[1] != self.windows:
            found = tuple(one for one in self.occurrences(now) if open_at(one, now))
            self._looked = (now, self.windows, found)
        return self._looked[2]

    def _occurrence(self, window: Window, now: datetime) -> Occurrence | None:
        """A rule is followed from its beginning each time: what it says is kept until that is over."""
        asked_at, one = self._known.get(window, (None, None))
        if asked_at is None or now < asked_at or (one is not None and now >= one.end):
            one = occurrence(window, now)
            self._known[window] = (now, one)
        return one

    def turn(self, now: datetime) -> tuple[Record, ...]:
        """Return what begins and what ends, as history is to say it."""
        open_, config = self.open_now(now), self._watch.config
        before, self._turned_at = self._turned_at or now, now
        if self._seen and self._seen[0] == open_ and self._seen[1] is config:
            return ()
        self._seen = (open_, config)
        self._known = {window: self._known[window] for window in self.windows if window in self._known}
        moves = [move for key in self._watch.due if (move := self._moved(key, before, now))]
        self._spells = {key: spell for key, spell in self._spells.items() if key in self._watch.due}
        return (Record(transitions=tuple(moves)),) if moves else ()

    def _moved(self, key: CheckKey, before: datetime, now: datetime) -> Transition | None:
        monitor = self._watch.monitor(key)
        if key.check not in AVAILABILITY or monitor is None:
            return None
        one, spell = self.over(monitor, now), self._spells.get(key)
        health = self._watch.health(key)
        shown = check_status(monitor, key.check, health, now)
        if one is not None and (spell is None or spell.ended is not None):
            began = max(one.start, min(before, now))  # what was announced too late changes no history
            self._spells[key] = Spell(began=began, until=one.end)
            return _move(key, began, now, shown, Status.MAINTENANCE)
        if one is not None and spell is not None:
            self._spells[key] = replace(spell, until=one.end)
        elif spell is not None and spell.ended is None:
            ended = min(now, max(spell.until, before))
            self._spells[key] = replace(spell, ended=ended)
            reason = health.reason if shown is health.status else None
            return replace(_move(key, ended, now, Status.MAINTENANCE, shown), reason=reason)
        return None

    def masked(self, key: CheckKey, transitions: tuple[Transition, ...]) -> tuple[Transition, ...]:
        """Return what history is to say of these changes of a check that may be in maintenance."""
        spell = self._spells.get(key)
        return mask.masked(transitions, spell) if spell else transitions

    def shown(self, healths: Mapping[CheckKey, Health]) -> Mapping[CheckKey, Health]:
        """Return what is shown of these healths."""
        running = {key: spell for key, spell in self._spells.items() if spell.ended is None}
        if not running:
            return healths
        return {
            key: replace(health, status=Status.MAINTENANCE, reason=None, since=running[key].began)
            if key in running
            else health
            for key, health in healths.items()
        }

    def rename(self, names: Mapping[str, str]) -> None:
        """Follow monitors to their new ids."""
        self._spells = {
            CheckKey(names.get(key.monitor, key.monitor), key.check): spell
            for key, spell in self._spells.items()
        }
        self._announced = {
            number: replace(one, scope=renamed(one.scope, names)) for number, one in self._announced.items()
        }


def _move(key: CheckKey, at: datetime, now: datetime, previous: Status, status: Status) -> Transition:
    return Transition(
        monitor=key.monitor,
        check=key.check,
        at=at,
        known_at=now,
        status=status,
        previous=previous,
        reason=None,
    )
