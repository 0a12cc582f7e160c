"""One set of series for each monitor, read off the snapshot.

``probe_*`` carry blackbox_exporter's names and meaning, for the last delivery probe. A monitor that is
paused, blind or stale has none of them: the last value would be a lie.
"""

import time
from collections.abc import Mapping
from datetime import timedelta

from monitor.core.health import is_stale
from monitor.core.model import (
    COME_OUT,
    FINDINGS,
    Check,
    CheckKey,
    CheckPlan,
    Health,
    Monitor,
    Phases,
    Pulse,
    Reason,
    Result,
    Snapshot,
    Status,
)
from monitor.core.summary import check_status, standing
from monitor.metrics.sheet import Family, Kind, Sheet, quoted

VALUES = {
    Status.UP: "1",
    Status.DEGRADED: "0.5",
    Status.DOWN: "0",
    Status.UNKNOWN: "-1",
    Status.MAINTENANCE: "-2",
    Status.PAUSED: "-3",
}
ENCODING = "1 up, 0.5 degraded, 0 down, -1 unknown, -2 maintenance, -3 paused."
DELIVERED = frozenset({Reason.ACCEPTED, Reason.SLOW})  # slow is late, not lost

SUCCESS = Family(name="probe_success", help="1 if the last delivery probe was acknowledged.")
DURATION = Family(name="probe_duration_seconds", help="Duration of the last delivery probe.")
STATUS_CODE = Family(
    name="probe_http_status_code", help="HTTP status of the last delivery probe; 0 if there was no answer."
)
PHASES = Family(
    name="probe_http_duration_seconds",
    help="Duration of the last delivery probe by phase; 0 where it never got there.",
)
EXPIRY = Family(
    name="probe_ssl_earliest_cert_expiry",
    help="Unix time at which the first certificate of the chain expires.",
)
INFO = Family(name="webhook_monitor_info", help="1, with the group and provider of a monitor as labels.")
STATUS = Family(
    name="webhook_monitor_status", help=f"The worst of the availability checks of a monitor: {ENCODING}"
)
CHECK_STATUS = Family(name="webhook_monitor_check_status", help=f"What is held of a check: {ENCODING}")
LAST_RESULT = Family(
    name="webhook_monitor_last_result_timestamp_seconds",
    help="When the last finished probe of a check was started.",
)
FINDING = Family(
    name="webhook_monitor_finding",
    help="1 while a hostile, duplicate, rotation or fidelity check has an open incident: a safety problem.",
)
PROCESSING = Family(
    name="webhook_monitor_last_processing_seconds",
    help="From the sending of the last event that was heard of at the far end to its receipt.",
)
EVENTS = Family(
    name="webhook_monitor_real_events_total",
    help="Real events that were reported for a monitor, ever.",
    kind=Kind.COUNTER,
)
HEARD = Family(
    name="webhook_monitor_last_heard_timestamp_seconds",
    help="When a job last reported a success, or a real event was last reported.",
)
RESULTS = Family(
    name="webhook_monitor_results_total",
    help="Finished probes by reason, confirming ones included.",
    kind=Kind.COUNTER,
)

STRETCH = 20  # monitors written before the event loop may go first: half a millisecond
REST_SECONDS = 0.0015
PATIENCE_SECONDS = (
    3.0  # then no more rests: a scraper waits ten seconds, and an overloaded loop is late anyway
)

NOTHING_KNOWN = Health()
ALL_UP = {Status.UP}

Counts = Mapping[tuple[str, Check, Reason], int]


def write_monitors(sheet: Sheet, snapshot: Snapshot, counts: Counts) -> None:
    """Write all series that have a monitor label.

    A thread that computes without a pause makes the event loop wait for the interpreter at every system
    call, and probes late by seconds. So we rest after each stretch, and leave it most of the time.
    """
    writer, rest = _Writer(sheet, snapshot), _Rest()
    for number, monitor in enumerate(snapshot.config.monitors, start=1):
        writer.monitor(monitor)
        if number % STRETCH == 0:
            rest.take()
    results = sheet.block(RESULTS)
    for number, ((monitor_id, check, reason), count) in enumerate(counts.items(), start=1):
        labels = f'monitor="{quoted(monitor_id)}",check="{check}",reason="{reason}"'
        results.append(f"{RESULTS.name}{{{labels}}} {count}\n")
        if number % (STRETCH * 20) == 0:
            rest.take()


class _Rest:
    """Pauses that let the event loop go first, until patience ends."""

    def __init__(self) -> None:
        self._end = time.monotonic() + PATIENCE_SECONDS

    def take(self) -> None:
        if time.monotonic() < self._end:
            time.sleep(REST_SECONDS)


class _Writer:
    """Holds the blocks open while the monitors pass by."""

    def __init__(self, sheet: Sheet, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._success = sheet.block(SUCCESS)
        self._duration = sheet.block(DURATION)
        self._status_code = sheet.block(STATUS_CODE)
        self._phases = sheet.block(PHASES)
        self._expiry = sheet.block(EXPIRY)
        self._info = sheet.block(INFO)
        self._status = sheet.block(STATUS)
        self._check_status = sheet.block(CHECK_STATUS)
        self._last_result = sheet.block(LAST_RESULT)
        self._processing = sheet.block(PROCESSING)
        self._finding = sheet.block(FINDING)
        self._events = sheet.block(EVENTS)
        self._heard = sheet.block(HEARD)

    def monitor(self, monitor: Monitor) -> None:
        name = f'monitor="{quoted(monitor.id)}"'
        group, provider = quoted(monitor.group), quoted(monitor.provider.id)
        self._info.append(f'{INFO.name}{{{name},group="{group}",provider="{provider}"}} 1\n')
        if pulse := self._snapshot.pulses.get(monitor.id):
            self._pulse(monitor, pulse, name)
        statuses = {self._check(monitor, plan, name) for plan in monitor.checks}
        status = Status.UP if statuses == ALL_UP else self._standing(monitor)
        self._status.append(f"{STATUS.name}{{{name}}} {VALUES[status]}\n")

    def _pulse(self, monitor: Monitor, pulse: Pulse, name: str) -> None:
        if monitor.traffic is not None:
            self._events.append(f"{EVENTS.name}{{{name}}} {pulse.events}\n")
        if pulse.heard_at is not None:
            self._heard.append(f"{HEARD.name}{{{name}}} {pulse.heard_at.timestamp()}\n")

    def _standing(self, monitor: Monitor) -> Status:
        """What ``core.summary`` says; too slow to be asked for every monitor that is simply well."""
        return standing(monitor, self._snapshot.healths, self._snapshot.taken_at).status

    def _check(self, monitor: Monitor, plan: CheckPlan, name: str) -> Status:
        key = CheckKey(monitor.id, plan.check)
        labels = f'{name},check="{plan.check}"'
        health = self._snapshot.healths.get(key, NOTHING_KNOWN)
        status = check_status(monitor, plan.check, health, self._snapshot.taken_at)
        self._check_status.append(f"{CHECK_STATUS.name}{{{labels}}} {VALUES[status]}\n")
        if plan.check in FINDINGS and (incident := self._snapshot.open_incidents.get(key)):
            self._finding.append(f'{FINDING.name}{{{labels},severity="{incident.severity}"}} 1\n')
        if result := self._snapshot.last_results.get(key):
            at = result.started_at.timestamp()
            self._last_result.append(f"{LAST_RESULT.name}{{{labels}}} {at}\n")
            if plan.check is Check.DELIVERY and monitor.enabled:
                self._probe(result, plan.every, name)
            if result.verdict.reason in COME_OUT and status is not Status.UNKNOWN:
                self._processing.append(f"{PROCESSING.name}{{{name}}} {result.reply.phases.total}\n")
        return status

    def _probe(self, result: Result, every: timedelta, labels: str) -> None:
        if result.verdict.status is Status.UNKNOWN:
            return
        if is_stale(result.started_at, every, self._snapshot.taken_at):
            return
        reply = result.reply
        self._success.append(f"{SUCCESS.name}{{{labels}}} {int(result.verdict.reason in DELIVERED)}\n")
        self._duration.append(f"{DURATION.name}{{{labels}}} {reply.phases.total}\n")
        self._status_code.append(f"{STATUS_CODE.name}{{{labels}}} {reply.http_status or 0}\n")
        if reply.certificate_expires_at:
            expiry = reply.certificate_expires_at.timestamp()
            self._expiry.append(f"{EXPIRY.name}{{{labels}}} {expiry}\n")
        self._phases.append(_phase_lines(reply.phases, f"{PHASES.name}{{{labels}"))


def _phase_lines(phases: Phases, start: str) -> str:
    """blackbox_exporter has five phases, and shows 0 for one that was not reached."""
    return (
        f'{start},phase="resolve"}} {phases.resolve or 0}\n'
        f'{start},phase="connect"}} {phases.connect or 0}\n'
        f'{start},phase="tls"}} {phases.tls or 0}\n'
        f'{start},phase="processing"}} {(phases.send or 0) + (phases.wait or 0)}\n'
        f'{start},phase="transfer"}} {phases.receive or 0}\n'
    )
