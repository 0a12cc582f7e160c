"""Values ⇄ rows. Nobody else knows how a value lies in the database."""

import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from monitor.core.model import (
    Alert,
    AlertKind,
    Check,
    Closing,
    Evidence,
    Failure,
    FailureKind,
    FaultDomain,
    Health,
    Incident,
    Link,
    Message,
    Phase,
    Phases,
    QueuedAlert,
    Reason,
    Reply,
    Result,
    Severity,
    Status,
    Transition,
    Verdict,
)
from monitor.core.uptime import bucket

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
LONGEST_BODY = 2048  # characters of evidence


def micros(at: datetime) -> int:
    return (at - EPOCH) // MICROSECOND


def micros_or_none(at: datetime | None) -> int | None:
    return None if at is None else micros(at)


def moment(value: int) -> datetime:
    """Return the instant, with the zone that the database does not keep."""
    return EPOCH + value * MICROSECOND


def moment_or_none(value: int | None) -> datetime | None:
    return None if value is None else moment(value)


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
        ],
        separators=(",", ":"),
    )


def health_from_text(text: str) -> Health:
    (status, settled, reason, since, failures, successes, slow, streak, recent, last, good, verdict) = (
        json.loads(text)
    )
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
    )


def phases_to_text(phases: Phases) -> str:
    return ",".join("" if seconds is None else str(round(seconds * 1e6)) for seconds in phases.seconds())


def phases_from_text(text: str) -> Phases:
    resolve, connect, tls, send, wait, receive = (
        int(part) / 1e6 if part else None for part in text.split(",")
    )
    return Phases(resolve=resolve, connect=connect, tls=tls, send=send, wait=wait, receive=receive)


def result_to_row(result: Result, check_id: int) -> dict[str, Any]:
    """Return the columns of a result. Only an answer has a latency worth counting."""
    reply = result.reply
    return {
        "check_id": check_id,
        "at": micros(result.started_at),
        "status": result.verdict.status,
        "reason": result.verdict.reason,
        "http_status": reply.http_status,
        "bucket": bucket(reply.phases.total) if reply.http_status is not None else None,
        "phases": phases_to_text(reply.phases),
        "event_id": result.event_id,
        "scheduled": result.scheduled,
    }


def result_from_row(row: Any, monitor: str, check: str) -> Result:  # noqa: ANN401  a database row
    """Return a good result: what it answered was not kept."""
    at, phases = moment(row.at), phases_from_text(row.phases)
    return Result(
        monitor=monitor,
        check=Check(check),
        event_id=row.event_id,
        verdict=Verdict(status=Status(row.status), reason=Reason(row.reason), message=""),
        reply=Reply(started_at=at, phases=phases, http_status=row.http_status),
        finished_at=at + timedelta(seconds=phases.total),
        scheduled=row.scheduled,
    )


def evidence_to_text(result: Result) -> str:
    """Return the whole result as JSON, its body capped."""
    verdict, reply = result.verdict, result.reply
    return json.dumps(
        {
            "event_id": result.event_id,
            "finished_at": micros(result.finished_at),
            "scheduled": result.scheduled,
            "status": verdict.status,
            "reason": verdict.reason,
            "message": verdict.message,
            "severity": verdict.severity,
            "fault_domain": verdict.fault_domain,
            "retry_after": verdict.retry_after / MICROSECOND if verdict.retry_after is not None else None,
            "http_status": reply.http_status,
            "phases": phases_to_text(reply.phases),
            "headers": reply.headers,
            "body": reply.body[:LONGEST_BODY],
            "truncated": reply.truncated or len(reply.body) > LONGEST_BODY,
            "failure": asdict(reply.failure) if reply.failure else None,
            "certificate_expires_at": micros_or_none(reply.certificate_expires_at),
            "address": reply.address,
        },
        ensure_ascii=False,
    )


def result_from_evidence(text: str, at: int, monitor: str, check: str) -> Result:
    kept = json.loads(text)
    return Result(
        monitor=monitor,
        check=Check(check),
        event_id=kept["event_id"],
        verdict=_verdict(kept),
        reply=_reply(kept, at),
        finished_at=moment(kept["finished_at"]),
        scheduled=kept["scheduled"],
    )


def _verdict(kept: dict[str, Any]) -> Verdict:
    retry_after = kept["retry_after"]
    return Verdict(
        status=Status(kept["status"]),
        reason=Reason(kept["reason"]),
        message=kept["message"],
        severity=Severity(kept["severity"]) if kept["severity"] else None,
        fault_domain=FaultDomain(kept["fault_domain"]) if kept["fault_domain"] else None,
        retry_after=retry_after * MICROSECOND if retry_after is not None else None,
    )


def _reply(kept: dict[str, Any], at: int) -> Reply:
    failure = kept["failure"]
    return Reply(
        started_at=moment(at),
        phases=phases_from_text(kept["phases"]),
        http_status=kept["http_status"],
        headers=tuple((name, value) for name, value in kept["headers"]),
        body=kept["body"],
        truncated=kept["truncated"],
        failure=Failure(
            kind=FailureKind(failure["kind"]), phase=Phase(failure["phase"]), message=failure["message"]
        )
        if failure
        else None,
        certificate_expires_at=moment_or_none(kept["certificate_expires_at"]),
        address=kept["address"],
    )


def transition_to_row(transition: Transition, check_id: int) -> dict[str, Any]:
    return {
        "check_id": check_id,
        "at": micros(transition.at),
        "known_at": micros(transition.known_at),
        "status": transition.status,
        "previous": transition.previous,
        "reason": transition.reason,
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
        "severity": incident.severity,
        "reason": incident.reason,
        "message": incident.message,
        "failures": incident.failures,
        "last_good_at": micros_or_none(incident.last_good_at),
        "ended_at": micros_or_none(incident.ended_at),
        "closing": incident.closing,
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
        failures=row.failures,
        last_good_at=moment_or_none(row.last_good_at),
        ended_at=moment_or_none(row.ended_at),
        closing=Closing(row.closing) if row.closing else None,
    )


def alert_to_row(alert: Alert) -> dict[str, Any]:
    return {
        "key": alert.key,
        "notifier": alert.notifier,
        "kind": alert.kind,
        "severity": alert.severity,
        "monitor": alert.monitor,
        "check_name": alert.check,
        "incident": alert.incident,
        "message": json.dumps(asdict(alert.message), ensure_ascii=False),
        "created_at": micros(alert.created_at),
        "due_at": micros(alert.created_at),
        "leased_until": 0,
        "attempts": 0,
        "settled_at": None,
        "given_up": False,
    }


def queued_from_row(row: Any) -> QueuedAlert:  # noqa: ANN401  a database row
    settled = moment_or_none(row.settled_at)
    return QueuedAlert(
        alert=Alert(
            key=row.key,
            notifier=row.notifier,
            kind=AlertKind(row.kind),
            severity=Severity(row.severity),
            message=_message(json.loads(row.message)),
            created_at=moment(row.created_at),
            monitor=row.monitor,
            check=Check(row.check_name) if row.check_name else None,
            incident=row.incident,
        ),
        attempts=row.attempts,
        due_at=moment(row.due_at),
        sent_at=None if row.given_up else settled,
        given_up_at=settled if row.given_up else None,
        error=row.error,
    )


def _message(kept: dict[str, Any]) -> Message:
    evidence = kept["evidence"]
    return Message(
        headline=kept["headline"],
        colour=kept["colour"],
        explanation=kept["explanation"],
        facts=tuple((label, value) for label, value in kept["facts"]),
        evidence=Evidence(**evidence) if evidence else None,
        links=tuple(Link(**link) for link in kept["links"]),
    )
