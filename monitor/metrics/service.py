"""What the service tells about itself: its queues, its configuration, its database, its build."""

import platform
from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime

from monitor import __version__
from monitor.core.model import HushedBy, NotifierHealth, Queue, Severity, Snapshot
from monitor.core.window import open_at
from monitor.metrics.sheet import Family, Kind, Sheet, quoted


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauges:
    """What the service knows of itself now. ``loop_lag_seconds`` is the event loop's latest lateness.

    ``queues`` is the outbox, one queue for each notifier that was ever told; None before it was first
    looked into. ``writer_queue`` counts records not yet committed.
    ``dropped_results`` counts, since the start, plain results lost because the database was away too long.
    ``database_up`` is False while the store cannot be written. ``clock_skew_seconds``: how far the clocks of
    listeners are ahead of ours; None while too few have told the time.
    """

    queues: tuple[Queue, ...] | None = None
    writer_queue: int = 0
    dropped_results: int = 0
    loop_lag_seconds: float = 0.0
    owner: bool = True
    checks_running: int = 0
    database_up: bool = True
    clock_skew_seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reloads:
    """How often the configuration was read, how the last attempt went, and when one last went well."""

    succeeded: int = 0
    failed: int = 0
    last_ok: bool = True  # we would not run without a valid configuration
    last_success_at: datetime | None = None

    def after(self, *, ok: bool, at: datetime) -> "Reloads":
        """Return what holds after one more attempt."""
        if ok:
            return replace(self, succeeded=self.succeeded + 1, last_ok=True, last_success_at=at)
        return replace(self, failed=self.failed + 1, last_ok=False)


BUILD = Family(name="webhook_monitor_build_info", help="1, with the version as a label.")
OWNER = Family(name="webhook_monitor_owner", help="1 if this process owns the clock, 0 on stand-by.")
MONITORS = Family(name="webhook_monitor_monitors", help="Monitors in the configuration.")
RUNNING = Family(name="webhook_monitor_checks_running", help="Checks under way now.")
LOOP_LAG = Family(name="webhook_monitor_loop_lag_seconds", help="Latest lateness of the event loop.")
SKEW = Family(
    name="webhook_monitor_clock_skew_seconds",
    help="How far the clocks of most listeners are ahead of ours; negative if they are behind.",
)
WRITER = Family(name="webhook_monitor_writer_queue", help="Records not yet committed.")
DATABASE = Family(name="webhook_monitor_database_up", help="1 if the database takes what is written.")
DROPPED = Family(
    name="webhook_monitor_results_dropped_total",
    help="Plain results lost because the database was away for too long.",
    kind=Kind.COUNTER,
)
DEPTH = Family(name="webhook_monitor_outbox_depth", help="Alerts waiting for a notifier.")
AGE = Family(
    name="webhook_monitor_outbox_oldest_age_seconds",
    help="Age of the oldest alert waiting for a notifier; 0 if none waits.",
)
GIVEN_UP = Family(name="webhook_monitor_outbox_given_up", help="Alerts a notifier never took.")
NOTIFIER_UP = Family(
    name="webhook_monitor_notifier_up",
    help="1 if the notifier takes alerts, as far as we know; 0 if it is dead until somebody mends it.",
)
NOTIFIER_OK_AT = Family(
    name="webhook_monitor_notifier_last_success_timestamp_seconds",
    help="When the notifier took a message last.",
)
NOTIFIER_TOOK = Family(
    name="webhook_monitor_notifier_last_success_seconds",
    help="How long the notifier needed for the last message that it took.",
)
NOTIFIER_FAILING = Family(
    name="webhook_monitor_notifier_failing_seconds",
    help="For how long the notifier has taken nothing of what it was sent; 0 if it took the last.",
)
UNSERVED = Family(
    name="webhook_monitor_outbox_unserved",
    help="Alerts waiting for a notifier that the configuration does not name.",
)
INCIDENTS = Family(name="webhook_monitor_incidents_open", help="Open incidents by severity.")
HELD = Family(
    name="webhook_monitor_incidents_held", help="Open incidents whose alarm is held back, by what holds it."
)
IN_MAINTENANCE = Family(
    name="webhook_monitor_maintenance_open", help="Windows of announced work that are open now."
)
SILENCES = Family(name="webhook_monitor_silences", help="Silences in force.")
RELOADS = Family(
    name="webhook_monitor_config_reloads_total",
    help="Readings of the configuration, by outcome.",
    kind=Kind.COUNTER,
)
RELOAD_OK = Family(
    name="webhook_monitor_config_last_reload_success",
    help="1 if the last reading of the configuration went well; 0 while an older one is kept.",
)
RELOAD_AT = Family(
    name="webhook_monitor_config_last_reload_success_timestamp_seconds",
    help="When the configuration was last read well.",
)


def write_service(sheet: Sheet, snapshot: Snapshot, gauges: Gauges, reloads: Reloads) -> None:
    """Write every series that has no monitor label and is not counted as it happens."""
    build = f'version="{__version__}",python="{platform.python_version()}"'
    sheet.block(BUILD).append(f"{BUILD.name}{{{build}}} 1\n")
    for family, value in (
        (OWNER, int(gauges.owner)),
        (MONITORS, len(snapshot.config.monitors)),
        (RUNNING, gauges.checks_running),
        (LOOP_LAG, gauges.loop_lag_seconds),
        (WRITER, gauges.writer_queue),
        (DROPPED, gauges.dropped_results),
        (DATABASE, int(gauges.database_up)),
    ):
        sheet.block(family).append(f"{family.name} {value}\n")
    if gauges.clock_skew_seconds is not None:
        sheet.block(SKEW).append(f"{SKEW.name} {gauges.clock_skew_seconds}\n")
    if gauges.queues is not None:
        _write_outbox(sheet, gauges.queues, snapshot)
    _write_incidents(sheet, snapshot)
    _write_reloads(sheet, reloads)


def _write_outbox(sheet: Sheet, queues: tuple[Queue, ...], snapshot: Snapshot) -> None:
    """A notifier that nothing waits for is at 0: Prometheus sees no rise in what begins at 1."""
    depth, age, given_up = sheet.block(DEPTH), sheet.block(AGE), sheet.block(GIVEN_UP)
    unserved = sheet.block(UNSERVED)
    known = {one.name: Queue(notifier=one.name, depth=0, oldest_at=None) for one in snapshot.config.notifiers}
    for name, queue in (known | {queue.notifier: queue for queue in queues}).items():
        labels = f'{{notifier="{quoted(name)}"}}'
        given_up.append(f"{GIVEN_UP.name}{labels} {queue.given_up}\n")
        if name not in known:
            unserved.append(f"{UNSERVED.name}{labels} {queue.depth}\n")
            continue
        waited = (snapshot.taken_at - queue.oldest_at).total_seconds() if queue.oldest_at else 0.0
        depth.append(f"{DEPTH.name}{labels} {queue.depth}\n")
        age.append(f"{AGE.name}{labels} {max(0.0, waited)}\n")
        _write_notifier(sheet, queue.health or NotifierHealth(notifier=name), labels, snapshot.taken_at)


def _write_notifier(sheet: Sheet, health: NotifierHealth, labels: str, now: datetime) -> None:
    failing = (now - health.failing_since).total_seconds() if health.failing_since else 0.0
    sheet.block(NOTIFIER_UP).append(f"{NOTIFIER_UP.name}{labels} {int(health.dead_since is None)}\n")
    sheet.block(NOTIFIER_FAILING).append(f"{NOTIFIER_FAILING.name}{labels} {max(0.0, failing)}\n")
    if health.succeeded_at is not None:
        at = health.succeeded_at.timestamp()
        sheet.block(NOTIFIER_OK_AT).append(f"{NOTIFIER_OK_AT.name}{labels} {at}\n")
    if health.took is not None:
        took = health.took.total_seconds()
        sheet.block(NOTIFIER_TOOK).append(f"{NOTIFIER_TOOK.name}{labels} {took}\n")


def _write_incidents(sheet: Sheet, snapshot: Snapshot) -> None:
    block = sheet.block(INCIDENTS)
    incidents = tuple(snapshot.open_incidents.values())
    for severity in Severity:
        count = sum(incident.severity is severity for incident in incidents)
        block.append(f'{INCIDENTS.name}{{severity="{severity}"}} {count}\n')
    held = Counter(incident.held.hush.by for incident in incidents if incident.held)
    waiting = sheet.block(HELD)
    for by in HushedBy:
        waiting.append(f'{HELD.name}{{by="{by}"}} {held[by]}\n')
    at_work = sum(open_at(one, snapshot.taken_at) for one in snapshot.maintenance)
    sheet.block(IN_MAINTENANCE).append(f"{IN_MAINTENANCE.name} {at_work}\n")
    sheet.block(SILENCES).append(f"{SILENCES.name} {len(snapshot.silences)}\n")


def _write_reloads(sheet: Sheet, reloads: Reloads) -> None:
    block = sheet.block(RELOADS)
    block.append(f'{RELOADS.name}{{outcome="success"}} {reloads.succeeded}\n')
    block.append(f'{RELOADS.name}{{outcome="failure"}} {reloads.failed}\n')
    sheet.block(RELOAD_OK).append(f"{RELOAD_OK.name} {int(reloads.last_ok)}\n")
    if reloads.last_success_at:
        at = reloads.last_success_at.timestamp()
        sheet.block(RELOAD_AT).append(f"{RELOAD_AT.name} {at}\n")
