"""Makers of values: a test says only what matters to it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from monitor.core.model import (
    Check,
    CheckPlan,
    EventTemplate,
    Expectation,
    Failure,
    FailureKind,
    FaultDomain,
    Monitor,
    Phase,
    Phases,
    Policy,
    Provider,
    Reason,
    Reply,
    Result,
    Scheme,
    Scope,
    Secret,
    Severity,
    Status,
    Verdict,
    Window,
)

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def a_provider(**changes: Any) -> Provider:
    provider = Provider(
        id="custom",
        title="Custom",
        scheme=Scheme(headers=(("X-Signature", "{sig}"),)),
        headers=(),
        user_agent="webhook-monitor",
        event=EventTemplate(type="probe.ping", body='{"id":"{id}","type":"{type}"}'),
        expect=Expectation(),
        policy=Policy(),
        source="a test",
    )
    return replace(provider, **changes)


def a_monitor(**changes: Any) -> Monitor:
    provider = changes.get("provider", a_provider())
    monitor = Monitor(
        id="billing",
        url="https://api.example.com/hooks/billing",
        provider=provider,
        secrets=(Secret("correct-horse-battery"),),
        event=provider.event,
        expect=provider.expect,
        checks=(
            CheckPlan(check=Check.DELIVERY, every=timedelta(seconds=30)),
            CheckPlan(check=Check.FORGED, every=timedelta(hours=1)),
            CheckPlan(check=Check.CERTIFICATE, every=timedelta(hours=6)),
        ),
        notify=("oncall",),
    )
    return replace(monitor, **changes)


def a_window(**changes: Any) -> Window:
    """Return announced work of an hour, from noon on, at everything."""
    window = Window(name="new disks", scope=Scope(everything=True), start=NOON, length=timedelta(hours=1))
    return replace(window, **changes)


def a_reply(http_status: int | None = 200, **changes: Any) -> Reply:
    phases = Phases(resolve=0.001, connect=0.002, tls=0.01, send=0.001, wait=0.05, receive=0.001)
    return replace(Reply(started_at=NOON, phases=phases, http_status=http_status), **changes)


def a_failed_reply(
    kind: FailureKind = FailureKind.REFUSED, phase: Phase = Phase.CONNECT, **changes: Any
) -> Reply:
    failure = Failure(kind=kind, phase=phase, message=f"{kind} while {phase}")
    return replace(Reply(started_at=NOON, phases=Phases(resolve=0.001), failure=failure), **changes)


GOOD = Verdict(status=Status.UP, reason=Reason.ACCEPTED, message="answered 200 in 65 ms")
BAD = Verdict(
    status=Status.DOWN,
    reason=Reason.SERVER_ERROR,
    message="answered 503",
    severity=Severity.MAJOR,
    fault_domain=FaultDomain.LISTENER,
)


def a_result(verdict: Verdict = GOOD, *, at: datetime = NOON, **changes: Any) -> Result:
    reply = changes.pop("reply", None) or a_reply(200 if verdict.good else 503)
    result = Result(
        monitor="billing",
        check=Check.DELIVERY,
        event_id="evt_probe_1",
        verdict=verdict,
        reply=replace(reply, started_at=at),
        finished_at=at + timedelta(milliseconds=65),
    )
    return replace(result, **changes)
