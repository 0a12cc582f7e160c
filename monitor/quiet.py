"""Quiet: what nobody is to be told now, and why."""

from datetime import datetime

from monitor.core.model import AVAILABILITY, Hush, HushedBy, Incident, Monitor
from monitor.watch import Watch


class Quiet:
    """Knows what hushes an alarm at this moment. Checking goes on."""

    def __init__(self, *, watch: Watch) -> None:
        self._watch = watch

    def hush(self, incident: Incident, monitor: Monitor, _now: datetime) -> Hush | None:
        """Return what keeps the alarm of this incident back, or None: it may be told."""
        if incident.check in AVAILABILITY:
            return self._parent(monitor)
        return None

    def _parent(self, monitor: Monitor) -> Hush | None:
        """Its safety does not depend on what stands before it; whether it can be reached does."""
        down = next((name for name in monitor.depends_on if self._watch.is_down(name)), None)
        return Hush(by=HushedBy.PARENT, name=down) if down else None
