"""A store in memory that keeps the outbox's contract, and a clock that moves when told."""

import asyncio
import heapq
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from monitor.core.model import Alert, Config, Message, Notifier, NotifierHealth, QueuedAlert, Record, Secret
from monitor.errors import DatabaseAway, StoreError
from monitor.store.waiting import Waiting
from tests.makers import NOON


@dataclass
class Clock:
    """``sleep`` ends when ``advance`` has come so far; ``early`` seconds before, as timers in loops do."""

    at: datetime = NOON
    early: float = 0.0
    sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = field(default_factory=list)
    count: int = 0

    def now(self) -> datetime:
        return self.at

    async def sleep(self, seconds: float) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.count += 1
        heapq.heappush(
            self.sleepers, (self.at + timedelta(seconds=max(0.0, seconds - self.early)), self.count, future)
        )
        await future

    async def advance(self, seconds: float) -> None:
        """Move on, stopping at each sleeper on the way as real time would."""
        end = self.at + timedelta(seconds=seconds)
        await self.settle()
        while self.sleepers and self.sleepers[0][0] <= end:
            due, _, future = heapq.heappop(self.sleepers)
            if future.done():
                continue
            self.at = max(self.at, due)
            future.set_result(None)
            await self.settle()
        self.at = end
        await self.settle()

    async def jump(self, **span: float) -> None:
        """Move on at once, as a machine does that was asleep."""
        self.at += timedelta(**span)
        await self.advance(0)

    async def settle(self) -> None:
        """Let everything happen that can happen without time passing."""
        for _ in range(25):
            await asyncio.sleep(0)


@dataclass
class Row:
    queued: QueuedAlert
    leased_until: datetime = NOON - timedelta(days=1)

    @property
    def waits(self) -> bool:
        ends = (self.queued.sent_at, self.queued.given_up_at, self.queued.handed_at)
        return not any(ends)


@dataclass
class FakeShelf:
    """``away``: what every call raises while it is set. ``takes``: how long a claim takes.

    What waits in memory waits as in the real store.
    """

    rows: dict[str, Row] = field(default_factory=dict)
    left: dict[str, datetime] = field(default_factory=dict)
    away: StoreError | None = None
    takes: timedelta = timedelta(0)
    claims: int = 0
    healths: dict[str, NotifierHealth] = field(default_factory=dict)
    recorded: Callable[[set[str]], None] = lambda _: None
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.waiting = Waiting(now=self.clock.now)

    def put(self, *alerts: Alert) -> None:
        """Commit alerts, or keep them in memory while the database is away."""
        for alert in alerts:
            if self.away is not None:
                self.waiting.put(Record(alerts=(alert,)))
            else:
                self._write(alert)

    def come_back(self) -> None:
        self.away = None
        units = self.waiting.take(len(self.waiting))
        alerts = [alert for unit in units for alert in unit.record.alerts]
        for alert in alerts:
            self._write(alert)
        self.waiting.done(units, sent=self.waiting.sent_of([alert.key for alert in alerts]))

    def _write(self, alert: Alert) -> None:
        queued = QueuedAlert(
            alert=alert,
            attempts=0,
            due_at=alert.held_until or alert.created_at,
            sent_at=self.left.get(alert.key),
        )
        self.rows.setdefault(alert.key, Row(queued=queued))

    async def claim(
        self, notifier: str, *, now: datetime, lease: timedelta, limit: int = 50
    ) -> tuple[QueuedAlert, ...]:
        await self._here()
        self.claims += 1
        due = [
            row
            for row in self.rows.values()
            if row.waits
            and row.queued.alert.notifier == notifier
            and row.queued.due_at <= now
            and row.leased_until <= now
        ][:limit]
        self.clock.at += self.takes
        for row in due:
            row.leased_until = now + lease
        return tuple(replace(row.queued, untold=self._untold(row.queued)) for row in due)

    def _untold(self, queued: QueuedAlert) -> bool:
        lost = (row.queued for row in self.rows.values() if row.queued.given_up_at or row.queued.handed_to)
        mine = [one.alert for one in lost if one.alert.notifier == queued.alert.notifier]
        return any(one.incident == queued.alert.incident for one in mine)

    async def depart(self, keys: Collection[str], *, at: datetime) -> None:
        await self._here()
        for key in keys:
            self._change([key], left_at=at, attempts=self.rows[key].queued.attempts + 1)

    async def settle(self, keys: Collection[str], *, at: datetime) -> None:
        await self._here()
        self._change(keys, sent_at=at, left_at=None)

    async def postpone(
        self, keys: Collection[str], *, due_at: datetime, error: str, left_at: datetime | None = None
    ) -> None:
        await self._here()
        self._change(keys, error=error, left_at=left_at)
        await self.put_back(keys, due_at=due_at)

    async def put_back(self, keys: Collection[str], *, due_at: datetime) -> None:
        await self._here()
        self._change(keys, due_at=due_at)
        for key in keys:
            self.rows[key].leased_until = NOON - timedelta(days=1)

    async def hasten(self, notifier: str, *, at: datetime) -> None:
        waiting = [row for row in self.rows.values() if row.waits and row.queued.alert.notifier == notifier]
        await self.put_back([row.queued.alert.key for row in waiting if row.queued.attempts], due_at=at)

    async def hand_over(
        self, keys: Collection[str], others: Sequence[Alert], *, at: datetime, error: str
    ) -> None:
        await self._here()
        self._change(keys, handed_at=at, handed_to=others[0].notifier, error=error)
        self.record(Record(alerts=tuple(others)))

    async def note(self, health: NotifierHealth) -> None:
        await self._here()
        self.healths[health.notifier] = health

    async def health(self, notifier: str) -> NotifierHealth:
        await self._here()
        return self.healths.get(notifier, NotifierHealth(notifier=notifier))

    def record(self, record: Record) -> None:
        self.put(*record.alerts)
        self.recorded({alert.notifier for alert in record.alerts})

    async def give_up(self, keys: Collection[str], *, at: datetime, error: str) -> None:
        await self._here()
        self._change(keys, given_up_at=at, error=error)

    async def give_up_unserved(
        self, served: Collection[str], *, made_before: datetime, at: datetime, error: str
    ) -> None:
        await self._here()
        old = [
            key
            for key, row in self.rows.items()
            if row.waits
            and row.queued.alert.notifier not in served
            and row.queued.alert.created_at <= made_before
        ]
        self._change(old, given_up_at=at, error=error)

    async def next_due(self, notifier: str) -> datetime | None:
        await self._here()
        waiting = [
            row
            for row in self.rows.values()
            if row.waits
            and row.queued.alert.notifier == notifier
            and row.queued.due_at != row.queued.alert.held_until
        ]
        return min((max(row.queued.due_at, row.leased_until) for row in waiting), default=None)

    def unwritten_alerts(self, older_than: timedelta) -> tuple[Alert, ...]:
        return self.waiting.unwritten_alerts(older_than)

    def sent_unwritten(self, keys: Sequence[str], at: datetime) -> None:
        self.left.update(dict.fromkeys(keys, at))
        self.waiting.sent_unwritten(keys, at)

    async def _here(self) -> None:
        await asyncio.sleep(0)
        if self.away is not None:
            raise self.away

    def _change(self, keys: Collection[str], **changes: object) -> None:
        for key in keys:
            self.rows[key].queued = replace(self.rows[key].queued, **changes)  # type: ignore[arg-type]  # any field


def notifiers(*names: str, fallback: str = "") -> Config:
    """Return a configuration of these notifiers; ``fallback`` is that of the first."""
    first, *others = names
    heirs = (fallback,) if fallback else ()
    return Config(
        notifiers=(
            Notifier(name=first, url=Secret(f"json://{first}"), fallback=heirs),
            *(
                Notifier(name=name, url=Secret(f"{'mailto' if name == 'mail' else 'json'}://{name}"))
                for name in others
            ),
        )
    )


def database_away() -> DatabaseAway:
    return DatabaseAway("locked")


@dataclass
class FakeService:
    """Takes messages, unless told otherwise by name: an error to raise, or an event to wait for first."""

    clock: Clock
    taken: list[tuple[str, datetime, Message]] = field(default_factory=list)
    errors: dict[str, Exception] = field(default_factory=dict)
    hanging: dict[str, asyncio.Event] = field(default_factory=dict)
    tries: int = 0

    async def send(self, name: str, message: Message) -> str:
        self.tries += 1
        if name in self.hanging:
            await self.hanging[name].wait()
        if name in self.errors:
            raise self.errors[name]
        self.taken.append((name, self.clock.now(), message))
        return "200 ok"

    def headlines(self, name: str = "oncall") -> list[str]:
        return [message.headline for to, _, message in self.taken if to == name]

    def times(self, name: str = "oncall") -> list[float]:
        return [(at - NOON).total_seconds() for to, at, _ in self.taken if to == name]
