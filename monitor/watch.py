"""What the owner of the clock holds in memory: the configuration, what it believes, and what is open.

It is written with every result and recalled at start, so it can be lost at any time. One process owns it
(the store's lock), one check writes its own part at a time (the pipeline), so it needs no locks of its own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice

from monitor.calls import Calls
from monitor.core import alert, changes, health, incident
from monitor.core.model import (
    AVAILABILITY,
    HOSTILE,
    Alert,
    CheckKey,
    Closing,
    Config,
    Health,
    Incident,
    Monitor,
    Reason,
    Recollection,
    Record,
    Result,
    Severity,
    Site,
    Snapshot,
    Status,
    Transition,
)

USUAL_INTERVAL = timedelta(seconds=30)  # of a monitor that is not in the file any more
FEW = 500  # streaks forgotten at a time: a few milliseconds
NOTHING_KNOWN = Health()
LOUD = frozenset({Severity.MAJOR, Severity.CRITICAL})
MOST_NAMED = 50  # a mass outage must not make every alert a walk over all monitors


class Watch:
    """The owner's memory. ``now`` is passed to every method that needs it."""

    def __init__(self, config: Config, memory: Recollection) -> None:
        self.config = config
        self._monitors = {monitor.id: monitor for monitor in config.monitors}
        self._due = _due(config)
        self._healths = dict(memory.healths)
        self._void: set[CheckKey] = set()  # what is probed has changed: their streaks are void
        self._incidents: dict[CheckKey, Incident] = {}
        self._down: dict[CheckKey, None] = {}  # of those: where events are lost now, in order
        for key, open_ in memory.open_incidents.items():
            self._open(key, open_)
        self._results: dict[CheckKey, Result] = {}
        self._last_incident = memory.last_incident
        self._out_of_sight = _out_of_sight(memory)
        self.calls = Calls(memory)

    @property
    def site(self) -> Site:
        return self.config.site

    @property
    def next_incident(self) -> int:
        return self._last_incident + 1

    @property
    def due(self) -> Mapping[CheckKey, timedelta]:
        """Every check that is to run, and how often."""
        return self._due

    def monitor(self, key: CheckKey) -> Monitor | None:
        """Return the monitor if this check of it is to run."""
        found = self._monitors.get(key.monitor)
        if found is None or not found.enabled or all(plan.check is not key.check for plan in found.checks):
            return None
        return found

    def heir(self, monitor: str) -> str:
        """Return the id that a monitor has now: what was sent before a rename knows the old one."""
        if monitor in self._monitors:
            return monitor
        return next((one.id for one in self._monitors.values() if one.was == monitor), monitor)

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
        return self._incidents.get(key)

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
        """Return which other monitors have lost their listener; of very many, the first to be found."""
        first = islice(self._down, MOST_NAMED)
        return tuple(sorted({key.monitor for key in first} - {monitor}))

    def believe(self, key: CheckKey, belief: Health, incident_: Incident | None, result: Result) -> None:
        """Take what one result changed."""
        self._healths[key] = belief
        self._results[key] = result
        if incident_ is None:
            return
        self._last_incident = max(self._last_incident, incident_.number)
        if incident_.ended_at is None:
            self._open(key, incident_)
        else:
            self._close(key)

    def _open(self, key: CheckKey, incident_: Incident) -> None:
        self._incidents[key] = incident_
        if key.check in AVAILABILITY and incident_.severity in LOUD:
            self._down[key] = None
        else:
            self._down.pop(key, None)

    def _close(self, key: CheckKey) -> Incident | None:
        self._down.pop(key, None)
        return self._incidents.pop(key, None)

    def sight(self, key: CheckKey, result: Result, now: datetime) -> tuple[Alert, ...]:
        """Note whether we can see the outside; a blind spell is told once, at its end."""
        if result.verdict.reason is Reason.OWN_NETWORK:
            self._out_of_sight.setdefault(key, result.started_at)
            return ()
        if key not in self._out_of_sight or result.reply.http_status is None:
            return ()
        since = min(self._out_of_sight.values())
        self._out_of_sight.clear()
        names = tuple(notifier.name for notifier in self.config.notifiers)
        return alert.blind(since, result.started_at, names, site=self.site, now=now)

    def snapshot(self, now: datetime) -> Snapshot:
        return Snapshot(
            config=self.config,
            healths=dict(self._healths),
            last_results=dict(self._results),
            open_incidents=dict(self._incidents),
            taken_at=now,
            pulses=self.calls.pulses,
        )

    def apply(self, config: Config, changed: changes.Changes, now: datetime) -> tuple[Record, ...]:
        """Take a new configuration, and what differs in it; return what that changes in what is recorded.

        Unchanged monitors keep everything.
        """
        renamed = self._rename(changed.renamed)
        self.config = config
        self._monitors = {monitor.id: monitor for monitor in config.monitors}
        self._due = _due(config)
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
        moved = replace(_into(Status.UNKNOWN, key, before.status, now), reason=Reason.OWN_FAULT)
        return Record(
            key=key,
            health=stopped,
            transitions=(moved,) if before.status is not Status.UNKNOWN else (),
        )

    def _rename(self, renamed: tuple[tuple[str, str], ...]) -> tuple[Record, ...]:
        if not renamed:
            return ()
        names = dict(renamed)
        for book in (self._healths, self._results, self._out_of_sight):
            for key in [key for key in book if key.monitor in names]:
                book[CheckKey(names[key.monitor], key.check)] = book.pop(key)  # type: ignore[assignment]  # four alike
        for key in [key for key in self._incidents if key.monitor in names]:
            new = names[key.monitor]
            if open_ := self._close(key):
                self._open(CheckKey(new, key.check), replace(open_, monitor=new))
        return (Record(renames=renamed),)

    def _put_away(self, key: CheckKey, now: datetime) -> Record:
        """From now on this check is measured no more, by the operator's will."""
        closing = Closing.PAUSED if key.monitor in self._monitors else Closing.MONITOR_REMOVED
        before = self._healths.pop(key)
        self._results.pop(key, None)
        self._out_of_sight.pop(key, None)
        open_ = self._close(key)
        paused = replace(health.reset(before), status=Status.PAUSED, since=now, last_result_at=None)
        if closing is Closing.PAUSED:
            self._healths[key] = paused
        return Record(
            key=key,
            health=paused,
            transitions=self._until(key, before, now),
            incident=incident.close(open_, closing, now) if open_ else None,
        )

    def _until(self, key: CheckKey, before: Health, now: datetime) -> tuple[Transition, ...]:
        """Return the way into the pause; what was silent before it is unknown, not what it was last."""
        monitor = self._monitors.get(key.monitor)
        every = health.interval_of(monitor, key.check) if monitor else USUAL_INTERVAL
        silent_from = health.stale_at(before, every)
        paused = _into(Status.PAUSED, key, before.status, now)
        silent = health.is_stale(before.last_result_at, every, now)
        if silent_from is None or not silent or before.status is Status.UNKNOWN:
            return (paused,)
        unseen = replace(_into(Status.UNKNOWN, key, before.status, silent_from), known_at=now)
        return (unseen, replace(paused, previous=Status.UNKNOWN))


def _due(config: Config) -> Mapping[CheckKey, timedelta]:
    return {
        CheckKey(monitor.id, plan.check): plan.every
        for monitor in config.monitors
        if monitor.enabled
        for plan in monitor.checks
    }


def _into(status: Status, key: CheckKey, previous: Status, at: datetime) -> Transition:
    return Transition(
        monitor=key.monitor,
        check=key.check,
        at=at,
        known_at=at,
        status=status,
        previous=previous,
        reason=None,
    )


def _out_of_sight(memory: Recollection) -> dict[CheckKey, datetime]:
    """A blind spell outlives a restart: it is in the healths."""
    return {
        key: known.since
        for key, known in memory.healths.items()
        if known.reason is Reason.OWN_NETWORK and known.status is Status.UNKNOWN and known.since
    }
