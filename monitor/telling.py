"""Telling: from a change of an incident to the alerts that say it."""

from dataclasses import replace

import structlog

from monitor.core import alert, incident
from monitor.core.model import Alert, AlertKind, Incident, Monitor, Result
from monitor.outside import Outside
from monitor.watch import Watch

log = structlog.get_logger()


class Telling:
    """Makes alerts, in final words. The pipeline records them with what they tell of."""

    def __init__(self, *, outside: Outside, watch: Watch) -> None:
        self._outside = outside
        self._watch = watch

    def told(self, change: incident.Change | None, result: Result, monitor: Monitor) -> tuple[Alert, ...]:
        """Return who is to be told of this change, in final words."""
        if change is None or change.kind is None:
            return ()
        now = change.incident
        log.info(
            f"incident {change.kind}",
            incident=now.number,
            monitor=now.monitor,
            check=now.check,
            severity=now.severity,
            reason=now.reason,
            said=result.verdict.message,
        )
        if change.kind is AlertKind.RECOVERED:
            return self._recovered(now, result, monitor)
        return self._announced(change.incident, change.kind, result, monitor)

    def _recovered(self, ended: Incident, result: Result, monitor: Monitor) -> tuple[Alert, ...]:
        """Tell the end to those for whom it is one: nothing that they heard of in this incident fails now."""
        cleared = self._watch.gathering.cleared(ended)
        alone = tuple(name for name, parts in cleared.items() if parts == (ended,))
        return (
            *self._announced(replace(ended, told=alone), AlertKind.RECOVERED, result, monitor),
            *self._watch.all_clear(ended, self._outside.now()),
        )

    def _announced(
        self, now: Incident, kind: AlertKind, result: Result, monitor: Monitor
    ) -> tuple[Alert, ...]:
        return alert.announce(
            now,
            kind,
            result,
            monitor,
            self._watch.site,
            now=self._outside.now(),
            also_down=self._watch.also_down(monitor.id),
        )
