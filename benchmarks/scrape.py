"""Reads our own /metrics page: what was recorded, and how late."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

RESULT = re.compile(r"^webhook_monitor_results_total\{.*\} (\S+)$", re.MULTILINE)
LAG = re.compile(r'^webhook_monitor_schedule_lag_seconds_bucket\{le="(.+?)"\} (\S+)$', re.MULTILINE)
SINGLE = re.compile(r"^(webhook_monitor_\w+) (\S+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One scrape. ``lag`` maps the upper end of a bucket, in seconds, to the checks started by then."""

    results: int = 0
    dropped: int = 0
    missed: int = 0
    waiting: int = 0
    lag: Mapping[float, float] = field(default_factory=dict)

    @property
    def recorded(self) -> int:
        """Results that reached the database: what was probed, but not what still waits or was lost."""
        return self.results - self.waiting - self.dropped

    @classmethod
    def read(cls, text: str) -> "Page":
        single = {name: float(value) for name, value in SINGLE.findall(text)}
        return cls(
            results=sum(int(float(value)) for value in RESULT.findall(text)),
            dropped=int(single["webhook_monitor_results_dropped_total"]),
            missed=int(single["webhook_monitor_probes_missed_total"]),
            waiting=int(single["webhook_monitor_writer_queue"]),
            lag={float(end): float(count) for end, count in LAG.findall(text)},
        )


def lag_between(first: Page, last: Page, share: float) -> float:
    """Return the share of checks' lag in seconds, interpolated inside its bucket as Prometheus does."""
    counts = {end: last.lag[end] - first.lag.get(end, 0) for end in sorted(last.lag)}
    total = max(counts.values(), default=0)
    if not total:
        return float("nan")
    below, start = 0.0, 0.0
    for end, count in counts.items():
        if count >= share * total:
            if end == float("inf"):
                return start
            return start + (end - start) * (share * total - below) / (count - below)
        below, start = count, end
    return start
