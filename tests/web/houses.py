"""Houses for the web's tests: small, in memory, with a clock that moves when told."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property

import httpx
from fastapi import FastAPI
from starlette.types import ASGIApp

from monitor.core.model import (
    Check,
    CheckKey,
    Config,
    Health,
    Incident,
    Monitor,
    Occurrence,
    Queue,
    Reason,
    Result,
    Severity,
    Silence,
    Snapshot,
    Status,
    Transition,
)
from monitor.web import House, ReloadState, operator_app
from tests.fakes.history import FakeHistory
from tests.makers import NOON

DAY = timedelta(days=1)


@dataclass(kw_only=True)
class Stage:
    """What a house shows, to be arranged by a test."""

    config: Config = field(default_factory=Config)
    now: datetime = NOON
    healths: dict[CheckKey, Health] = field(default_factory=dict)
    results: dict[CheckKey, Result] = field(default_factory=dict)
    incidents: dict[CheckKey, Incident] = field(default_factory=dict)
    history: FakeHistory = field(default_factory=FakeHistory)
    queues: tuple[Queue, ...] = ()
    maintenance: tuple[Occurrence, ...] = ()
    silences: tuple[Silence, ...] = ()
    dead_letters: list[str] = field(default_factory=list)
    reload: ReloadState = field(default_factory=lambda: ReloadState(ok=True, at=NOON))
    stalled: str | None = None
    unready: str | None = None
    scrapes: int = 0

    @cached_property
    def operator(self) -> FastAPI:
        """The operator's app, made once: that takes a while."""
        return operator_app(self.house(), token=None)

    def house(self) -> House:
        """Return the house as the app would wire it."""
        return House(
            snapshot=self._snapshot,
            history=self.history,
            metrics=self._scrape,
            now=lambda: self.now,
            alive=lambda: self.stalled,
            ready=lambda: self.unready,
            queues=self._queues,
            retry=self._retry,
            reload_state=lambda: self.reload,
        )

    def hold(
        self, monitor: Monitor, status: Status, reason: Reason, *, check: Check = Check.DELIVERY
    ) -> None:
        """Believe this of a check since an hour ago, measured 12 s ago, and remember the change."""
        since, seen = self.now - timedelta(hours=1), self.now - timedelta(seconds=12)
        self.healths[CheckKey(monitor.id, check)] = Health(
            status=status, settled=status, reason=reason, since=since, last_result_at=seen, last_good_at=since
        )
        self.history.changes.append(a_change(monitor.id, since, status, check=check, reason=reason))

    def open(
        self,
        monitor: Monitor,
        number: int,
        reason: Reason,
        *,
        check: Check = Check.DELIVERY,
        severity: Severity = Severity.MAJOR,
    ) -> None:
        """Open an incident, an hour old."""
        began = self.now - timedelta(hours=1)
        incident = replace(
            AN_INCIDENT,
            number=number,
            monitor=monitor.id,
            check=check,
            reason=reason,
            severity=severity,
            started_at=began,
            down_since=began if severity in {Severity.MAJOR, Severity.CRITICAL} else None,
        )
        self.incidents[CheckKey(monitor.id, check)] = incident
        self.history.told.append(incident)

    def _snapshot(self) -> Snapshot:
        return Snapshot(
            config=self.config,
            healths=dict(self.healths),
            last_results=dict(self.results),
            open_incidents=dict(self.incidents),
            taken_at=self.now,
            maintenance=self.maintenance,
            silences=self.silences,
        )

    async def _scrape(self) -> bytes:
        self.scrapes += 1
        return f"scrapes_total {self.scrapes}\n".encode()

    async def _retry(self, keys: Collection[str] | None) -> tuple[str, ...]:
        dead = [key for key in self.dead_letters if keys is None or key in keys]
        self.dead_letters = [key for key in self.dead_letters if key not in dead]
        return tuple(dead)

    async def _queues(self) -> tuple[Queue, ...]:
        return self.queues


def a_change(
    monitor: str,
    at: datetime,
    status: Status,
    *,
    check: Check = Check.DELIVERY,
    reason: Reason | None = None,
) -> Transition:
    return Transition(
        monitor=monitor,
        check=check,
        at=at,
        known_at=at + timedelta(seconds=15),
        status=status,
        previous=Status.UNKNOWN,
        reason=reason,
    )


AN_INCIDENT = Incident(
    number=7,
    monitor="billing",
    check=Check.DELIVERY,
    started_at=NOON - timedelta(hours=1),
    confirmed_at=NOON - timedelta(minutes=59),
    severity=Severity.MAJOR,
    reason=Reason.SERVER_ERROR,
    message="answered 503 from 10.1.2.3",
    failures=4,
)


@asynccontextmanager
async def visiting(app: ASGIApp, *, base: str = "http://127.0.0.1:8081") -> AsyncIterator[httpx.AsyncClient]:
    """Visit an app without a socket."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url=base) as client:
        yield client
