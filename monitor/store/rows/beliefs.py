"""Health, transitions, incidents and what happened to them ⇄ rows."""

import json
from typing import Any

from monitor.core.model import (
    AlertKind,
    Check,
    Closing,
    Happened,
    Health,
    Held,
    Hush,
    HushedBy,
    Incident,
    IncidentEvent,
    Joined,
    Reason,
    Severity,
    Status,
    Transition,
)
from monitor.store.rows.times import MICROSECOND, micros, micros_or_none, moment, moment_or_none
from monitor.store.rows.words import clean


def health_to_text(health: Health) -> str:
    """Return what is believed as a short JSON list."""
    return json.dumps(
        [
            health.status,
            health.settled,
            health.reason,
            micros_or_none(health.since),
            health.failures,
            health.successes,
            health.slow,
            micros_or_none(health.streak_started_at),
            health.recent,
            micros_or_none(health.last_result_at),
            micros_or_none(health.last_good_at),
            health.last_verdict,
            health.settled_reason,
            micros_or_none(health.held_until),
            [micros(at) for at in health.changed_at],
        ],
        separators=(",", ":"),
    )


def health_from_text(text: str) -> Health:
    (
        status,
        settled,
        reason,
        since,
        failures,
        successes,
        slow,
        streak,
        recent,
        last,
        good,
        verdict,
        why,
        held,
        changed,
    ) = json.loads(text)
    return Health(
        status=Status(status),
        settled=Status(settled),
        reason=Reason(reason) if reason else None,
        since=moment_or_none(since),
        failures=failures,
        successes=successes,
        slow=slow,
        streak_started_at=moment_or_none(streak),
        recent=recent,
        last_result_at=moment_or_none(last),
        last_good_at=moment_or_none(good),
        last_verdict=Reason(verdict) if verdict else None,
        settled_reason=Reason(why) if why else None,
        held_until=moment_or_none(held),
        changed_at=tuple(moment(at) for at in changed),
    )


def transition_to_row(transition: Transition, check_id: int) -> dict[str, Any]:
    return {
        "check_id": check_id,
        "at": micros(transition.at),
        "known_at": micros(transition.known_at),
        "status": transition.status.value,
        "previous": transition.previous.value,
        "reason": transition.reason.value if transition.reason else None,
    }


def transition_from_row(row: Any) -> Transition:  # noqa: ANN401  a database row
    return Transition(
        monitor=row.monitor,
        check=Check(row.check_name),
        at=moment(row.at),
        known_at=moment(row.known_at),
        status=Status(row.status),
        previous=Status(row.previous),
        reason=Reason(row.reason) if row.reason else None,
    )


def incident_to_row(incident: Incident, check_id: int) -> dict[str, Any]:
    return {
        "number": incident.number,
        "check_id": check_id,
        "started_at": micros(incident.started_at),
        "confirmed_at": micros(incident.confirmed_at),
        "severity": incident.severity.value,
        "reason": incident.reason.value,
        "message": clean(incident.message),
        "diagnosis": clean(incident.diagnosis),
        "failures": incident.failures,
        "unmeasured": incident.unmeasured // MICROSECOND,
        "told": json.dumps(incident.told, ensure_ascii=False),
        "told_at": micros_or_none(incident.told_at),
        "reminded_at": micros_or_none(incident.reminded_at),
        "flapping_since": micros_or_none(incident.flapping_since),
        "changes": incident.changes,
        "held": _held_to_text(incident.held) if incident.held else None,
        "last_good_at": micros_or_none(incident.last_good_at),
        "down_since": micros_or_none(incident.down_since),
        "down_until": micros_or_none(incident.down_until),
        "ended_at": micros_or_none(incident.ended_at),
        "closing": incident.closing.value if incident.closing else None,
        "joined": incident.joined.value if incident.joined else None,
        "certificate_expires_at": micros_or_none(incident.certificate_expires_at),
    }


def incident_from_row(row: Any) -> Incident:  # noqa: ANN401  a database row
    return Incident(
        number=row.number,
        monitor=row.monitor,
        check=Check(row.check_name),
        started_at=moment(row.started_at),
        confirmed_at=moment(row.confirmed_at),
        severity=Severity(row.severity),
        reason=Reason(row.reason),
        message=row.message,
        diagnosis=row.diagnosis,
        failures=row.failures,
        unmeasured=row.unmeasured * MICROSECOND,
        told=tuple(json.loads(row.told)),
        told_at=moment_or_none(row.told_at),
        reminded_at=moment_or_none(row.reminded_at),
        flapping_since=moment_or_none(row.flapping_since),
        changes=row.changes,
        held=_held_from_text(row.held) if row.held else None,
        last_good_at=moment_or_none(row.last_good_at),
        down_since=moment_or_none(row.down_since),
        down_until=moment_or_none(row.down_until),
        ended_at=moment_or_none(row.ended_at),
        closing=Closing(row.closing) if row.closing else None,
        joined=Joined(row.joined) if row.joined else None,
        certificate_expires_at=moment_or_none(row.certificate_expires_at),
    )


def happened_to_row(line: IncidentEvent) -> dict[str, Any]:
    return {
        "number": line.number,
        "origin": line.origin,
        "at": micros(line.at),
        "kind": line.kind.value,
        "who": clean(line.who),
        "words": clean(line.words),
        "monitor": line.monitor,
        "check_name": line.check.value if line.check else "",
        "other": line.other,
        "public": line.public,
    }


def happened_from_row(row: Any) -> IncidentEvent:  # noqa: ANN401  a database row
    return IncidentEvent(
        number=row.number,
        origin=row.origin,
        at=moment(row.at),
        kind=Happened(row.kind),
        who=row.who,
        words=row.words,
        monitor=row.monitor,
        check=Check(row.check_name) if row.check_name else None,
        other=row.other,
        public=row.public,
    )


def _held_to_text(held: Held) -> str:
    hush = held.hush
    return json.dumps([held.kind, hush.by, clean(hush.name), micros_or_none(hush.until)], ensure_ascii=False)


def _held_from_text(text: str) -> Held:
    kind, by, name, until = json.loads(text)
    hush = Hush(by=HushedBy(by), name=name, until=moment_or_none(until))
    return Held(kind=AlertKind(kind), hush=hush)
