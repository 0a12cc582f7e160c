"""From the values of the house to the shapes of the API."""

from urllib.parse import quote

from monitor.core import summary
from monitor.core.health import interval_of
from monitor.core.model import (
    COME_OUT,
    Check,
    CheckKey,
    Failure,
    Health,
    Monitor,
    Notifier,
    NotifierHealth,
    Phase,
    Queue,
    QueuedAlert,
    Reply,
    Result,
    Snapshot,
    Transition,
)
from monitor.core.redact import DOTS, redact_urls
from monitor.core.uptime import Uptime
from monitor.web.api.shapes import (
    AlertShown,
    CheckShown,
    EvidenceShown,
    ExpectationShown,
    FailureShown,
    FindingShown,
    HeaderShown,
    MonitorDetail,
    MonitorShown,
    NotifierShown,
    NotifierState,
    PhasesShown,
    PulseShown,
    ReceiptShown,
    ResultShown,
    SecondsShown,
    TransitionShown,
)


def monitor(configured: Monitor, snapshot: Snapshot) -> MonitorShown:
    """Show a monitor in a list."""
    stands = summary.standing(configured, snapshot.healths, snapshot.taken_at, snapshot.open_incidents)
    worst = summary.worst_case_detection(configured)
    return MonitorShown(
        id=configured.id,
        name=configured.public.name if configured.public else configured.id,
        group=configured.group or None,
        tags=configured.tags,
        provider=configured.provider.id,
        url=url(configured),
        enabled=configured.enabled,
        public=configured.public is not None,
        status=stands.status,
        reason=stands.reason,
        since=stands.since,
        findings=tuple(
            FindingShown(check=found.check, reason=found.reason, severity=found.severity, since=found.since)
            for found in stands.findings
        ),
        last_result_at=stands.last_result_at,
        worst_case_detection_seconds=worst.total_seconds() if worst else None,
        checks=tuple(plan.check for plan in configured.checks),
    )


def detail(configured: Monitor, snapshot: Snapshot) -> MonitorDetail:
    """Show one monitor with all that is believed of it."""
    shown, expect = monitor(configured, snapshot), configured.expect
    slow_after = expect.within * expect.warning_share
    return MonitorDetail(
        **{name: getattr(shown, name) for name in MonitorShown.__dataclass_fields__},
        health=tuple(check(configured, plan.check, snapshot) for plan in configured.checks),
        pulse=_pulse(configured, snapshot),
        method=configured.method,
        timeout_seconds=configured.timeout.total_seconds(),
        confirm_interval_seconds=configured.confirm_interval.total_seconds(),
        down_after=configured.down_after,
        up_after=configured.up_after,
        expect=ExpectationShown(
            statuses=expect.statuses,
            within_seconds=expect.within.total_seconds(),
            slow_after_seconds=slow_after.total_seconds(),
        ),
        receipt=_receipt(configured, snapshot),
        notify=configured.notify,
        runbook=redact_urls(configured.runbook) if configured.runbook else None,
    )


def _receipt(configured: Monitor, snapshot: Snapshot) -> ReceiptShown | None:
    plan, key = configured.receipt, CheckKey(configured.id, Check.RECEIPT)
    if plan is None:
        return None
    known, last = snapshot.healths.get(key, Health()), snapshot.last_results.get(key)
    came_out = last is not None and last.verdict.reason in COME_OUT
    return ReceiptShown(
        within_seconds=plan.within.total_seconds(),
        way="poll" if plan.poll else "by_id" if plan.by_id else "address",
        last_processed_at=known.last_good_at,
        last_processing_seconds=round(last.reply.phases.total, 6) if last and came_out else None,
    )


def _pulse(configured: Monitor, snapshot: Snapshot) -> PulseShown | None:
    known = snapshot.pulses.get(configured.id)
    if known is None:
        return None
    return PulseShown(
        listening_since=known.since,
        heard_at=known.heard_at,
        started_at=known.started_at,
        failed_at=known.failed_at,
        note=known.note or None,
        events=known.events,
    )


def check(configured: Monitor, asked: Check, snapshot: Snapshot) -> CheckShown:
    """Show one check of a monitor."""
    key = CheckKey(configured.id, asked)
    known = snapshot.healths.get(key, Health())
    last, open_ = snapshot.last_results.get(key), snapshot.open_incidents.get(key)
    return CheckShown(
        check=asked,
        every_seconds=interval_of(configured, asked).total_seconds(),
        status=summary.check_status(configured, asked, known, snapshot.taken_at),
        settled=known.settled,
        reason=known.reason,
        since=known.since,
        failures=known.failures,
        successes=known.successes,
        recent=known.recent,
        last_result_at=known.last_result_at,
        last_good_at=known.last_good_at,
        incident=open_.number if open_ else None,
        last_result=result(last, number=None) if last else None,
    )


def result(finished: Result, *, number: int | None) -> ResultShown:
    """Show a probe and its evidence."""
    verdict, reply = finished.verdict, finished.reply
    return ResultShown(
        id=number,
        monitor=finished.monitor,
        check=finished.check,
        started_at=finished.started_at,
        finished_at=finished.finished_at,
        scheduled=finished.scheduled,
        status=verdict.status,
        reason=verdict.reason,
        severity=verdict.severity,
        fault_domain=verdict.fault_domain,
        message=verdict.message,
        http_status=reply.http_status,
        event_id=finished.event_id,
        phases=_phases(reply),
        total_seconds=round(reply.phases.total, 6),
        evidence=_evidence(reply),
    )


def _phases(reply: Reply) -> PhasesShown:
    """Show the phases to the microsecond, as history keeps them."""
    spent = zip(Phase, reply.phases.seconds(), strict=True)
    return PhasesShown(**{phase: None if took is None else round(took, 6) for phase, took in spent})


def _evidence(reply: Reply) -> EvidenceShown:
    return EvidenceShown(
        address=reply.address,
        headers=tuple(HeaderShown(name=name, value=value) for name, value in reply.headers),
        body=reply.body,
        truncated=reply.truncated,
        failure=_failure(reply.failure),
        certificate_expires_at=reply.certificate_expires_at,
    )


def _failure(failure: Failure | None) -> FailureShown | None:
    if failure is None:
        return None
    return FailureShown(kind=failure.kind, phase=failure.phase, message=failure.message)


def transition(change: Transition) -> TransitionShown:
    """Show a change of status."""
    return TransitionShown(
        monitor=change.monitor,
        check=change.check,
        at=change.at,
        known_at=change.known_at,
        status=change.status,
        previous=change.previous,
        reason=change.reason,
    )


def alert(queued: QueuedAlert) -> AlertShown:
    """Show an alert of the outbox."""
    made = queued.alert
    return AlertShown(
        key=made.key,
        notifier=made.notifier,
        kind=made.kind,
        severity=made.severity,
        headline=made.message.headline,
        monitor=made.monitor,
        check=made.check,
        incident=made.incident,
        state=queued.state,
        attempts=queued.attempts,
        created_at=made.created_at,
        due_at=queued.due_at,
        sent_at=queued.sent_at,
        given_up_at=queued.given_up_at,
        handed_to=queued.handed_to,
        left_at=queued.left_at,
        error=queued.error,
    )


def notifier(name: str, configured: Notifier | None, queue: Queue) -> NotifierShown:
    """Show a notifier, how it did, and what waits for it."""
    stands = queue.health or NotifierHealth(notifier=name)
    failing = NotifierState.FAILING if stands.failing_since else NotifierState.ALIVE
    return NotifierShown(
        name=name,
        configured=configured is not None,
        waiting=queue.depth,
        oldest_at=queue.oldest_at,
        given_up=queue.given_up,
        fallback=configured.fallback if configured else (),
        state=NotifierState.DEAD if stands.dead_since else failing,
        dead_since=stands.dead_since,
        failing_since=stands.failing_since,
        last_success_at=stands.succeeded_at,
        last_success_seconds=None if stands.took is None else stands.took.total_seconds(),
        last_error_at=stands.failed_at,
        last_error=stands.error,
    )


def seconds(measured: Uptime) -> SecondsShown:
    """Show how long each status lasted."""
    return SecondsShown(
        up=measured.up.total_seconds(),
        degraded=measured.degraded.total_seconds(),
        down=measured.down.total_seconds(),
        maintenance=measured.maintenance.total_seconds(),
        unknown=measured.unknown.total_seconds(),
    )


def url(configured: Monitor) -> str:
    """Return a monitor's URL without its secrets, credentials and query values."""
    shown = configured.url
    for secret in (*configured.secrets, *configured.hidden):
        for form in (secret.reveal(), quote(secret.reveal(), safe="")):
            shown = shown.replace(form, DOTS)
    base, mark, query = redact_urls(shown).partition("?")
    bare = query and "=" not in query  # a query without a name is a value as a whole
    return f"{base}{mark}{DOTS if bare else query}"
