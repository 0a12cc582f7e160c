"""A history in memory: what the store would answer, without a database."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from monitor.core.model import (
    AlertKind,
    AlertState,
    Check,
    CheckKey,
    Events,
    Incident,
    IncidentEvent,
    Latency,
    QueuedAlert,
    StoredResult,
    Transition,
)
from monitor.errors import DatabaseAway


@dataclass(kw_only=True)
class FakeHistory:
    """Keeps what it is given, counts what it is asked, and can be away."""

    stored: list[StoredResult] = field(default_factory=list)
    changes: list[Transition] = field(default_factory=list)
    told: list[Incident] = field(default_factory=list)
    lines: list[IncidentEvent] = field(default_factory=list)
    queued: list[tuple[int, QueuedAlert]] = field(default_factory=list)
    took: Latency = field(default_factory=lambda: Latency(count=0, buckets={}))
    real: list[Events] = field(default_factory=list)
    away: bool = False
    asked: list[str] = field(default_factory=list)

    def _ask(self, what: str) -> None:
        self.asked.append(what)
        if self.away:
            raise DatabaseAway("the database cannot be reached")

    async def results(
        self,
        *,
        monitor: str | None = None,
        check: Check | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        failing: bool = False,
        before: int | None = None,
        limit: int,
    ) -> tuple[StoredResult, ...]:
        self._ask("results")
        found = [
            one
            for one in sorted(self.stored, key=lambda one: one.id, reverse=True)
            if monitor in {None, one.result.monitor}
            and check in {None, one.result.check}
            and _inside(one.result.started_at, start, end)
            and not (failing and one.result.verdict.good)
            and (before is None or one.id < before)
        ]
        return tuple(found[:limit])

    async def transitions(
        self, monitor: str | None, *, start: datetime, end: datetime
    ) -> tuple[Transition, ...]:
        self._ask("transitions")
        mine = sorted((one for one in self.changes if monitor in {None, one.monitor}), key=lambda one: one.at)
        last = {CheckKey(one.monitor, one.check): one for one in mine if one.at <= start}
        return (*last.values(), *(one for one in mine if start < one.at < end))

    async def incidents(
        self,
        *,
        monitor: str | None = None,
        open_only: bool = False,
        start: datetime | None = None,
        end: datetime | None = None,
        before: int | None = None,
        limit: int,
    ) -> tuple[Incident, ...]:
        self._ask("incidents")
        found = [
            one
            for one in sorted(self.told, key=lambda one: one.number, reverse=True)
            if monitor in {None, one.monitor}
            and not (open_only and one.ended_at)
            and (start is None or one.ended_at is None or one.ended_at >= start)
            and (end is None or one.started_at < end)
            and (before is None or one.number < before)
        ]
        return tuple(found[:limit])

    async def incident(self, number: int) -> tuple[Incident, ...]:
        self._ask("incident")
        return tuple(one for one in self.told if one.number == number)

    async def happened(self, numbers: Collection[int]) -> tuple[IncidentEvent, ...]:
        self._ask("happened")
        return tuple(line for line in self.lines if line.number in numbers)

    async def alerts(
        self,
        *,
        notifier: str | None = None,
        incident: int | None = None,
        kind: AlertKind | None = None,
        state: AlertState | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        before: int | None = None,
        limit: int,
    ) -> tuple[tuple[int, QueuedAlert], ...]:
        self._ask("alerts")
        found = [
            (place, one)
            for place, one in _newest(self.queued)
            if notifier in {None, one.alert.notifier}
            and incident in {None, one.alert.incident}
            and kind in {None, one.alert.kind}
            and state in {None, one.state}
            and _inside(one.alert.created_at, start, end)
            and (before is None or place < before)
        ]
        return tuple(found[:limit])

    async def real_events(self, monitor: str, *, start: datetime, end: datetime) -> tuple[Events, ...]:
        self._ask("real_events")
        return tuple(one for one in self.real if one.monitor == monitor and start <= one.at < end)

    async def latency(self, monitor: str, check: Check, *, start: datetime, end: datetime) -> Latency:
        self._ask(f"latency of {monitor} {check} for {end - start}")
        return self.took


def _inside(at: datetime, start: datetime | None, end: datetime | None) -> bool:
    return (start is None or at >= start) and (end is None or at < end)


def _newest(queued: Iterable[tuple[int, QueuedAlert]]) -> list[tuple[int, QueuedAlert]]:
    return sorted(queued, key=lambda entry: entry[0], reverse=True)
