"""Alerts ⇄ rows. The words are final: nothing in them is looked up again."""

import json
from dataclasses import asdict
from typing import Any

from monitor.core.model import (
    Alert,
    AlertKind,
    Check,
    Evidence,
    Link,
    Message,
    NotifierHealth,
    QueuedAlert,
    Severity,
)
from monitor.store.rows.times import MICROSECOND, micros, micros_or_none, moment, moment_or_none
from monitor.store.rows.words import clean


def alert_to_row(alert: Alert) -> dict[str, Any]:
    return {
        "key": alert.key,
        "notifier": alert.notifier,
        "kind": alert.kind.value,
        "severity": alert.severity.value,
        "monitor": alert.monitor,
        "check_name": alert.check.value if alert.check else None,
        "incident": alert.incident,
        "message": json.dumps(asdict(alert.message)),
        "created_at": micros(alert.created_at),
        "due_at": micros(alert.held_until or alert.created_at),
        "held_until": micros_or_none(alert.held_until),
        "leased_until": 0,
        "attempts": 0,
        "settled_at": None,
        "given_up": False,
    }


def queued_from_row(row: Any, *, untold: bool = False) -> QueuedAlert:  # noqa: ANN401  a database row
    settled, handed_to = moment_or_none(row.settled_at), row.handed_to
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
            held_until=moment_or_none(row.held_until),
        ),
        attempts=row.attempts,
        due_at=moment(row.due_at),
        sent_at=None if row.given_up or handed_to else settled,
        given_up_at=settled if row.given_up else None,
        error=row.error,
        left_at=moment_or_none(row.left_at),
        untold=untold,
        handed_to=handed_to,
        handed_at=settled if handed_to else None,
        revived_at=moment_or_none(row.revived_at),
    )


def notifier_health_to_row(health: NotifierHealth) -> dict[str, Any]:
    return {
        "notifier": health.notifier,
        "succeeded_at": micros_or_none(health.succeeded_at),
        "took": None if health.took is None else health.took // MICROSECOND,
        "failed_at": micros_or_none(health.failed_at),
        "error": None if health.error is None else clean(health.error),
        "failing_since": micros_or_none(health.failing_since),
        "dead_since": micros_or_none(health.dead_since),
    }


def notifier_health_from_row(row: Any) -> NotifierHealth:  # noqa: ANN401  a database row
    return NotifierHealth(
        notifier=row.notifier,
        succeeded_at=moment_or_none(row.succeeded_at),
        took=None if row.took is None else row.took * MICROSECOND,
        failed_at=moment_or_none(row.failed_at),
        error=row.error,
        failing_since=moment_or_none(row.failing_since),
        dead_since=moment_or_none(row.dead_since),
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
        thread=kept.get("thread", ""),  # what was queued by an older version has none
        first=kept.get("first", False),
    )
