"""The alert about a check that fails and recovers again and again."""

from dataclasses import replace
from datetime import datetime, timedelta

from monitor.core.alert.facts import HEADLINE, shortened
from monitor.core.flapping import STEADY
from monitor.core.model import Alert, Incident
from monitor.core.times import duration

MINUTE = timedelta(minutes=1)


def unsteady(alert: Alert, incident: Incident, *, now: datetime, good: bool) -> Alert:
    """Return an alert about what failed last as one that says that it flaps. ``good``: it is well now."""
    minutes = max(1, round((now - (incident.flapping_since or now)) / MINUTE))
    changed = f"changed {incident.changes} times in {minutes} min"
    state = "well just now" if good else "failing just now"
    head = f"FLAPPING {incident.monitor}: {changed}, {state}"
    explanation = (
        f"It fails and recovers again and again. From now on nobody is told each time: the next word comes "
        f"when it has not changed for {duration(STEADY)}. Every change is in the history.\n"
        f"{alert.message.explanation}"
    )
    message = replace(
        alert.message,
        headline=f"{head} (last: {shortened(incident.message, HEADLINE - len(head) - len(' (last: )'))})",
        colour="amber",
        explanation=explanation,
        facts=(*alert.message.facts, ("flapping", f"{changed}, {state}")),
    )
    return replace(alert, message=message)
