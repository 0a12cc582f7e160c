"""Units of work, and a clock that moves when told."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from monitor.core.model import (
    Alert,
    AlertKind,
    Check,
    CheckKey,
    Evidence,
    Health,
    Incident,
    Link,
    Message,
    Reason,
    Record,
    Severity,
    Status,
    Transition,
    Verdict,
)
from tests.makers import BAD, GOOD, NOON, a_result

DELIVERY = CheckKey("billing", Check.DELIVERY)


@dataclass
class Clock:
    """Shows noon until it is moved."""

    at: datetime = NOON

    def __call__(self) -> datetime:
        return self.at

    def move(self, by: timedelta) -> datetime:
        self.at += by
        return self.at


def a_record(
    at: datetime = NOON, *, verdict: Verdict = GOOD, monitor: str = "billing", **changes: Any
) -> Record:
    """One finished probe, and what we believe after it."""
    result = a_result(verdict, at=at, monitor=monitor, event_id=f"evt_{at.isoformat()}")
    health = Health(status=Status.UP, settled=Status.UP, reason=Reason.ACCEPTED, last_result_at=at)
    fields = {"result": result, "key": CheckKey(monitor, result.check), "health": health}
    return Record(**{**fields, **changes})


def an_alert(key: str = "1/opened/oncall", **changes: Any) -> Alert:
    message = Message(
        headline="billing is down: answered 503",
        colour="red",
        explanation="Real events are being lost.",
        facts=(("since", "12:00 UTC"),),
        evidence=Evidence(summary="503 Service Unavailable", excerpt="<h1>sorry \0</h1>"),
        links=(Link(label="runbook", url="https://wiki.example.com"),),
        thread="incident-1-1772373731",
        first=True,
    )
    fields: dict[str, Any] = {
        "key": key,
        "notifier": "oncall",
        "kind": AlertKind.OPENED,
        "severity": Severity.MAJOR,
        "message": message,
        "created_at": NOON,
        "monitor": "billing",
        "check": Check.DELIVERY,
        "incident": 1,
    }
    return Alert(**{**fields, **changes})


def an_incident(number: int = 1, **changes: Any) -> Incident:
    fields: dict[str, Any] = {
        "number": number,
        "monitor": "billing",
        "check": Check.DELIVERY,
        "started_at": NOON,
        "confirmed_at": NOON + timedelta(seconds=15),
        "severity": Severity.MAJOR,
        "reason": Reason.SERVER_ERROR,
        "message": "answered 503",
        "failures": 2,
        "last_good_at": NOON - timedelta(seconds=30),
        "down_since": NOON,
        "down_until": NOON + timedelta(seconds=90),
    }
    return Incident(**{**fields, **changes})


def a_transition(at: datetime = NOON, status: Status = Status.DOWN, **changes: Any) -> Transition:
    fields: dict[str, Any] = {
        "monitor": "billing",
        "check": Check.DELIVERY,
        "at": at,
        "known_at": at + timedelta(seconds=15),
        "status": status,
        "previous": Status.UP,
        "reason": Reason.SERVER_ERROR,
    }
    return Transition(**{**fields, **changes})


def an_outage(at: datetime = NOON, number: int = 1, **changes: Any) -> Record:
    """The probe that confirmed an outage, and all that follows from it."""
    fields: dict[str, Any] = {
        "transitions": (a_transition(at),),
        "incident": an_incident(number, started_at=at),
        "alerts": (an_alert(f"{number}/opened/oncall", incident=number, created_at=at),),
    }
    return a_record(at, verdict=BAD, **{**fields, **changes})
