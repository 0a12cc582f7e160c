"""Results ⇄ rows: a good one in a few columns, the evidence of a failing one whole."""

import json
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from monitor.core.model import (
    COME_OUT,
    Check,
    Failure,
    FailureKind,
    FaultDomain,
    Phase,
    Phases,
    Reason,
    Reply,
    Result,
    Severity,
    Status,
    Verdict,
)
from monitor.core.uptime import bucket
from monitor.store.rows.times import MICROSECOND, micros, micros_or_none, moment, moment_or_none
from monitor.store.rows.words import clean

LONGEST_BODY = 2048  # characters of evidence


def phases_to_text(phases: Phases) -> str:
    return ",".join("" if seconds is None else str(round(seconds * 1e6)) for seconds in phases.seconds())


def phases_from_text(text: str) -> Phases:
    resolve, connect, tls, send, wait, receive = (
        int(part) / 1e6 if part else None for part in text.split(",")
    )
    return Phases(resolve=resolve, connect=connect, tls=tls, send=send, wait=wait, receive=receive)


def result_to_row(result: Result, number: int, check_id: int) -> dict[str, Any]:
    """Return the columns of a result.

    Values, not members: the drivers look twice at what is a string and yet is not.
    """
    reply, verdict = result.reply, result.verdict
    return {
        "id": number,
        "check_id": check_id,
        "at": micros(reply.started_at),
        "took": (result.finished_at - reply.started_at) // MICROSECOND,
        "status": verdict.status.value,
        "reason": verdict.reason.value,
        "http_status": reply.http_status,
        "bucket": bucket(reply.phases.total) if _answered_in_earnest(result) else None,
        "phases": phases_to_text(reply.phases),
        "event_id": clean(result.event_id),
        "scheduled": result.scheduled,
    }


def _answered_in_earnest(result: Result) -> bool:
    """A quick 503 or a late timeout says nothing about how long a listener takes to do its work."""
    verdict = result.verdict
    if result.check is Check.RECEIPT:
        return verdict.reason in COME_OUT
    if result.check is Check.HEARTBEAT:  # a run that ended, and how long it took
        return verdict.good and result.reply.phases.wait is not None
    return result.reply.http_status is not None and (verdict.good or verdict.reason is Reason.SLOW)


def result_from_row(row: Any, monitor: str, check: str) -> Result:  # noqa: ANN401  a database row
    """Return a good result: what it answered was not kept."""
    at, phases = moment(row.at), phases_from_text(row.phases)
    return Result(
        monitor=monitor,
        check=Check(check),
        event_id=row.event_id,
        verdict=Verdict(status=Status(row.status), reason=Reason(row.reason), message=""),
        reply=Reply(started_at=at, phases=phases, http_status=row.http_status),
        finished_at=at + timedelta(microseconds=row.took),
        scheduled=row.scheduled,
    )


def evidence_to_text(result: Result) -> str:
    """Return the whole result as JSON, its body capped."""
    verdict, reply = result.verdict, result.reply
    evidence = json.dumps(
        {
            "event_id": result.event_id,
            "finished_at": micros(result.finished_at),
            "scheduled": result.scheduled,
            "status": verdict.status,
            "reason": verdict.reason,
            "message": verdict.message,
            "severity": verdict.severity,
            "fault_domain": verdict.fault_domain,
            "retry_after": verdict.retry_after // MICROSECOND if verdict.retry_after is not None else None,
            "diagnosis": verdict.diagnosis,
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
    return clean(evidence)


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
        diagnosis=kept["diagnosis"],
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
