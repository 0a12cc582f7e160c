"""Incidents: what is open, from the first failing probe of a confirmed failure to its recovery."""

from dataclasses import dataclass, replace
from datetime import datetime

from monitor.core.health import Belief
from monitor.core.model import AlertKind, Closing, Incident, Result, Severity, Status

LOUDNESS = (Severity.WARNING, Severity.MINOR, Severity.MAJOR, Severity.CRITICAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An incident as it is now, and what people are to be told; ``kind`` None: nothing."""

    incident: Incident
    kind: AlertKind | None = None


def advance(open_: Incident | None, belief: Belief, result: Result, *, number: int) -> Change | None:
    """Return what one result made of the incident of its check; ``number`` is for one that opens.

    While the status is unknown an incident stays as it is: open, not measured.
    """
    status = belief.health.status
    if status in {Status.DOWN, Status.DEGRADED} and belief.severity is not None:
        if open_ is None:
            return Change(incident=_opened(belief, result, number), kind=AlertKind.OPENED)
        return _continued(open_, belief, result, belief.severity)
    if open_ is not None and status is Status.UP:
        ended = replace(open_, ended_at=belief.health.since, closing=Closing.RECOVERED)
        return Change(incident=ended, kind=AlertKind.RECOVERED)
    return None


def close(incident: Incident, closing: Closing, at: datetime) -> Incident:
    """End an incident by the operator's will. Nobody is told that anything recovered."""
    return replace(incident, ended_at=at, closing=closing)


def _opened(belief: Belief, result: Result, number: int) -> Incident:
    health = belief.health
    return Incident(
        number=number,
        monitor=result.monitor,
        check=result.check,
        started_at=health.since or result.started_at,
        confirmed_at=result.finished_at,
        severity=belief.severity or Severity.MINOR,
        reason=health.reason or result.verdict.reason,
        message=result.verdict.message,
        failures=max(health.failures, health.slow, health.recent.count("x")),
        last_good_at=health.last_good_at,
    )


def _continued(open_: Incident, belief: Belief, result: Result, severity: Severity) -> Change | None:
    failed = result.verdict.status in {Status.DOWN, Status.DEGRADED}
    worse = LOUDNESS.index(severity) > LOUDNESS.index(open_.severity)
    now = replace(
        open_,
        severity=severity if worse else open_.severity,
        reason=belief.health.reason or open_.reason,
        message=result.verdict.message if failed else open_.message,
        failures=open_.failures + 1 if failed else open_.failures,
    )
    if worse:
        return Change(incident=now, kind=AlertKind.WORSENED)
    return Change(incident=now)
