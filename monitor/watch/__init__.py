"""What the owner of the clock holds in memory: the configuration, what it believes, and what is open.

It is written with every result and recalled at start, so it can be lost at any time. One process owns it
(the store's lock), one check writes its own part at a time (the pipeline), so it needs no locks of its own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice

from monitor.core import alert, changes, health, incident, pausing
from monitor.core.incidents import Gathered
from monitor.core.model import (
    HOSTILE,
    Alert,
    Check,
    CheckKey,
    Closing,
    Config,
    Health,
    Incident,
    IncidentEvent,
    Monitor,
    Reason,
    Recollection,
    Record,
    Result,
    Site,
    Snapshot,
    Status,
)
from monitor.watch.asked import due, parents
from monitor.watch.calls import Calls
from monitor.watch.gathering import Gathering
from monitor.watch.sight import Sight

USUAL_INTERVAL = timedelta(seconds=30)  # of a monitor that is not in the file any more
FEW = 500  # streaks forgotten at a time: a few milliseconds
NOTHING_KNOWN = Health()


class Watch:
    """The owner's memory. ``now`` is passed to every method that needs it."""

    def __init__(self, config: Config, memory: Recollection) -> None:
        self.config = config
        self._monitors = {monitor.id: monitor for monitor in config.monitors}
        self._due = due(config)
        self.parents = parents(config)
        self._healths = dict(memory.healths)
        self._void: set[CheckKey] = set()  # what is probed has changed: their streaks are void
        self._results: dict[CheckKey, Result] = {}
        self._back: dict[str, datetime] = {}  # since we started: which monitors are up again, and when
        self.sight = Sight(memory.healths, lambda: self.config)
        self.gathering = Gathering(memory, self._configured)
        self.calls = Calls(memory)

    @property
    def site(self) -> Site:
        return self.config.site

    @property
    def due(self) -> Mapping[CheckKey, timedelta]:
        """Every check that is to run, and how often."""
        return self._due

    def _configured(self, monitor: str) -> Monitor | None:
        return self._monitors.get(monitor)

    def monitor(self, key: CheckKey) -> Monitor | None:
        """Return the monitor if this check of it is to run."""
        found = self._monitors.get(key.monitor)
        if found is None or not found.enabled or all(plan.check is not key.check for plan in found.checks):
            return None
        return found

    def heir(self, monitor: str) -> str:
        """Return the id that a monitor has now: what was sent before a rename knows the old one."""
        found = self.named(monitor)
        return found.id if found else monitor

    def named(self, name: str) -> Monitor | None:
        """Return the monitor of that name, running or not; also of the name that it had before."""
        found = self._monitors.get(name)
        return found or next((one for one in self._monitors.values() if one.was == name), None)

    def health(self, key: CheckKey) -> Health:
        if key in self._void:
            self._void.discard(key)
            if key in self._healths:
                self._healths[key] = health.reset(self._healths[key])
        return self._healths.get(key) or NOTHING_KNOWN

    def incident(self, key: CheckKey) -> Incident | None:
        """Return what is open for this check."""
        return self.gathering.parts.get(key)

    def open_incidents(self) -> tuple[Incident, ...]:
        return tuple(self.gathering.parts.values())

    def revise(self, incident_: Incident) -> None:
        """Take what was made of an open incident without a probe."""
        key = CheckKey(incident_.monitor, incident_.check)
        self.gathering.take(self.incident(key), incident_, incident_.confirmed_at)

    def is_down(self, monitor: str) -> bool:
        """Return whether this monitor has lost its listener."""
        return self.gathering.is_down(monitor)

    def back_at(self, monitor: str) -> datetime | None:
        """Return when it was found that this monitor is up again, if that was since we started."""
        return self._back.get(monitor)

    def known(self, monitor: str) -> Monitor | None:
        """Return the monitor of this id if it is watched."""
        found = self._monitors.get(monitor)
        return found if found is not None and found.enabled else None

    def held_until(self, key: CheckKey, now: datetime) -> datetime | None:
        """Return until when we are to stay away from the listener, if that is still to come."""
        until = self.health(key).held_until
        return until if until is not None and until > now else None

    def move_holds(self, by: timedelta) -> None:
        """The clock of this machine was set: stay away from no listener for longer because of that."""
        for key, known in self._healths.items():
            if known.held_until is not None:
                self._healths[key] = replace(known, held_until=known.held_until + by)

    def last_result(self, key: CheckKey) -> Result | None:
        """Return the last probe of this check since we started."""
        return self._results.get(key)

    def stop_hostile(self, monitor: Monitor, now: datetime, until: datetime) -> tuple[Record, ...]:
        """Ask nothing hostile of this monitor until then: our probes seem to have got us banned."""
        asked = (CheckKey(monitor.id, plan.check) for plan in monitor.checks if plan.check in HOSTILE)
        return tuple(self._stopped(key, now, until) for key in asked)

    def also_down(self, monitor: str) -> tuple[str, ...]:
        """Return which other monitors have lost their listener."""
        return self.gathering.also_down(monitor)

    def placed(self, opened: Incident) -> Incident:
        """Return what begins to fail as the part of an incident: of one that is open, or a new one."""
        looked = self._results.get(CheckKey(opened.monitor, Check.CERTIFICATE))
        ends = opened.certificate_expires_at or (looked.reply.certificate_expires_at if looked else None)
        return self.gathering.placed(
            replace(opened, certificate_expires_at=ends), self.sight.blind_since(opened.started_at)
        )

    def believe(
        self, key: CheckKey, belief: Health, incident_: Incident | None, result: Result
    ) -> tuple[IncidentEvent, ...]:
        """Take what one result changed; return what that adds to the timeline of an incident."""
        self._healths[key] = belief
        self._results[key] = result
        if incident_ is None:
            return ()
        if incident_.ended_at is not None and self.is_down(key.monitor):
            self._back[key.monitor] = result.finished_at
        blind_since = self.sight.blind_since(incident_.started_at)
        return self.gathering.take(self.incident(key), incident_, result.finished_at, blind_since)

    def all_clear(self, ended: Incident, now: datetime) -> tuple[Alert, ...]:
        """Tell those who heard of more than this part that all of it is over."""
        begun = self.gathering.begun(ended)
        return tuple(
            alert.all_clear(ended, parts, name, self._configured, site=self.site, now=now, begun=begun)
            for name, parts in self.gathering.cleared(ended).items()
            if parts and parts != (ended,)
        )

    def resolved(self, gathered: Gathered, who: str, now: datetime) -> tuple[Alert, ...]:
        """Tell everybody who heard of this incident that somebody says it is over."""
        return alert.resolved(gathered, who, self._configured, site=self.site, now=now)

    def doubt(self, closed: Incident, now: datetime) -> Record:
        """Take that somebody calls this over: until it is asked again, nobody knows whether it is."""
        key = CheckKey(closed.monitor, closed.check)
        was = self.health(key)
        self._healths[key] = pausing.doubted(was, now)
        return Record(
            key=key,
            health=self._healths[key],
            transitions=(pausing.into(Status.UNKNOWN, key, was.status, now),)
            if was.status is not Status.UNKNOWN
            else (),
            incident=closed,
            happened=self.gathering.take(self.incident(key), closed, now),
        )

    def snapshot(self, now: datetime) -> Snapshot:
        return Snapshot(
            config=self.config,
            healths=dict(self._healths),
            last_results=dict(self._results),
            open_incidents=dict(self.gathering.parts),
            taken_at=now,
            handlings=self.gathering.handlings,
            pulses=self.calls.pulses,
        )

    def apply(self, config: Config, changed: changes.Changes, now: datetime) -> tuple[Record, ...]:
        """Take a new configuration, and what differs in it; return what that changes in what is recorded.

        Unchanged monitors keep everything.
        """
        renamed = self._rename(changed.renamed)
        self.config = config
        self._monitors = {monitor.id: monitor for monitor in config.monitors}
        self._due = due(config)
        self.parents = parents(config)
        self._void.update(key for key in self._healths if key.monitor in changed.reset)
        return (*renamed, *self.put_away(now))

    def forget_streaks(self) -> Iterator[None]:
        """Forget the streaks that a reload made void, lest they are shown; yields now and then."""
        while self._void:
            for key in tuple(islice(self._void, FEW)):
                self.health(key)
            yield

    def follow_names(self) -> tuple[Record, ...]:
        """Take the renames of an edit while nothing ran; return what that changes in what is recorded."""
        known = {key.monitor for key in self._healths}
        return self._rename(
            tuple(
                (one.was, one.id)
                for one in self.config.monitors
                if one.was is not None and one.was in known and one.id not in known
            )
        )

    def put_away(self, now: datetime) -> tuple[Record, ...]:
        """Close what is due no more, by a reload or by an edit while nothing ran."""
        due = self.due
        gone = [key for key in self._healths if key not in due]
        paused = [key for key in gone if self._healths[key].status is Status.PAUSED]
        for key in paused:
            if key.monitor not in self._monitors:
                del self._healths[key]
        return tuple(self._put_away(key, now) for key in gone if key not in paused)

    def _stopped(self, key: CheckKey, now: datetime, until: datetime) -> Record:
        before = self.health(key)
        since = now if before.status is not Status.UNKNOWN else before.since
        stopped = replace(
            before, status=Status.UNKNOWN, reason=Reason.OWN_FAULT, since=since, held_until=until
        )
        self._healths[key] = stopped
        moved = replace(pausing.into(Status.UNKNOWN, key, before.status, now), reason=Reason.OWN_FAULT)
        return Record(
            key=key,
            health=stopped,
            transitions=(moved,) if before.status is not Status.UNKNOWN else (),
        )

    def _rename(self, renamed: tuple[tuple[str, str], ...]) -> tuple[Record, ...]:
        if not renamed:
            return ()
        names = dict(renamed)
        self.sight.rename(names)
        for book in (self._healths, self._results):
            for key in [key for key in book if key.monitor in names]:
                book[CheckKey(names[key.monitor], key.check)] = book.pop(key)  # type: ignore[assignment]  # both alike
        self.gathering.rename(names)
        return (Record(renames=renamed),)

    def _put_away(self, key: CheckKey, now: datetime) -> Record:
        """From now on this check is measured no more, by the operator's will."""
        closing = Closing.PAUSED if key.monitor in self._monitors else Closing.MONITOR_REMOVED
        before = self._healths.pop(key)
        self._results.pop(key, None)
        self.sight.forget(key)
        open_ = self.incident(key)
        paused = replace(health.reset(before), status=Status.PAUSED, since=now, last_result_at=None)
        if closing is Closing.PAUSED:
            self._healths[key] = paused
        monitor = self._monitors.get(key.monitor)
        every = health.interval_of(monitor, key.check) if monitor else USUAL_INTERVAL
        closed = incident.close(open_, closing, now) if open_ else None
        return Record(
            key=key,
            health=paused,
            transitions=pausing.until(key, before, every, now),
            incident=closed,
            alerts=self.all_clear(closed, now) if closed else (),
            happened=self.gathering.take(open_, closed, now) if closed else (),
        )
