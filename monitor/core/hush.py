"""Hushing: what nobody is told now, and when it is told after all.

An alarm that is hushed is not made; the incident goes on, and remembers what is untold (``Held``). Once
nothing hushes it any more and it still fails, its alarm is made then, and says why so late. What recovered
before that is told to nobody: ``Incident.told`` says who heard the alarm, and only they hear its end. So a
recovery is never hushed.
"""

from dataclasses import replace

from monitor.core.incident import ALARMS, Change
from monitor.core.model import Health, Held, Hush, Incident, Reason, Status


def hushed(change: Change, hush: Hush | None) -> Change:
    """Return the change as it may be told now: under a hush its alarm waits on the incident."""
    if change.kind not in ALARMS:
        return change
    held = change.incident.held
    kind = held.kind if held else change.kind  # who never heard that it began hears that first
    if hush is None:
        return Change(incident=replace(change.incident, held=None), kind=kind, late=held)
    return Change(incident=replace(change.incident, held=Held(kind=kind, hush=hush)))


def overdue(incident: Incident, hush: Hush | None, *, failing: bool) -> Change | None:
    """Return what is to be told now of an open incident to which nothing happened just now, if anything.

    ``failing``: the last look still shows it. The incident follows what hushes it.
    """
    held = incident.held
    if held is None:
        return None
    if hush is None:
        return hushed(Change(incident=incident, kind=held.kind), None) if failing else None
    if hush == held.hush:
        return None
    return Change(incident=replace(incident, held=replace(held, hush=hush)))


def still_failing(status: Status, health: Health) -> bool:
    """Return whether what is believed can be told as it is: the last probe does not contradict it.

    ``status`` is what is shown of the check now. Between the failing probes of a flaky time lie good ones.
    """
    failing = status in {Status.DOWN, Status.DEGRADED}
    return failing and (not health.successes or health.reason is Reason.FLAKY)
