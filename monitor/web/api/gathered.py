"""From incidents and what happened to them to the shapes of the API."""

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from datetime import datetime

from monitor.core import incidents, summary, words
from monitor.core.consequences import consequences
from monitor.core.incidents import Gathered
from monitor.core.model import (
    FINDINGS,
    CheckKey,
    Held,
    Incident,
    IncidentEvent,
    Monitor,
    QueuedAlert,
    Snapshot,
    Status,
    StoredResult,
)
from monitor.web.api import showing
from monitor.web.api.shapes import (
    AffectedShown,
    ConsequencesShown,
    HushShown,
    IncidentDetail,
    IncidentShown,
    LineShown,
)


def gather(
    parts: Iterable[Incident], happened: Iterable[IncidentEvent], snapshot: Snapshot
) -> tuple[Gathered, ...]:
    """Put incidents together; of what is open, the owner knows more than the database does yet."""
    return tuple(_current(one, snapshot) for one in incidents.gather(parts, happened))


def _current(gathered: Gathered, snapshot: Snapshot) -> Gathered:
    held = {one: one for one in gathered.parts if one.ended_at is None}
    for part in held:
        current = snapshot.open_incidents.get(CheckKey(part.monitor, part.check))
        if current and (current.number, current.started_at) == (part.number, part.started_at):
            held[part] = current
    return replace(
        gathered,
        parts=tuple(held.get(part, part) for part in gathered.parts),
        handling=snapshot.handlings.get(gathered.number, gathered.handling),
    )


def shown(gathered: Gathered, snapshot: Snapshot) -> IncidentShown:
    """Show one incident in a list."""
    first, handling = gathered.first, gathered.handling
    wanted = {part.monitor for part in gathered.parts}
    configured = {one.id: one for one in snapshot.config.monitors if one.id in wanted}
    affected = tuple(_affected(part, configured.get(part.monitor), snapshot) for part in gathered.parts)
    explained = words.explain(first.reason)
    whole = {field.name: getattr(affected[0], field.name) for field in fields(AffectedShown)} | {
        "severity": gathered.severity,
        "started_at": gathered.started_at,
        "ended_at": gathered.ended_at,
        "closing": gathered.closing,
        "duration_seconds": _seconds(gathered.started_at, gathered.ended_at, snapshot),
        "held": _held_whole(affected),
        "measured": all(part.measured for part in affected),
        "told": tuple(dict.fromkeys(name for part in affected for name in part.told)),
    }
    return IncidentShown(
        **whole,
        number=gathered.number,
        finding=first.check in FINDINGS,
        meaning=explained.meaning,
        first=explained.first,
        affected=affected,
        acknowledged_at=handling.acknowledged_at,
        acknowledged_by=handling.acknowledged_by or None,
        assignee=handling.assignee or None,
        reopened_at=handling.reopened_at,
        resolved_at=handling.resolved_at,
        resolved_by=handling.resolved_by or None,
        post_mortem=handling.post_mortem or None,
        post_mortem_public=handling.post_mortem_public,
    )


def detail(
    gathered: Gathered,
    happened: Sequence[IncidentEvent],
    alerts: Sequence[QueuedAlert],
    evidence: Sequence[StoredResult],
    snapshot: Snapshot,
) -> IncidentDetail:
    """Show one incident with its timeline. ``alerts``: newest first; ``evidence``: one probe, or none."""
    whole = shown(gathered, snapshot)
    told = (line for line in map(_told, reversed(alerts)) if line)  # what left together stays in order
    lines = sorted((*map(_line, happened), *told), key=lambda line: line.at)
    return IncidentDetail(
        **{field.name: getattr(whole, field.name) for field in fields(IncidentShown)},
        evidence=next((showing.result(one.result, number=one.id) for one in evidence), None),
        timeline=tuple(lines),
    )


def _line(line: IncidentEvent) -> LineShown:
    return LineShown(
        at=line.at,
        kind=line.kind,
        who=line.who or None,
        words=line.words,
        monitor=line.monitor or None,
        check=line.check,
        origin=line.origin,
    )


def _told(queued: QueuedAlert) -> LineShown | None:
    """An alert that left, or never will, is part of what happened; the outbox knows when."""
    at = queued.sent_at or queued.given_up_at
    if at is None or queued.alert.incident is None:
        return None
    lost = "" if queued.sent_at else f" (never taken: {queued.error})"
    return LineShown(
        at=at,
        kind="told" if queued.sent_at else "given_up",
        who=queued.alert.notifier,
        words=f"{queued.alert.message.headline}{lost}",
        monitor=queued.alert.monitor,
        check=queued.alert.check,
        origin=queued.alert.incident,
    )


def _held_whole(affected: Sequence[AffectedShown]) -> HushShown | None:
    """An incident is held back while all that fails of it is, or was to the end where nothing fails."""
    counts = [part for part in affected if part.ended_at is None] or affected
    return counts[0].held if all(part.held for part in counts) else None


def _affected(part: Incident, configured: Monitor | None, snapshot: Snapshot) -> AffectedShown:
    return AffectedShown(
        monitor=part.monitor,
        check=part.check,
        joined=part.joined,
        severity=part.severity,
        reason=part.reason,
        message=part.message,
        diagnosis=part.diagnosis or None,
        consequences=_consequences(part, configured, snapshot),
        started_at=part.started_at,
        confirmed_at=part.confirmed_at,
        last_good_at=part.last_good_at,
        ended_at=part.ended_at,
        closing=part.closing,
        duration_seconds=_seconds(part.started_at, part.ended_at, snapshot),
        unmeasured_seconds=part.unmeasured.total_seconds(),
        failures=part.failures,
        held=_held(part.held),
        measured=part.ended_at is not None or _measured(part, configured, snapshot),
        told=part.told,
    )


def _seconds(start: datetime, end: datetime | None, snapshot: Snapshot) -> float:
    return max(0.0, ((end or snapshot.taken_at) - start).total_seconds())


def _consequences(part: Incident, configured: Monitor | None, snapshot: Snapshot) -> ConsequencesShown | None:
    costs = consequences(part, configured, snapshot.taken_at) if configured else None
    if costs is None:
        return None
    return ConsequencesShown(
        text=costs.text,
        events_at_risk=costs.events_at_risk,
        lost_since=costs.lost_since,
        resend_until=costs.resend_until,
    )


def _measured(part: Incident, configured: Monitor | None, snapshot: Snapshot) -> bool:
    known = snapshot.healths.get(CheckKey(part.monitor, part.check))
    if configured is None or known is None:
        return False
    return summary.check_status(configured, part.check, known, snapshot.taken_at) is not Status.UNKNOWN


def _held(held: Held | None) -> HushShown | None:
    if held is None:
        return None
    hush = held.hush
    return HushShown(by=hush.by, name=hush.name or None, until=hush.until)
