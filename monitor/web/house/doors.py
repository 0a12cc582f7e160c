"""What the web may ask each part of the house. The parts are filled in by ``monitor.app``."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from monitor.core.incidents import Gathered
from monitor.core.model import (
    AlertKind,
    AlertState,
    Check,
    Deed,
    Events,
    Incident,
    IncidentEvent,
    Latency,
    Monitor,
    QueuedAlert,
    Receipt,
    Scope,
    Signal,
    Silence,
    StoredResult,
    Transition,
    Window,
)
from monitor.core.tokens import Claim
from monitor.errors import Problem


class History(Protocol):
    """The reading half of the store. Every method may raise DatabaseAway."""

    async def results(  # noqa: PLR0913  a query in words
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
        """Newest first; ``before`` is the id of the last one already seen."""

    async def transitions(
        self, monitor: str | None, *, start: datetime, end: datetime
    ) -> tuple[Transition, ...]:
        """Oldest first, including for each check the last one at or before ``start``."""

    async def incidents(  # noqa: PLR0913  a query in words
        self,
        *,
        monitor: str | None = None,
        open_only: bool = False,
        start: datetime | None = None,
        end: datetime | None = None,
        before: int | None = None,
        limit: int,
    ) -> tuple[Incident, ...]:
        """All parts of so many incidents, newest number first; ``before`` is the last number already seen."""

    async def incident(self, number: int) -> tuple[Incident, ...]:
        """All parts of one incident, in the order in which they were confirmed; none: there is none."""

    async def happened(self, numbers: Collection[int]) -> tuple[IncidentEvent, ...]:
        """What happened to these incidents, oldest first."""

    async def alerts(  # noqa: PLR0913  a query in words
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
        """Newest first, each with its place; ``before`` is the place of the last one already seen."""

    async def latency(self, monitor: str, check: Check, *, start: datetime, end: datetime) -> Latency: ...

    async def real_events(self, monitor: str, *, start: datetime, end: datetime) -> tuple[Events, ...]:
        """By the hour, oldest first; hours without any are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReloadState:
    """How the last attempt to read the configuration went, and when that was."""

    ok: bool
    at: datetime
    problems: tuple[Problem, ...] = ()


class ReceiptDesk(Protocol):
    """Where workers report that events were processed."""

    def read(self, token: str) -> Claim | None:
        """Return what a receipt's token is about; None for one that is not ours."""

    def find(self, key: str, event_id: str) -> Claim | None:
        """Return what is known of an event, for who holds the receipt key of its monitor."""

    def by_get(self, monitor: str) -> bool:
        """Return whether this monitor's receipts may be fetched instead of posted."""

    async def receive(self, receipt: Receipt) -> None:
        """Take a receipt; return once it is durable. Raises StoreError."""


class NoticeBoard(Protocol):
    """Where operators announce work and silence alarms.

    Every method may raise UsageError, in words, and StoreError; those that end something LookupError.
    """

    async def announce(  # noqa: PLR0913  a window in words
        self,
        *,
        name: str,
        scope: Scope,
        start: datetime | None,
        end: datetime | None,
        length: timedelta | None,
        zone: str,
        repeat: str | None,
        public: str | None,
    ) -> Window:
        """Return the window with its number. ``start`` None: now."""

    async def end_window(self, number: int) -> Window:
        """Return what was ended."""

    async def silence(self, *, reason: str, scope: Scope, until: datetime) -> Silence:
        """Return the silence with its number."""

    async def end_silence(self, number: int) -> Silence:
        """Return what was ended."""


class Responders(Protocol):
    """What people may do about incidents. Every method may raise StoreError."""

    async def find(self, number: int) -> Gathered:
        """Return an incident, also by the number of one that was merged into it. Raises NotPossible."""

    async def act(self, number: int, deed: Deed) -> Gathered:
        """Do it, and return what the incident is now. Raises NotPossible, in words."""


class Ear(Protocol):
    """Where jobs give signs of life, and listeners report real events."""

    def find(self, token: str) -> Monitor | None:
        """Return whose address this is; None for one that is not ours, or of a monitor that is gone."""

    async def hear(self, monitor: Monitor, signal: Signal) -> None:
        """Take a job's call; return once it is durable. Raises StoreError."""

    async def count(self, events: Events) -> None:
        """Take real events; return once they are durable. Raises StoreError."""
