"""The way of one probe, whole: a pretended outside, a clock that moves when told, everything else real."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from monitor.core.changes import diff
from monitor.core.model import (
    AlertKind,
    Check,
    CheckKey,
    Config,
    Delivery,
    FailureKind,
    FaultDomain,
    Health,
    Monitor,
    Notifier,
    Phase,
    Reason,
    Recollection,
    Record,
    Reply,
    Secret,
    Severity,
    Status,
)
from monitor.core.sign import symmetric
from monitor.core.tokens import Claim
from monitor.network import Network
from monitor.outside import Outside
from monitor.pipeline import Pipeline
from monitor.telling.quiet import Quiet
from monitor.watch import Watch
from tests.makers import NOON, SECOND, a_failed_reply, a_monitor, a_reply

NOTHING = Recollection(healths={}, open_incidents={}, last_incident=0, measured_until=None)
DELIVERY = CheckKey("billing", Check.DELIVERY)
FORGED = CheckKey("billing", Check.FORGED)
TIMEOUT = a_failed_reply(FailureKind.TIMED_OUT, Phase.WAIT)
Listener = Callable[[Delivery], Reply]


@dataclass
class World:
    """A listener, an operator and a clock, all pretended; the story in between is the real one."""

    monitor: Monitor = field(default_factory=a_monitor)
    listener: Listener = lambda _: a_reply(200)
    now: datetime = NOON
    canaries: tuple[tuple[str, int], ...] = ()
    canaries_answer: bool = True
    lag: float = 0.0
    took: timedelta = timedelta(milliseconds=65)
    sent: list[tuple[datetime, Delivery]] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    failed: int = 0
    tokens: int = 0
    memory: Recollection = NOTHING

    def __post_init__(self) -> None:
        config = Config(
            monitors=(self.monitor,), notifiers=(Notifier(name="oncall", url=Secret("json://localhost")),)
        )
        self.adopt(Watch(config, self.memory))

    def adopt(self, watch: Watch) -> None:
        """Go on with this memory, as a process does that has just started."""
        self.watch = watch
        self.network = Network(now=lambda: self.now, reach=self._reach, canaries=self.canaries)
        self.outside = Outside(
            now=lambda: self.now,
            monotonic=lambda: (self.now - NOON) / SECOND,
            sleep=self._sleep,
            token=self._token,
            send=self._send,
            seal=symmetric,
            address=self.address,
            lag=lambda _: self.lag,
            record=self.records.append,
            observe=lambda _result, _monitor: None,
            skipped=self.skipped.append,
            failed=self._fail,
        )
        self.quiet = Quiet(watch=self.watch)
        self.pipeline = Pipeline(
            outside=self.outside, network=self.network, watch=self.watch, quiet=self.quiet
        )
        self.pipeline.receipts.remember(self.memory)

    async def _reach(self, _host: str, _port: int) -> bool:
        return self.canaries_answer

    async def _sleep(self, seconds: float) -> None:
        self.now += seconds * SECOND

    def address(self, _claim: Claim) -> str:
        """Return where a worker is to report: nowhere, in most stories."""
        return ""

    def _token(self) -> str:
        self.tokens += 1
        return f"{self.tokens:032x}"

    async def _send(self, delivery: Delivery) -> Reply:
        started = self.now
        self.sent.append((started, delivery))
        reply = replace(self.listener(delivery), started_at=started)
        hung = reply.failure is not None and reply.failure.kind is FailureKind.TIMED_OUT
        self.now += delivery.timeout if hung else self.took
        return reply

    def _fail(self) -> None:
        self.failed += 1

    async def tick(self, key: CheckKey = DELIVERY) -> None:
        """Run one scheduled check to its end, confirming probes included."""
        self.pipeline.start(key, self.now)
        await self.pipeline.drain(5)

    async def run(self, until: datetime, every: timedelta = 30 * SECOND) -> None:
        """Let the clock tick until then."""
        due = self.now
        while due < until:
            self.now = max(self.now, due)
            await self.tick()
            self.tell()
            due += every

    def tell(self) -> None:
        """Tell what is due now, as the owner does once a second."""
        self.records += self.pipeline.telling.due(self.now)

    def reload(self, *monitors: Monitor) -> tuple[CheckKey, ...]:
        """Take these monitors as a reload does; return what is to be asked at once."""
        config = replace(self.watch.config, monitors=monitors)
        changed = diff(self.watch.config, config)
        self.records += self.watch.apply(config, changed, self.now)
        return self.pipeline.reloaded(changed)

    def alerts(self) -> list[AlertKind]:
        return [alert.kind for record in self.records for alert in record.alerts]

    def health(self, key: CheckKey = DELIVERY) -> Health:
        return self.watch.health(key)


async def test_a_listener_that_is_up_on_its_first_probe_is_no_news() -> None:
    world = World()
    await world.tick()
    assert world.health().status is Status.UP
    assert world.alerts() == []


async def test_one_bad_reply_is_an_accident() -> None:
    world = World()
    await world.tick()
    answers = iter([503, 200])
    world.listener = lambda _: a_reply(next(answers))
    await world.tick()
    assert [delivery.event_id for _, delivery in world.sent][1:] != []
    assert world.health().status is Status.UP
    assert world.alerts() == []


async def test_two_bad_replies_in_a_row_wake_somebody_and_two_good_ones_let_them_sleep() -> None:
    world = World()
    await world.run(NOON + 60 * SECOND)
    world.listener = lambda _: a_reply(503)
    broke = world.now = NOON + 60 * SECOND
    await world.tick()
    assert world.alerts() == [AlertKind.OPENED]
    incident = world.watch.incident(DELIVERY)
    assert incident is not None
    assert (incident.started_at, incident.severity) == (broke, Severity.MAJOR)
    world.listener = lambda _: a_reply(200)
    healed = world.now = NOON + 90 * SECOND
    await world.run(NOON + 150 * SECOND)
    assert world.alerts() == [AlertKind.OPENED, AlertKind.RECOVERED]
    assert world.health().since == healed
    assert world.watch.incident(DELIVERY) is None


async def test_an_outage_is_told_once_however_long_it_lasts() -> None:
    world = World(listener=lambda _: a_reply(503))
    await world.run(NOON + timedelta(hours=1))
    assert world.alerts() == [AlertKind.OPENED]


async def test_a_hang_right_after_a_good_probe_is_told_within_a_minute() -> None:
    world = World()
    await world.tick()
    world.listener = lambda _: TIMEOUT
    world.now = NOON + 30 * SECOND
    await world.tick()
    (alert,) = [alert for record in world.records for alert in record.alerts]
    assert alert.created_at - NOON == 55 * SECOND


async def test_the_confirming_probe_starts_fifteen_seconds_after_the_start_of_the_failing_one() -> None:
    world = World(listener=lambda _: TIMEOUT)
    await world.tick()
    first, second = (at for at, _ in world.sent)
    assert second - first == 15 * SECOND


async def test_the_confirming_probe_never_starts_before_the_end_of_the_failing_one() -> None:
    world = World(monitor=a_monitor(timeout=20 * SECOND), listener=lambda _: TIMEOUT)
    await world.tick()
    first, second = (at for at, _ in world.sent)
    assert second - first == 20 * SECOND


async def test_a_forged_event_that_is_accepted_twice_is_told_at_once_and_touches_no_status() -> None:
    world = World(monitor=a_monitor(down_after=5))
    await world.tick()
    await world.tick(FORGED)
    (alert,) = [alert for record in world.records for alert in record.alerts]
    assert alert.severity is Severity.CRITICAL
    assert len([1 for _, delivery in world.sent]) == 3
    assert world.health(FORGED).reason is Reason.FORGERY_ACCEPTED
    assert world.health(DELIVERY).status is Status.UP


async def test_a_forged_event_that_was_refused_on_the_repeat_is_told_to_nobody() -> None:
    answers = iter([200, 401])
    world = World(listener=lambda _: a_reply(next(answers)))
    await world.tick(FORGED)
    assert world.alerts() == []


async def test_our_own_network_blames_nobody_and_says_once_that_it_is_away_and_once_what_was_missed() -> None:
    world = World(canaries=(("canary.example", 443),))
    await world.tick()
    world.canaries_answer = False
    world.listener = lambda _: a_failed_reply(FailureKind.UNREACHABLE, Phase.CONNECT)
    await world.run(NOON + timedelta(minutes=7))
    assert world.health().status is Status.UNKNOWN
    assert world.watch.incident(DELIVERY) is None
    (away,) = [alert.message.headline for record in world.records for alert in record.alerts]
    assert away == "BLIND since 12:00:00 UTC: the monitor's own network is away"
    world.listener = lambda _: a_reply(200)
    await world.run(NOON + timedelta(minutes=9))
    assert world.alerts() == [AlertKind.BLIND, AlertKind.BLIND]
    (_, missed) = [alert.message.headline for record in world.records for alert in record.alerts]
    assert missed.startswith("BLIND 12:00:00–12:06:30 UTC: nothing was measured")
    assert world.health().status is Status.UP


async def test_a_stuck_loop_of_our_own_is_not_the_listeners_timeout() -> None:
    world = World(listener=lambda _: TIMEOUT, lag=3.0)
    await world.run(NOON + timedelta(minutes=3))
    assert world.health().reason is Reason.OWN_FAULT
    assert world.alerts() == []


async def test_a_stuck_loop_of_our_own_does_not_excuse_a_503() -> None:
    world = World(listener=lambda _: a_reply(503), lag=3.0)
    await world.tick()
    assert world.health().status is Status.DOWN


async def test_a_check_that_is_still_on_its_way_is_not_started_again() -> None:
    world = World()
    world.pipeline.start(DELIVERY, world.now)
    world.pipeline.start(DELIVERY, world.now)
    await world.pipeline.drain(5)
    assert world.skipped == ["overlap"]
    assert len(world.sent) == 1


async def test_a_listener_that_asks_us_to_stay_away_is_left_alone_for_so_long() -> None:
    busy = a_reply(429, headers=(("retry-after", "120"),))
    world = World(listener=lambda _: busy, monitor=a_monitor(down_after=1))
    await world.tick()
    world.now = NOON + 60 * SECOND
    await world.tick()
    assert world.skipped == ["held"]
    world.now = NOON + 121 * SECOND
    await world.tick()
    assert len(world.sent) == 2


async def test_a_monitor_that_left_while_its_probe_was_on_the_way_changes_nothing() -> None:
    world = World()
    world.pipeline.start(DELIVERY, world.now)
    world.reload()
    await world.pipeline.drain(5)
    assert [record for record in world.records if record.result] == []


async def test_a_bug_of_ours_is_counted_and_no_listener_is_blamed() -> None:
    def broken(_delivery: Delivery) -> Reply:
        raise RuntimeError("a bug")

    world = World(listener=broken)
    await world.tick()
    assert world.failed == 1
    assert world.records == []


async def test_what_was_believed_is_written_with_every_result() -> None:
    world = World()
    await world.tick()
    (record,) = world.records
    assert record.key == DELIVERY
    assert record.health == world.health()
    assert record.result is not None
    assert record.result.verdict.fault_domain is None


async def test_no_answer_after_the_connection_stood_needs_no_canary() -> None:
    world = World(listener=lambda _: TIMEOUT, canaries=(("canary.example", 443),), canaries_answer=False)
    await world.tick()
    result = world.records[-1].result
    assert result is not None
    assert result.verdict.fault_domain is FaultDomain.LISTENER


async def test_a_certificate_is_not_looked_for_where_there_is_no_tls() -> None:
    world = World(monitor=a_monitor(url="http://localhost/hook"))
    await world.tick(CheckKey("billing", Check.CERTIFICATE))
    assert world.sent == []
    result = world.records[-1].result
    assert result is not None
    assert result.verdict.reason is Reason.SKIPPED


async def test_draining_waits_for_what_is_on_its_way_but_not_forever() -> None:
    world = World()
    never = asyncio.Event()

    async def hang(_delivery: Delivery) -> Reply:
        await never.wait()
        raise AssertionError

    world.pipeline._outside = replace(world.pipeline._outside, send=hang)
    world.pipeline.start(DELIVERY, world.now)
    await world.pipeline.drain(0.05)
    assert world.pipeline.running == 0


async def test_an_answer_of_the_old_address_is_not_held_against_the_new_one() -> None:
    world = World()
    elsewhere = a_monitor(url="https://api.example.com/hooks/v2")

    def moves(delivery: Delivery) -> Reply:
        if delivery.url == elsewhere.url:
            return a_reply(200)
        world.reload(elsewhere)
        return a_reply(503)

    world.listener = moves
    await world.tick()
    assert [delivery.url for _, delivery in world.sent] == [world.monitor.url, elsewhere.url]
    (record,) = [record for record in world.records if record.result]
    assert record.result is not None
    assert record.result.verdict.reason is Reason.ACCEPTED
