"""Incidents: what is open, from the first failing probe of a confirmed failure to its recovery.

An incident outlives blindness (open, not measured) and milder times: only a check that is believed to be up
again ends it. It is told when it opens, when it grows worse than it ever was, and when it is over.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.core.health import Belief, acknowledged, counted_before
from monitor.core.model import AlertKind, Closing, Health, Held, Incident, Reason, Result, Severity, Status

LOUDNESS = (Severity.NOTE, Severity.WARNING, Severity.MINOR, Severity.MAJOR, Severity.CRITICAL)
ALARMS = frozenset({AlertKind.OPENED, AlertKind.WORSENED, AlertKind.FLAPPING, AlertKind.STEADY})
UNNUMBERED = 0
AT_LAST = "; at last: "
FAILING = frozenset({Status.DOWN, Status.DEGRADED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An incident as it is now, and what people are to be told; ``kind`` None: nothing.

    ``late``: it was held back until now.
    """

    incident: Incident
    kind: AlertKind | None = None
    late: Held | None = None


def advance(open_: Incident | None, belief: Belief, result: Result, *, before: Health) -> Change | None:
    """Return what one result made of the incident of its check, or None where it made nothing.

    One that opens has no number yet: which incident it is part of is decided in ``core.incidents``.
    ``before`` is what was believed until this result. A good probe never opens one, whatever is still
    believed.
    """
    seen = _looked_back(open_, belief, before)
    change = _advance(seen, belief, result)
    if change is None and seen is not None and seen != open_:
        return Change(incident=seen)
    return change


def _advance(open_: Incident | None, belief: Belief, result: Result) -> Change | None:
    status = belief.health.status
    if open_ is not None and result.verdict.reason is Reason.SKIPPED:  # nothing can end it any more
        return Change(incident=close(open_, Closing.PAUSED, result.started_at))
    noted = belief.severity is Severity.NOTE  # recorded and shown, told to nobody
    if open_ is not None and (status is Status.UP or noted):
        return Change(incident=_recovered(open_, belief, result), kind=AlertKind.RECOVERED)
    if noted or status not in FAILING or result.verdict.status not in FAILING:
        return None
    if open_ is None and belief.severity is not None:
        return Change(incident=_opened(belief, result, belief.severity), kind=AlertKind.OPENED)
    return _continued(open_, belief, result) if open_ else None


def _looked_back(open_: Incident | None, belief: Belief, before: Health) -> Incident | None:
    """Take into the incident how much time nobody saw came to its end with this result."""
    if open_ is None:
        return None
    since, unseen = before.since if before.status is Status.UNKNOWN else None, timedelta(0)
    for move in belief.transitions:
        if move.status is Status.UNKNOWN:
            since = move.at
        elif move.previous is Status.UNKNOWN and since is not None:
            unseen += max(timedelta(0), move.at - max(since, open_.started_at))
            since = None
    return replace(open_, unmeasured=open_.unmeasured + unseen)


def ours(change: Change, result: Result) -> Change:
    """Return the change told as our own fault: somebody must still look, and nobody is blamed.

    It is milder than an outage, so that one that hides behind it is told as worse.
    """
    told = replace(
        change.incident,
        severity=Severity.MINOR,
        reason=Reason.OWN_FAULT,
        message=result.verdict.message,
        diagnosis="",
        down_since=None,
    )
    return replace(change, incident=told)


def addressed(change: Change, notify: tuple[str, ...], now: datetime) -> Change:
    """Add who is to hear of it now. Who heard the alarm hears its end, and nobody else does."""
    if change.kind not in ALARMS:
        return change
    told = tuple(dict.fromkeys((*change.incident.told, *notify)))
    first = change.incident.told_at or now
    return replace(change, incident=replace(change.incident, told=told, told_at=first))


def close(incident: Incident, closing: Closing, at: datetime) -> Incident:
    """End an incident by the operator's will. Nobody is told that anything recovered."""
    return replace(incident, ended_at=max(at, incident.started_at), closing=closing)


def _opened(belief: Belief, result: Result, severity: Severity) -> Incident:
    health = belief.health
    started = health.streak_started_at or result.started_at
    return Incident(
        number=UNNUMBERED,
        monitor=result.monitor,
        check=result.check,
        started_at=started,
        confirmed_at=result.finished_at,
        severity=severity,
        reason=health.reason or result.verdict.reason,
        message=result.verdict.message,
        diagnosis=result.verdict.diagnosis,
        failures=max(health.failures, health.slow, health.recent.count("x")),
        last_good_at=health.last_good_at,
        down_since=started if health.status is Status.DOWN else None,
        certificate_expires_at=result.reply.certificate_expires_at,
    )


def _recovered(open_: Incident, belief: Belief, result: Result) -> Incident:
    """It was over with the first good probe, not with the one that convinced us."""
    ended = belief.health.streak_started_at or result.started_at
    return replace(open_, ended_at=max(ended, open_.started_at), closing=Closing.RECOVERED)


def _continued(open_: Incident, belief: Belief, result: Result) -> Change | None:
    """Count one more failing probe. A milder time keeps the reason and the words of the worst.

    Who was told of one cause hears of it again at the end, beside the one it failed with at last.
    """
    severity, reason = belief.severity or open_.severity, belief.health.reason or open_.reason
    louder = LOUDNESS.index(severity) - LOUDNESS.index(open_.severity)
    now = open_
    if louder > 0 or (louder == 0 and reason is not open_.reason):
        verdict = result.verdict
        words = verdict.message if louder > 0 else _at_last(open_.message, verdict.message)
        now = replace(open_, severity=severity, reason=reason, message=words)
    if result.verdict.diagnosis:
        now = replace(now, diagnosis=result.verdict.diagnosis)
    failed = now.reason is Reason.SLOW or not acknowledged(result.verdict)
    if failed and not counted_before(result):
        now = replace(now, failures=open_.failures + 1)
    now = _down(now, belief.health)
    if now == open_:
        return None
    return Change(incident=now, kind=AlertKind.WORSENED if louder > 0 else None)


def _down(now: Incident, health: Health) -> Incident:
    """Note from when until when it was down: only in between are real events lost."""
    if health.status is Status.DOWN:
        if now.down_since is None:
            return replace(now, down_since=health.since, last_good_at=health.last_good_at)
        return replace(now, down_until=None)
    if now.down_since is not None and now.down_until is None:
        return replace(now, down_until=health.since)
    return now


def _at_last(told: str, words: str) -> str:
    first = told.partition(AT_LAST)[0]
    return first if words == first else f"{first}{AT_LAST}{words}"
