"""A compressed world: real pipeline, real schedule of checks, animals for listeners, a clock that jumps.

Time passes only when everybody waits: for a due check, for an answer, for a turn, for a confirming probe.
"""

import asyncio
import heapq
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from urllib.parse import urlsplit

from monitor.core.model import (
    AWAITED,
    Alert,
    CheckKey,
    Config,
    Delivery,
    Failure,
    FailureKind,
    Monitor,
    Notifier,
    Phase,
    Phases,
    Receipt,
    Recollection,
    Record,
    Reply,
    Result,
    Secret,
)
from monitor.core.tokens import Keyring, read_receipt, receipt_token
from monitor.demo.http import Request
from monitor.network import Network
from monitor.outside import Outside
from monitor.pipeline import Pipeline
from monitor.probe import seal
from monitor.schedule import place
from monitor.telling.quiet import Quiet
from monitor.watch import Watch
from tests.makers import NOON
from tests.zoo.animals import ADDRESS, Animal, Report, Said

NOTHING = Recollection(healths={}, open_incidents={}, last_incident=0, measured_until=None)
KEYS = Keyring((Secret("the-key-of-a-house-in-the-zoo-000"),))
TURNS = 25  # steps of the event loop in which everybody comes to where they wait


@dataclass
class World:
    """``monitors`` and the animal each of them watches, by id."""

    monitors: tuple[Monitor, ...]
    animals: Mapping[str, Animal]
    now: datetime = NOON
    records: list[Record] = field(default_factory=list)
    sent: list[tuple[datetime, str, Delivery]] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    failed: int = 0
    _waiting: list[tuple[datetime, int, asyncio.Event]] = field(default_factory=list)
    _workers: set["asyncio.Task[None]"] = field(default_factory=set)
    _numbers: "count[int]" = field(default_factory=count)

    def __post_init__(self) -> None:
        notifiers = (Notifier(name="oncall", url=Secret("json://localhost")),)
        self.watch = Watch(Config(monitors=self.monitors, notifiers=notifiers), NOTHING)
        outside = Outside(
            now=lambda: self.now,
            monotonic=lambda: (self.now - NOON) / timedelta(seconds=1),
            sleep=self.sleep,
            token=lambda: f"{next(self._numbers):032x}",
            send=self._send,
            address=lambda claim: f"{ADDRESS}{receipt_token(KEYS, claim)}",
            seal=seal,
            lag=lambda _: 0.0,
            record=self.records.append,
            observe=lambda _result, _monitor: None,
            skipped=self.skipped.append,
            failed=self._fail,
        )
        network = Network(now=lambda: self.now, reach=_unreachable, canaries=())
        self.pipeline = Pipeline(
            outside=outside, network=network, watch=self.watch, quiet=Quiet(watch=self.watch)
        )

    async def sleep(self, seconds: float) -> None:
        woken = asyncio.Event()
        heapq.heappush(self._waiting, (self.now + timedelta(seconds=seconds), next(self._numbers), woken))
        await woken.wait()

    async def run(self, span: timedelta) -> None:
        """Let that much time pass."""
        end = self.now + span
        asked = ((key, every) for key, every in self.watch.due.items() if key.check not in AWAITED)
        due = [(self._first(key, every), key) for key, every in asked]
        heapq.heapify(due)
        while True:
            for _ in range(TURNS):
                await asyncio.sleep(0)
            at = min([due[0][0], *(waiting[0] for waiting in self._waiting[:1])])
            if at > end:
                break
            self.now = at
            self.pipeline.receipts.miss(at)
            while self._waiting and self._waiting[0][0] <= at:
                heapq.heappop(self._waiting)[2].set()
            while due[0][0] <= at:
                _, key = heapq.heappop(due)
                self.pipeline.start(key, at)
                heapq.heappush(due, (at + self.watch.due[key], key))
        self.now = end
        for task in self._workers:
            task.cancel()
        await self.pipeline.drain(0)

    def alerts(self) -> list[Alert]:
        return [alert for record in self.records for alert in record.alerts]

    def results(self, key: CheckKey) -> list[Result]:
        found = (record.result for record in self.records)
        return [result for result in found if result and CheckKey(result.monitor, result.check) == key]

    def _first(self, key: CheckKey, every: timedelta) -> datetime:
        """Where the real clock puts a check in its interval."""
        where = place(key, every)
        return self.now + where.slot.phase + where.spread

    async def _send(self, delivery: Delivery) -> Reply:
        name = dict(delivery.headers).get("X-Webhook-Probe", "")
        started = self.now
        self.sent.append((started, name, delivery))
        said = self.animals[name](_request(delivery), started.timestamp())
        seconds = delivery.timeout.total_seconds() if said.hangs else said.took
        for report in said.reports:
            task = asyncio.create_task(self._report(report))
            self._workers.add(task)
            task.add_done_callback(self._workers.discard)
        await self.sleep(seconds)
        return _reply(said, started, seconds)

    async def _report(self, report: Report) -> None:
        """The worker's side: in time it reports to the address that was in the event."""
        await self.sleep(report.after)
        claim = read_receipt(KEYS, report.address.removeprefix(ADDRESS), self.now)
        assert claim is not None
        self.pipeline.receipts.heard(
            Receipt(
                monitor=claim.monitor,
                event_id=claim.event_id,
                kind=claim.kind,
                sent_at=claim.sent_at,
                arrived_at=self.now,
                outcome=report.outcome,
                note=report.note,
                run=report.run,
            )
        )

    def _fail(self) -> None:
        self.failed += 1


async def _unreachable(_host: str, _port: int) -> bool:
    return False


def _request(delivery: Delivery) -> Request:
    parts = urlsplit(delivery.url)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    headers = {name.lower(): value for name, value in delivery.headers}
    return Request(method=delivery.method, path=path, headers=headers, body=delivery.body)


def _reply(said: Said, started: datetime, seconds: float) -> Reply:
    if said.hangs or said.resets:
        kind = FailureKind.TIMED_OUT if said.hangs else FailureKind.RESET
        failure = Failure(kind=kind, phase=Phase.WAIT, message=f"{kind}")
        return Reply(started_at=started, phases=Phases(wait=seconds), failure=failure)
    return Reply(
        started_at=started,
        phases=Phases(connect=0.001, wait=seconds),
        http_status=said.status,
        headers=said.headers,
        body=said.body,
    )
