"""What is counted as it happens, in prometheus_client's own types."""

from prometheus_client import CollectorRegistry, Counter, Histogram

from monitor.core.model import Check

PROBE_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0)
PROCESSING_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0, 10800.0, 43200.0)
LAG_BUCKETS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
ALERT_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class Meters:
    """The counters and histograms of one process. None has a monitor label: that would be far too many."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._durations = Histogram(
            "webhook_monitor_probe_duration_seconds",
            "Duration of finished probes that were not our own fault.",
            ("group", "check"),
            buckets=PROBE_BUCKETS,
            registry=registry,
        )
        self.processing = _processing(registry)
        self._duration_of: dict[tuple[str, Check], Histogram] = {}
        self.lag = Histogram(
            "webhook_monitor_schedule_lag_seconds",
            "How long after it was due a check was started.",
            buckets=LAG_BUCKETS,
            registry=registry,
        )
        self.missed = Counter(
            "webhook_monitor_probes_missed_total",
            "Probes that were due and never started.",
            registry=registry,
        )
        self.skipped = Counter(
            "webhook_monitor_probes_skipped_total",
            "Probes left out on purpose, by why.",
            ("why",),
            registry=registry,
        )
        self.tick_failures = Counter(
            "webhook_monitor_tick_failures_total",
            "Checks broken off by a fault of our own.",
            registry=registry,
        )
        self.alerts = Counter(
            "webhook_monitor_alerts_total",
            "Calls of a notifier, by what became of them.",
            ("notifier", "outcome"),
            registry=registry,
        )
        self.alert_duration = Histogram(
            "webhook_monitor_alert_duration_seconds",
            "Duration of calls of a notifier.",
            ("notifier",),
            buckets=ALERT_BUCKETS,
            registry=registry,
        )

    def duration(self, group: str, check: Check) -> Histogram:
        """Return the histogram of one group and check; ``labels`` itself is too slow for every probe."""
        key = (group, check)
        if key not in self._duration_of:
            self._duration_of[key] = self._durations.labels(group, check)
        return self._duration_of[key]


def _processing(registry: CollectorRegistry) -> Histogram:
    return Histogram(
        "webhook_monitor_processing_seconds",
        "From the sending of an event to the receipt that says it was processed.",
        ("group",),
        buckets=PROCESSING_BUCKETS,
        registry=registry,
    )
