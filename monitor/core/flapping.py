"""Flapping: a check that fails and recovers again and again is told once, and once more when it is steady.

It flaps with its sixth change between good and bad (three outages) where none came later than a quarter of
an hour after the one before. From then on its incident stays open, and nothing of it is told one by one,
until it has not changed for that quarter of an hour. Every change is in the history and in uptime all the
same. What is critical is never damped.
"""

from dataclasses import replace
from datetime import timedelta

from monitor.core.health import Belief
from monitor.core.incident import Change
from monitor.core.model import AlertKind, Health, Incident, Result, Severity, Status

CHANGES = 6
STEADY = timedelta(minutes=15)
BAD = frozenset({Status.DOWN, Status.DEGRADED})


def counted(before: Health, belief: Belief, result: Result) -> Belief:
    """Return the belief with this change among its last ones, if it was one. Blindness is none."""
    was, now = before.settled, belief.health.settled
    if Status.UNKNOWN in (was, now) or (was in BAD) == (now in BAD):
        return belief
    times = belief.health.changed_at
    recent = times if times and result.started_at - times[-1] < STEADY else ()
    changed = (*recent, result.started_at)[-CHANGES:]
    return replace(belief, health=replace(belief.health, changed_at=changed))


def damped(
    open_: Incident | None, change: Change | None, before: Health, health: Health, result: Result
) -> Change | None:
    """Return what is left to be told of a change, now that its check may flap.

    ``before`` is what was believed until this result, ``health`` what is believed now.
    """
    if change is None or change.incident.severity is Severity.CRITICAL:
        return change
    changed = health.changed_at != before.changed_at
    if open_ is not None and open_.flapping_since is not None:
        if changed or result.started_at - health.changed_at[-1] < STEADY:
            counted = open_.changes + 1 if changed else open_.changes
            return Change(incident=replace(_kept_open(change.incident), changes=counted))
        steady = replace(change.incident, flapping_since=None)
        return Change(incident=steady, kind=AlertKind.RECOVERED if steady.ended_at else AlertKind.STEADY)
    if changed and len(health.changed_at) == CHANGES:
        begun = replace(
            _kept_open(change.incident), flapping_since=health.changed_at[0], changes=len(health.changed_at)
        )
        return Change(incident=begun, kind=AlertKind.FLAPPING)
    return change


def _kept_open(incident: Incident) -> Incident:
    return replace(incident, ended_at=None, closing=None)
