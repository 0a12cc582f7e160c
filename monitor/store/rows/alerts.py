"""Alerts ⇄ rows. The words are final: nothing in them is looked up again."""

import json
from dataclasses import asdict
from typing import Any

from monitor.core.model import Alert, AlertKind, Check, Evidence, Link, Message, QueuedAlert, Severity
from monitor.store.rows.times import micros, moment, moment_or_none


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
        thread=kept.get("thread", ""),  # what was queued by an older version has none
        first=kept.get("first", False),
    )
