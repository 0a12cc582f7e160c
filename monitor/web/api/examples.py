"""What answers look like: the examples of OpenAPI. A test holds each against its schema."""

from typing import Any

from monitor.web.problems import MEDIA_TYPE

PHASES = {"resolve": 0.001, "connect": 0.012, "tls": 0.024, "send": 0.0, "wait": 0.081, "receive": 0.001}
EVIDENCE = {
    "address": "203.0.113.7:443",
    "headers": [{"name": "content-type", "value": "text/plain"}],
    "body": "upstream connect error",
    "truncated": False,
    "failure": None,
    "certificate_expires_at": "2026-08-14T09:00:00Z",
}
RESULT = {
    "id": 48213,
    "monitor": "stripe-payments",
    "check": "delivery",
    "started_at": "2026-03-01T14:02:11.204Z",
    "finished_at": "2026-03-01T14:02:11.323Z",
    "scheduled": True,
    "status": "down",
    "reason": "server_error",
    "severity": "major",
    "fault_domain": "listener",
    "message": "answered 503 Service Unavailable in 119 ms",
    "http_status": 503,
    "event_id": "evt_probe_7f3a9c",
    "phases": PHASES,
    "total_seconds": 0.119,
    "evidence": EVIDENCE,
}
MONITOR = {
    "id": "stripe-payments",
    "name": "Payments",
    "group": "Incoming events",
    "tags": ["payments"],
    "provider": "stripe",
    "url": "https://api.acme.example/webhooks/stripe",
    "enabled": True,
    "public": True,
    "status": "down",
    "reason": "server_error",
    "since": "2026-03-01T14:02:11.204Z",
    "findings": [
        {
            "check": "forged",
            "reason": "forgery_accepted",
            "severity": "critical",
            "since": "2026-03-01T13:00:04.010Z",
        }
    ],
    "last_result_at": "2026-03-01T14:02:26.207Z",
    "worst_case_detection_seconds": 55.0,
    "checks": ["delivery", "forged", "certificate"],
}
CHECK = {
    "check": "delivery",
    "every_seconds": 30.0,
    "status": "down",
    "settled": "down",
    "reason": "server_error",
    "since": "2026-03-01T14:02:11.204Z",
    "failures": 2,
    "successes": 0,
    "recent": "...................x",
    "last_result_at": "2026-03-01T14:02:26.207Z",
    "last_good_at": "2026-03-01T14:01:41.198Z",
    "incident": 7,
    "last_result": RESULT | {"id": None},
}
DETAIL = MONITOR | {
    "health": [CHECK],
    "pulse": None,
    "method": "POST",
    "timeout_seconds": 10.0,
    "confirm_interval_seconds": 15.0,
    "down_after": 2,
    "up_after": 2,
    "expect": {"statuses": ["2xx"], "within_seconds": 30.0, "slow_after_seconds": 15.0},
    "receipt": {
        "within_seconds": 60.0,
        "way": "address",
        "last_processed_at": "2026-03-01T14:01:41.198Z",
        "last_processing_seconds": 2.318,
    },
    "notify": ["oncall"],
    "runbook": "https://wiki.acme.example/stripe-webhooks",
}
TRANSITION = {
    "monitor": "stripe-payments",
    "check": "delivery",
    "at": "2026-03-01T14:02:11.204Z",
    "known_at": "2026-03-01T14:02:26.326Z",
    "status": "down",
    "previous": "up",
    "reason": "server_error",
}
AFFECTED = {
    "monitor": "stripe-payments",
    "check": "delivery",
    "joined": None,
    "severity": "major",
    "reason": "server_error",
    "message": "answered 503 Service Unavailable in 119 ms",
    "diagnosis": None,
    "consequences": {
        "text": "Stripe retries for up to 3 days: it sends again what failed between 14:01:41 UTC and "
        "14:11:41 UTC. About 19 events were at risk (120 an hour).",
        "events_at_risk": 19,
        "lost_since": None,
        "resend_until": "2026-03-04T14:02:11.204Z",
    },
    "started_at": "2026-03-01T14:02:11.204Z",
    "confirmed_at": "2026-03-01T14:02:26.326Z",
    "last_good_at": "2026-03-01T14:01:41.198Z",
    "ended_at": "2026-03-01T14:11:41.322Z",
    "closing": "recovered",
    "duration_seconds": 570.118,
    "unmeasured_seconds": 0.0,
    "failures": 20,
    "held": None,
    "measured": True,
    "told": ["oncall"],
}
INCIDENT = AFFECTED | {
    "number": 7,
    "finding": False,
    "meaning": "The listener fails on every real event.",
    "first": "Look at its log for the event id.",
    "affected": [AFFECTED],
    "acknowledged_at": None,
    "acknowledged_by": None,
    "assignee": "anna",
    "reopened_at": None,
    "resolved_at": None,
    "resolved_by": None,
    "post_mortem": "The disk of the queue was full; it is watched now.",
    "post_mortem_public": True,
}
INCIDENT_DETAIL = INCIDENT | {
    "evidence": RESULT,
    "timeline": [
        {
            "at": "2026-03-01T14:02:26.326Z",
            "kind": "opened",
            "who": None,
            "words": "answered 503 Service Unavailable in 119 ms",
            "monitor": "stripe-payments",
            "check": "delivery",
            "origin": 7,
        },
        {
            "at": "2026-03-01T14:05:02.118Z",
            "kind": "acknowledged",
            "who": "anna",
            "words": "looking at the queue",
            "monitor": None,
            "check": None,
            "origin": 7,
        },
    ],
}
UPTIME = {
    "monitor": "stripe-payments",
    "from": "2026-02-01T00:00:00Z",
    "to": "2026-03-01T00:00:00Z",
    "uptime": 0.99976,
    "coverage": 0.998,
    "seconds": {"up": 2413743.0, "degraded": 0.0, "down": 579.4, "maintenance": 0.0, "unknown": 4877.6},
    "method": "time-weighted; unknown and maintenance excluded; degraded counts as up",
}
LATENCY = {
    "monitor": "stripe-payments",
    "check": "delivery",
    "from": "2026-02-01T00:00:00Z",
    "to": "2026-03-01T00:00:00Z",
    "count": 80640,
    "p50_seconds": 0.106,
    "p90_seconds": 0.171,
    "p95_seconds": 0.207,
    "p99_seconds": 0.490,
    "method": "percentiles of a histogram over acknowledged probes; each is the upper bound of its bucket, "
    "at most 10 % above the true value; to the hour where single results have aged out",
}
EVENTS = {
    "monitor": "stripe-payments",
    "from": "2026-03-01T12:00:00Z",
    "to": "2026-03-01T14:30:00Z",
    "count": 57,
    "hours": [{"start": "2026-03-01T12:00:00Z", "count": 25}, {"start": "2026-03-01T14:00:00Z", "count": 32}],
}
ALERT = {
    "key": "7:opened:oncall",
    "notifier": "oncall",
    "kind": "opened",
    "severity": "major",
    "headline": "DOWN stripe-payments: answered 503 for 15 s (2 of 2 probes)",
    "monitor": "stripe-payments",
    "check": "delivery",
    "incident": 7,
    "state": "sent",
    "attempts": 1,
    "created_at": "2026-03-01T14:02:26.326Z",
    "due_at": "2026-03-01T14:02:26.326Z",
    "sent_at": "2026-03-01T14:02:26.911Z",
    "given_up_at": None,
    "handed_to": None,
    "left_at": None,
    "error": None,
}
RETRIED = {"retried": ["stripe-payments:delivery:opened:2026-03-01T14:01:41+00:00:7:oncall"]}
WINDOW = {
    "number": 3,
    "name": "Move to the new data centre",
    "monitors": [],
    "groups": ["Incoming events"],
    "tags": [],
    "all": False,
    "open": False,
    "times": [{"start": "2026-03-08T01:00:00Z", "end": "2026-03-08T03:00:00Z"}],
    "repeat": None,
    "timezone": "Europe/Berlin",
    "public": "Events are kept and delivered afterwards.",
}
SILENCE = {
    "number": 2,
    "reason": "ticket 4711: the supplier is at it",
    "monitors": ["stripe-payments"],
    "groups": [],
    "tags": [],
    "all": False,
    "checks": ["delivery"],
    "since": "2026-03-01T14:10:00Z",
    "until": "2026-03-01T16:10:00Z",
}
NOTIFIER = {
    "name": "oncall",
    "configured": True,
    "waiting": 0,
    "oldest_at": None,
    "given_up": 0,
    "fallback": ["mail"],
    "state": "alive",
    "dead_since": None,
    "failing_since": None,
    "last_success_at": "2026-03-01T14:02:26.911Z",
    "last_success_seconds": 0.585,
    "last_error_at": None,
    "last_error": None,
}
CONFIG = {
    "ok": False,
    "at": "2026-03-01T13:55:02.118Z",
    "problems": [
        {
            "file": "monitors.yaml",
            "line": 23,
            "column": 15,
            "path": "monitors.stripe-payments.interval",
            "message": "'30' has no unit (did you mean 30s?)",
        }
    ],
    "site": "Acme webhooks",
    "monitors": 12,
    "notifiers": 2,
    "files": ["/etc/webhook-monitor/monitors.yaml"],
}


def answers(example: dict[str, Any]) -> dict[int | str, dict[str, Any]]:
    """Return what a route says of its answer: one like this."""
    return {200: {"content": {"application/json": {"example": example}}}}


def lists(item: dict[str, Any]) -> dict[int | str, dict[str, Any]]:
    """Return what a route says of its answer: a page of such items."""
    return answers({"items": [item], "next": "NDgyMTM"})


def problem(description: str) -> dict[str, Any]:
    """Return what a route says of one way in which it refuses."""
    fields = {"type": "string", "title": "string", "status": "integer", "detail": "string"}
    schema = {
        "type": "object",
        "required": list(fields),
        "properties": {name: {"type": kind} for name, kind in fields.items()},
    }
    return {"description": description, "content": {MEDIA_TYPE: {"schema": schema}}}


MISSING: dict[int | str, dict[str, Any]] = {404: problem("There is none of that name.")}
