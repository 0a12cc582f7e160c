"""What Prometheus reads: counters since start, and a page written from the owner's picture of now.

Counts and times are kept in a registry of our own as they happen. Whatever can be read off the snapshot
is written at scrape time, so the series of a monitor that left the configuration leave with it.
"""

from datetime import datetime

from prometheus_client import CollectorRegistry, ProcessCollector, disable_created_metrics, generate_latest

from monitor.core.model import COME_OUT, PROOFS, Check, Monitor, Reason, Result, Snapshot, Status
from monitor.metrics.meters import Meters
from monitor.metrics.page import write_monitors
from monitor.metrics.service import Gauges, Reloads, write_service
from monitor.metrics.sheet import Sheet

__all__ = ["CONTENT_TYPE", "Gauges", "Metrics"]

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """Every number this process tells about itself and its monitors.

    The counting methods are called on the event loop and cost microseconds. ``render`` is called in a
    thread: it reads, and where many monitors make it long it lets the event loop go first.
    """

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call] # the library forgot to type it
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._meters = Meters(self._registry)
        self._results: dict[tuple[str, Check, Reason], int] = {}
        self._reloads = Reloads()

    def probe_finished(self, result: Result, monitor: Monitor) -> None:
        """Count one result. How long a probe took is only told where it says something of the listener."""
        key = (result.monitor, result.check, result.verdict.reason)
        self._results[key] = self._results.get(key, 0) + 1
        if result.check is Check.RECEIPT:
            if result.verdict.reason in COME_OUT:
                self._meters.processing.labels(monitor.group).observe(result.reply.phases.total)
        elif result.verdict.status is not Status.UNKNOWN and result.verdict.reason not in PROOFS:
            self._meters.duration(monitor.group, result.check).observe(result.reply.phases.total)

    def tick(self, lateness_seconds: float) -> None:
        """A check was started this long after it was due."""
        self._meters.lag.observe(max(0.0, lateness_seconds))

    def missed(self, count: int) -> None:
        """So many runs were due and never started: we were stalled, stopped or suspended."""
        self._meters.missed.inc(count)

    def skipped(self, why: str) -> None:
        """A run was left out on purpose, for instance because the last one is still under way."""
        self._meters.skipped.labels(why).inc()

    def tick_failed(self) -> None:
        """A fault of our own broke a check off."""
        self._meters.tick_failures.inc()

    def alert_sent(self, notifier: str, outcome: str, seconds: float) -> None:
        """A notifier was called: what became of it, and how long it took."""
        self._meters.alerts.labels(notifier, outcome).inc()
        self._meters.alert_duration.labels(notifier).observe(seconds)

    def reloaded(self, *, ok: bool, at: datetime) -> None:
        """The configuration was read, at the start or again."""
        self._reloads = self._reloads.after(ok=ok, at=at)

    def render(self, snapshot: Snapshot, gauges: Gauges) -> bytes:
        """Return the whole page in Prometheus' text format 0.0.4 (``CONTENT_TYPE``)."""
        sheet = Sheet()
        write_service(sheet, snapshot, gauges, self._reloads)
        write_monitors(sheet, snapshot, self._results_of(snapshot))
        return generate_latest(self._registry) + sheet.text()

    def _results_of(self, snapshot: Snapshot) -> dict[tuple[str, Check, Reason], int]:
        """Return the counts of configured monitors, and forget those of monitors that left."""
        counts = dict(self._results)  # in one step: the event loop goes on counting
        known = {monitor.id for monitor in snapshot.config.monitors}
        gone = [key for key in counts if key[0] not in known]
        for key in gone:
            del counts[key]
            del self._results[key]
        return counts
