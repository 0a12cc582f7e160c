"""Telling: from a change of an incident to the alerts that say it, now or once nothing hushes them."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import islice

import structlog

from monitor.core import alert, hush, incident
from monitor.core.hours import held_until
from monitor.core.incident import Change
from monitor.core.model import Alert, AlertKind, CheckKey, HushedBy, Incident, Monitor, Record, Result
from monitor.core.routing import routing
from monitor.core.summary import check_status
from monitor.outside import Outside
from monitor.telling.insisting import Insisting
from monitor.telling.quiet import Quiet
from monitor.watch import Watch

log = structlog.get_logger()

LOOK = 1.0  # seconds between two looks at what is to be told now
MOST = 1000  # looked at each time: some ten milliseconds


class Telling:
    """Makes alerts, in final words. The pipeline records them with what they tell of."""

    def __init__(self, *, outside: Outside, watch: Watch, quiet: Quiet) -> None:
        self._outside = outside
        self._watch = watch
        self._quiet = quiet
        self._insisting = Insisting(watch=watch, quiet=quiet)
        self._looked_at = 0
        self._unsure: set[CheckKey] = set()  # what is held back, since windows or silences changed

    def told(
        self, change: Change | None, result: Result, monitor: Monitor
    ) -> tuple[Incident | None, tuple[Alert, ...]]:
        """Return the incident as it is to be remembered, and who is to be told of its change."""
        if change is None:
            return None, ()
        return self._said(change, result, monitor, self._outside.now())

    def due(self, now: datetime) -> tuple[Record, ...]:
        """Return what is to be told now of what is open, though no probe of it came home just now."""
        moved = self._quiet.maintenance.turn(now)
        blind = self._watch.sight.due(now)
        own = (Record(alerts=blind),) if blind else ()
        late = (self._due(open_, now) for open_ in self._to_look_at(now))
        told = (*moved, *own, *(record for record in late if record))
        return (*told, *self._insisting.due(now))

    def _to_look_at(self, now: datetime) -> Iterator[Incident]:
        """Yield what is held back and may be told by now: of very many, others each time."""
        held = [
            (CheckKey(open_.monitor, open_.check), open_, open_.held.hush)
            for open_ in self._watch.open_incidents()
            if open_.held
        ]
        if not self._quiet.steady(now):
            self._unsure = {key for key, _, _ in held}
        goes_on = {hush_: self._quiet.holds(hush_, now) for hush_ in {hush_ for _, _, hush_ in held}}
        found = [(key, open_) for key, open_, hush_ in held if key in self._unsure or not goes_on[hush_]]
        start = self._looked_at % max(1, len(found))
        self._looked_at = start + MOST if len(found) > MOST else 0
        for key, open_ in islice((*found[start:], *found[:start]), MOST):
            self._unsure.discard(key)
            yield open_

    async def keep(self) -> None:
        """Tell what is due, once a second, until cancelled."""
        while True:
            await asyncio.sleep(LOOK)
            for record in self.due(self._outside.now()):
                self._outside.record(record)

    def _due(self, open_: Incident, now: datetime) -> Record | None:
        key = CheckKey(open_.monitor, open_.check)
        monitor = self._watch.monitor(key)
        if monitor is None:
            return None
        health = self._watch.health(key)
        failing = hush.still_failing(check_status(monitor, key.check, health, now), health)
        change = hush.overdue(open_, self._quiet.hush(open_, monitor, now), failing=failing)
        if change is None:
            return None
        told, alerts = self._said(change, self._watch.last_result(key), monitor, now)
        self._watch.revise(told)
        return Record(incident=told, alerts=alerts)

    def _said(
        self, change: Change, result: Result | None, monitor: Monitor, now: datetime
    ) -> tuple[Incident, tuple[Alert, ...]]:
        if change.late is None:
            change = hush.hushed(change, self._quiet.hush(change.incident, monitor, now))
        plan = routing(monitor, change.incident.severity, change.incident.check)
        change = incident.addressed(change, plan.notify, now)
        told, kind = change.incident, change.kind
        if kind is None:
            return told, ()
        log.info(
            f"incident {kind}",
            incident=told.number,
            monitor=told.monitor,
            check=told.check,
            severity=told.severity,
            reason=told.reason,
            said=result.verdict.message if result else told.message,
        )
        if kind is AlertKind.RECOVERED:
            return told, self._recovered(told, result, monitor, now)
        alarms = alert.announce(
            told,
            kind,
            result,
            monitor,
            self._watch.site,
            now=now,
            begun=self._watch.gathering.begun(told),
            also_down=self._watch.also_down(monitor.id),
            late=change.late if change.late and change.late.hush.by is not HushedBy.DOUBT else None,
        )
        if kind is AlertKind.FLAPPING:
            good = result is not None and result.verdict.good
            alarms = tuple(alert.unsteady(one, told, now=now, good=good) for one in alarms)
        until = held_until(plan.quiet_hours, told.severity, told.told_at or now, now)
        return told, tuple(replace(one, held_until=until) for one in alarms)

    def _recovered(
        self, ended: Incident, result: Result | None, monitor: Monitor, now: datetime
    ) -> tuple[Alert, ...]:
        """Tell the end to those for whom it is one: nothing that they heard of in this incident fails now.

        It leaves behind its alarm: if quiet hours hold that one back, they hold this, too.
        """
        cleared = self._watch.gathering.cleared(ended)
        alone = tuple(name for name, parts in cleared.items() if parts == (ended,))
        mine = replace(ended, told=alone)
        begun = self._watch.gathering.begun(ended)
        return (
            *alert.announce(
                mine, AlertKind.RECOVERED, result, monitor, self._watch.site, now=now, begun=begun
            ),
            *self._watch.all_clear(ended, now),
        )
