"""Makers of snapshots, and a reader of pages that we did not write."""

from dataclasses import replace
from datetime import datetime

from prometheus_client.parser import text_string_to_metric_families

from monitor.core.model import (
    Check,
    CheckKey,
    Config,
    Health,
    Incident,
    Monitor,
    Notifier,
    Pulse,
    Reason,
    Result,
    Secret,
    Severity,
    Snapshot,
)
from monitor.metrics import Gauges, Metrics
from tests.makers import NOON, SECOND, a_monitor

BILLING = CheckKey("billing", Check.DELIVERY)
FORGED = CheckKey("billing", Check.FORGED)

Series = dict[tuple[str, frozenset[tuple[str, str]]], float]


def a_snapshot(
    *results: Result,
    monitors: tuple[Monitor, ...] = (a_monitor(),),
    healths: dict[CheckKey, Health] | None = None,
    incidents: tuple[Incident, ...] = (),
    notifiers: tuple[str, ...] = ("oncall",),
    now: datetime = NOON + SECOND,
    pulses: tuple[Pulse, ...] = (),
) -> Snapshot:
    config = Config(
        monitors=monitors,
        notifiers=tuple(Notifier(name=name, url=Secret("json://example.com")) for name in notifiers),
    )
    return Snapshot(
        config=config,
        healths=healths or {},
        last_results={CheckKey(result.monitor, result.check): result for result in results},
        open_incidents={CheckKey(open_.monitor, open_.check): open_ for open_ in incidents},
        taken_at=now,
        pulses={pulse.monitor: pulse for pulse in pulses},
    )


def read(page: bytes) -> Series:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(page.decode())
        for sample in family.samples
    }


def shown(snapshot: Snapshot, gauges: Gauges | None = None, metrics: Metrics | None = None) -> Series:
    return read((metrics or Metrics()).render(snapshot, gauges or Gauges()))


def one(series: Series, name: str, **labels: str) -> float | None:
    return series.get((name, frozenset(labels.items())))


def an_incident(**changes: object) -> Incident:
    incident = Incident(
        number=7,
        monitor="billing",
        check=Check.FORGED,
        started_at=NOON,
        confirmed_at=NOON,
        severity=Severity.CRITICAL,
        reason=Reason.FORGERY_ACCEPTED,
        message="a forged event was accepted",
    )
    return replace(incident, **changes)  # type: ignore[arg-type] # passes any field through
