"""Quiet: what nobody is to be told now, and why. Checking goes on."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.core.model import (
    AVAILABILITY,
    Check,
    CheckKey,
    Hush,
    HushedBy,
    Incident,
    Monitor,
    Result,
    Silence,
    Snapshot,
)
from monitor.core.window import meant, renamed
from monitor.telling.maintenance import Maintenance
from monitor.watch import Watch

ASKED = timedelta(seconds=5)  # between two looks at a parent because a child fails
# The first alert leaves within a minute of the fault, which lies between the last good probe and the first
# failing one. A parent that is not known to be down by then is not waited for.
EARLIEST = timedelta(seconds=30)
PATIENCE = timedelta(seconds=57)


class Quiet:
    """Knows what hushes an alarm at this moment: announced work, a silence, a parent, our own blindness."""

    def __init__(
        self, *, watch: Watch, maintenance: Maintenance | None = None, silences: Iterable[Silence] = ()
    ) -> None:
        self._watch = watch
        self.maintenance = maintenance or Maintenance(watch=watch)
        self._silences = {silence.number: silence for silence in silences}
        self._asked: dict[str, datetime] = {}
        self._seen: tuple[object, ...] = ()

    def hush(self, incident: Incident, monitor: Monitor, now: datetime) -> Hush | None:
        """Return what keeps the alarm of this incident back, or None: it may be told."""
        if one := self.maintenance.over(monitor, now):
            return Hush(by=HushedBy.MAINTENANCE, name=one.window.name, until=one.end)
        if silence := self._silenced(incident, monitor, now):
            return Hush(by=HushedBy.SILENCE, name=silence.reason, until=silence.until)
        if incident.check not in AVAILABILITY:
            return None  # its safety depends neither on what stands before it nor on our sight
        if self._watch.sight.lost_at is not None:
            return Hush(by=HushedBy.BLIND)
        return next(self._parents(incident, monitor, now), None)

    def steady(self, now: datetime) -> bool:
        """Return whether nothing but parents and clocks can have changed since this was asked last."""
        before, self._seen = (
            self._seen,
            (self._watch.config, self.maintenance.open_now(now), self.silences(now)),
        )
        return bool(before) and before[0] is self._seen[0] and before[1:] == self._seen[1:]

    def holds(self, hush: Hush, now: datetime) -> bool:
        """Return whether this certainly goes on, while all else is steady: a thousand may wait for it."""
        if hush.by is HushedBy.PARENT:
            return self._watch.is_down(hush.name)
        if hush.by is HushedBy.BLIND:
            return self._watch.sight.lost_at is not None
        return hush.by is not HushedBy.DOUBT and hush.until is not None and now < hush.until

    # --- silences -------------------------------------------------------------------------------------------

    def put(self, silence: Silence) -> None:
        """Take a silence, or what was changed of one."""
        self._silences[silence.number] = silence

    def silences(self, now: datetime) -> tuple[Silence, ...]:
        """Return those that are not over, the one that ends first before the others."""
        if not self._silences:
            return ()
        self._silences = {number: one for number, one in self._silences.items() if now < one.until}
        return tuple(sorted(self._silences.values(), key=lambda one: (one.until, one.number)))

    def _silenced(self, incident: Incident, monitor: Monitor, now: datetime) -> Silence | None:
        mine = (one for one in self.silences(now) if meant(one.scope, monitor, incident.check))
        return max(mine, key=lambda one: one.until, default=None)

    # --- parents --------------------------------------------------------------------------------------------

    def _parents(self, incident: Incident, monitor: Monitor, now: datetime) -> Iterator[Hush]:
        """Yield what hushes it of all that stands before it: those that are down first."""
        before = tuple(self._before(monitor))
        asked_at = self._watch.health(CheckKey(incident.monitor, incident.check)).last_result_at
        for parent in before:
            back_at = self._watch.back_at(parent.id)
            asked_since = back_at is None or (asked_at is not None and asked_at >= back_at)
            if self._watch.is_down(parent.id) or not asked_since:
                yield Hush(by=HushedBy.PARENT, name=parent.id)
        good_at = max(incident.last_good_at or incident.started_at - EARLIEST, incident.started_at - EARLIEST)
        if now < good_at + PATIENCE:
            for parent in before:
                if self._in_doubt(parent, incident.started_at):
                    yield Hush(by=HushedBy.DOUBT, name=parent.id, until=good_at + PATIENCE)

    def _in_doubt(self, parent: Monitor, since: datetime) -> bool:
        """Return whether a parent that was asked was not seen well since the child began to fail."""
        seen = self._watch.health(CheckKey(parent.id, Check.DELIVERY))
        return seen.last_result_at is not None and (seen.last_good_at is None or seen.last_good_at < since)

    def _before(self, monitor: Monitor) -> Iterator[Monitor]:
        """Yield all that stands before a monitor, the nearest first."""
        seen, row = {monitor.id}, [monitor]
        while row:
            names = dict.fromkeys(name for one in row for name in one.depends_on if name not in seen)
            seen |= names.keys()
            row = [found for name in names if (found := self._watch.known(name))]
            yield from row

    def to_ask(self, key: CheckKey, result: Result, told: Incident | None) -> tuple[CheckKey, ...]:
        """Return what is to be asked at once after this result.

        A child that fails asks for a look at what stands before it; a parent that is back, for a look at
        the children whose alarm it held back.
        """
        monitor = self._watch.monitor(key)
        if monitor is None or key.check not in AVAILABILITY:
            return ()
        if told is not None and told.ended_at is not None and key.monitor in self._watch.parents:
            return tuple(self._held_back_by(key.monitor))
        if not monitor.depends_on or result.verdict.good or not result.scheduled:
            return ()
        return tuple(self._doubted(monitor, result))

    def _held_back_by(self, parent: str) -> Iterator[CheckKey]:
        for open_ in self._watch.open_incidents():
            if open_.held and open_.held.hush.by is HushedBy.PARENT and open_.held.hush.name == parent:
                yield CheckKey(open_.monitor, open_.check)

    def _doubted(self, monitor: Monitor, result: Result) -> Iterator[CheckKey]:
        now = result.finished_at
        for parent in self._before(monitor):
            key = CheckKey(parent.id, Check.DELIVERY)
            if self._watch.monitor(key) is None or self._watch.health(key).failures:
                continue  # it is being asked already
            if now - self._asked.get(parent.id, now - ASKED) >= ASKED:
                self._asked[parent.id] = now
                yield key

    # --- showing, and following the file --------------------------------------------------------------------

    def snapshot(self, now: datetime) -> Snapshot:
        """Return what the owner knows now, as it is to be shown."""
        known = self._watch.snapshot(now)
        return replace(
            known,
            healths=self.maintenance.shown(known.healths),
            maintenance=self.maintenance.occurrences(now),
            silences=self.silences(now),
        )

    def rename(self, names: Mapping[str, str]) -> None:
        """Follow monitors to their new ids."""
        self.maintenance.rename(names)
        self._silences = {
            number: replace(one, scope=renamed(one.scope, names)) for number, one in self._silences.items()
        }
