"""Announced work, as the public may know it: when, at what of the page, and the words meant for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from monitor.core.model import CheckKey, HushedBy, Incident, Monitor, Occurrence, Snapshot, Status
from monitor.core.window import meant, open_at

AHEAD = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One time of announced work, and the names of the components it is at."""

    one: Occurrence
    running: bool
    names: tuple[str, ...]


def planned(snapshot: Snapshot, shown: Sequence[Monitor]) -> tuple[Planned, ...]:
    """Return the work that goes on or is near, at what is on the page, the soonest first."""
    now = snapshot.taken_at
    found = []
    for one in snapshot.maintenance:
        names = tuple(each.public.name for each in shown if each.public and meant(one.window.scope, each))
        if names and one.start <= now + AHEAD:
            found.append(Planned(one=one, running=open_at(one, now), names=names))
    return tuple(found)


def excused(incident: Incident, snapshot: Snapshot) -> bool:
    """Return whether an incident is part of announced work: it began in it, and has not outlived it."""
    if incident.held is None or incident.held.hush.by is not HushedBy.MAINTENANCE:
        return False
    key = CheckKey(incident.monitor, incident.check)
    health = snapshot.healths.get(key)
    return incident.ended_at is not None or (health is not None and health.status is Status.MAINTENANCE)
