"""Accepted is not processed: a listener with a queue and a worker, by a clock of their own."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from structlog.testing import capture_logs

from monitor.app.keeping import Keeper
from monitor.core.model import (
    Check,
    CheckKey,
    CheckPlan,
    Delivery,
    Expectation,
    FailureKind,
    FaultDomain,
    Monitor,
    Outcome,
    Phase,
    Poll,
    Reason,
    Receipt,
    ReceiptPlan,
    Recollection,
    Record,
    Reply,
    Status,
)
from monitor.core.tokens import NO_SUCH_ADDRESS, Claim
from monitor.schedule import Clock
from monitor.watch import Watch
from tests.makers import NOON, SECOND, a_failed_reply, a_monitor, a_reply
from tests.test_story import World

MINUTE = 60 * SECOND
RECEIPT, DELIVERY = CheckKey("billing", Check.RECEIPT), CheckKey("billing", Check.DELIVERY)
EVERY = 30 * SECOND


def a_shop(name: str = "billing", **plan: object) -> Monitor:
    """Return a monitor whose accepted events are to come out within a minute."""
    asked = {Check.DELIVERY: EVERY, Check.RECEIPT: EVERY + MINUTE, Check.DUPLICATE: EVERY}
    return a_monitor(
        id=name,
        url=f"https://{name}.example.com/hook",
        receipt=replace(ReceiptPlan(within=MINUTE), **plan),  # type: ignore[arg-type]  # any field
        checks=tuple(CheckPlan(check=check, every=rhythm) for check, rhythm in asked.items()),
    )


@dataclass
class Shop(World):
    """Its worker reports each event so long after its sending (``pace``), or never."""

    monitor: Monitor = field(default_factory=a_shop)
    pace: timedelta | None = 2 * SECOND
    claims: dict[str, Claim] = field(default_factory=dict)
    queue: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.listener = self.accept
        super().__post_init__()

    def address(self, claim: Claim) -> str:
        self.claims[claim.event_id] = claim
        return f"https://status.example/r/{claim.event_id}"

    def accept(self, delivery: Delivery) -> Reply:
        if delivery.event_id not in self.queue:
            self.queue.append(delivery.event_id)
        return a_reply(200)

    def work(self) -> None:
        """Take what is due from the queue, the oldest first."""
        if self.pace is None:
            return
        for event in [one for one in self.queue if self.now - self.claims[one].sent_at >= self.pace]:
            self.queue.remove(event)
            self.report(event)

    def report(self, event: str, run: str = "", outcome: Outcome = Outcome.PROCESSED) -> Receipt:
        claim = self.claims[event]
        receipt = Receipt(
            monitor=claim.monitor,
            event_id=event,
            kind=claim.kind,
            sent_at=claim.sent_at,
            arrived_at=self.now,
            outcome=outcome,
            run=run,
        )
        self.pipeline.receipts.heard(receipt)
        return receipt

    async def let(self, span: timedelta, *keys: CheckKey) -> None:
        """Let so much time pass, a second at a time, and an event go out every so often."""
        end, due = self.now + span, self.now
        while self.now < end:
            if self.now >= due:
                for key in keys or (DELIVERY,):
                    await self.tick(key)
                due += EVERY
            self.work()
            self.pipeline.receipts.miss(self.now)
            self.tell()
            self.now += SECOND

    def restarted(self, after: timedelta, *receipts: Receipt) -> None:
        """Go on as the next owner, who finds these receipts in the database."""
        memory = Recollection(
            healths={key: self.watch.health(key) for key in self.watch.due},
            open_incidents=dict(self.watch.gathering.parts),
            last_incident=max(self.watch.gathering.handlings, default=0),
            measured_until=self.now,
            receipts=receipts,
            refused=tuple(one.result for one in self.records if one.result and not one.result.verdict.good),
        )
        self.now += after
        self.memory = memory
        self.adopt(Watch(self.watch.config, memory))

    def told(self) -> list[str]:
        return [alert.message.headline for record in self.records for alert in record.alerts]

    def reason(self, key: CheckKey = RECEIPT) -> Reason | None:
        return self.health(key).reason

    def blamed(self) -> list[Reason]:
        """What any listener was blamed for."""
        results = [record.result for record in self.records if record.result]
        return [one.verdict.reason for one in results if one.verdict.fault_domain is FaultDomain.LISTENER]


async def test_what_is_accepted_and_comes_out_in_time_is_no_news() -> None:
    shop = Shop()
    await shop.let(5 * MINUTE)
    assert (shop.health(DELIVERY).status, shop.health(RECEIPT).status) == (Status.UP, Status.UP)
    assert shop.reason() is Reason.PROCESSED
    assert shop.told() == []


async def test_a_worker_that_stops_while_the_web_side_answers_200_is_told_in_time_and_its_return_too() -> (
    None
):
    shop = Shop()
    await shop.let(5 * MINUTE)
    shop.pace, stopped = None, shop.now
    await shop.let(4 * MINUTE)
    [down] = [record for record in shop.records if record.alerts]
    assert down.result is not None
    assert down.result.finished_at - stopped <= 60 * SECOND + 2 * EVERY  # its time, and one that confirms
    why = "accepted, but not processed within 60 s; the last was processed at 12:04:32 UTC"
    assert shop.told() == [f"DOWN billing: {why} (2 events, since 12:05:00 UTC)"]
    assert shop.health(DELIVERY).status is Status.UP
    shop.pace = 2 * SECOND
    await shop.let(3 * MINUTE)
    assert shop.reason() is Reason.PROCESSED
    assert [line.partition(", after ")[0] for line in shop.told()[1:]] == [
        "RECOVERED billing: events are processed again"
    ]
    assert shop.told()[1].partition(", after ")[2] == "3 min 30 s (7 events)"


async def test_a_queue_that_has_grown_is_late_and_not_down() -> None:
    shop = Shop(pace=90 * SECOND)
    await shop.let(10 * MINUTE)
    assert (shop.health(RECEIPT).status, shop.reason()) == (Status.DEGRADED, Reason.LATE)
    assert shop.blamed()[0] is Reason.NOT_PROCESSED  # nothing had ever come out when its time was over
    assert set(shop.blamed()[1:]) == {Reason.LATE}
    assert [line.partition(":")[0] for line in shop.told()] == ["DEGRADED billing"]
    shop.pace = 2 * SECOND
    await shop.let(5 * MINUTE)
    assert shop.reason() is Reason.PROCESSED


async def test_a_queue_that_works_off_the_newest_first_is_well() -> None:
    shop = Shop(pace=None)
    await shop.let(MINUTE - SECOND)
    for event in reversed(shop.queue):
        shop.report(event)
    await shop.let(MINUTE)
    assert shop.blamed() == []


async def test_what_was_due_while_we_were_away_is_held_against_nobody() -> None:
    shop = Shop()
    await shop.let(5 * MINUTE)
    shop.pace = None
    await shop.let(40 * SECOND)
    shop.restarted(5 * MINUTE)
    shop.queue.clear()
    shop.pace = 2 * SECOND
    await shop.let(5 * MINUTE)
    assert shop.blamed() == []
    assert shop.told() == []


async def test_while_the_database_is_away_no_worker_can_be_heard_and_nothing_is_known() -> None:
    shop = Shop()
    await shop.let(5 * MINUTE)
    shop.pace = None
    for _ in range(4):
        await shop.let(EVERY)
        shop.pipeline.receipts.deaf()
    await shop.let(EVERY)
    assert shop.reason() is Reason.OWN_FAULT
    assert shop.health(RECEIPT).status is Status.UNKNOWN
    assert shop.blamed() == []


async def test_a_second_run_is_found_across_our_restart_and_a_repeat_is_not_one() -> None:
    shop = Shop(pace=None)
    await shop.let(EVERY)
    [event] = shop.queue
    told = shop.report(event, run="one")
    shop.restarted(10 * SECOND, told)
    shop.report(event, run="one")
    assert shop.blamed() == []
    shop.report(event, run="two")
    assert shop.blamed() == [Reason.PROCESSED_TWICE]


async def test_what_was_refused_before_our_restart_and_processed_after_it_is_critical() -> None:
    shop = Shop(pace=None)
    await shop.let(EVERY)
    shop.listener = lambda _: a_reply(401)
    await shop.let(SECOND)
    refused = shop.sent[1][1].event_id
    shop.restarted(10 * SECOND)
    shop.report(refused)
    assert shop.blamed()[-1] is Reason.REFUSED_BUT_PROCESSED
    assert shop.told()[-1].startswith("SECURITY billing processes events that it has refused")


# --- our own address ----------------------------------------------------------------------------------------


class Told:
    """As much of a store as a duty needs."""

    away_since: datetime | None = None

    def __init__(self) -> None:
        self.lines: list[str] = []

    def record(self, record: Record) -> None:
        self.lines += [alert.message.headline for alert in record.alerts]


def keeper_of(shop: Shop, store: Told) -> tuple[Keeper, Clock]:
    clock = Clock(now=lambda: shop.now, start=lambda _key, _due: None, missed=lambda _: None)
    keeper = Keeper(
        store=store,  # type: ignore[arg-type]  # as much of a store as this duty needs
        watch=shop.watch,
        clock=clock,
        clock_set=lambda _: None,
        skew=lambda: None,
        unreached=lambda: shop.pipeline.receipts.unreached_since,
    )
    return keeper, clock


async def test_when_nobody_is_heard_any_more_we_tell_of_ourselves_once_and_when_it_is_over() -> None:
    shop = Shop()
    both = (DELIVERY, CheckKey("orders", Check.DELIVERY))
    shop.reload(shop.monitor, a_shop("orders"))
    ours = Told()
    keeper, clock = keeper_of(shop, ours)
    for pace in (2 * SECOND, None, 2 * SECOND):
        shop.pace = pace
        for _ in range(8):
            await shop.let(EVERY, *both)
            keeper._tell_of_receipts(shop.now)
        if pace is None:
            assert shop.health(RECEIPT).status is Status.UNKNOWN
    clock.stop()
    assert shop.blamed() == []
    assert shop.told() == []
    assert [line.partition(":")[0] for line in ours.lines] == ["MONITOR", "MONITOR"]
    assert "no receipt of any monitor arrives any more" in ours.lines[0]
    assert "receipts arrive again" in ours.lines[1]


OURS = a_reply(404, body=f'{{"detail": "{NO_SUCH_ADDRESS}"}}')


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (OURS, None),
        (a_reply(404, body="no such page"), "it answered 404, and not as we do"),
        (a_reply(301), "it answered 301, and not as we do"),
        (a_failed_reply(FailureKind.REFUSED, Phase.CONNECT), "refused while connect"),
    ],
)
async def test_our_own_address_is_looked_at_once_and_what_is_found_is_only_a_hint(
    answer: Reply, why: str | None
) -> None:
    shop = Shop()
    shop.watch.config = replace(shop.watch.config, receipts_url="https://status.example")
    shop.listener = lambda _: answer
    with capture_logs() as logs:
        await shop.pipeline.receipts.look_at_address()
    [(_, asked)] = shop.sent
    assert (asked.method, asked.url) == ("GET", "https://status.example/r/")
    assert [line["why"] for line in logs] == ([] if why is None else [why])
    assert shop.records == []


async def test_where_no_worker_is_to_report_nobody_looks_at_our_address() -> None:
    shop = Shop(monitor=a_monitor())
    shop.watch.config = replace(shop.watch.config, receipts_url="https://status.example")
    await shop.pipeline.receipts.look_at_address()
    assert shop.sent == []


# --- other ways to prove it ---------------------------------------------------------------------------------


def asking(far_end: Callable[[str], Reply]) -> Shop:
    """Return a shop that nobody reports from: its far end is asked what became of an event."""
    poll = Poll(url="https://far.example/events/{event_id}", expect=Expectation(json=(("state", "done"),)))
    shop = Shop(monitor=a_shop(poll=poll))
    accept = shop.accept

    def answer(delivery: Delivery) -> Reply:
        return far_end(delivery.url) if delivery.method == "GET" else accept(delivery)

    shop.listener = answer
    return shop


async def asked(shop: Shop) -> None:
    """Send one event, and let all be asked that is to be asked of it."""
    await shop.tick()
    for task in tuple(shop.pipeline.receipts._asking):
        await task
    shop.pipeline.receipts.miss(shop.now + 3 * MINUTE)


async def test_we_ask_the_far_end_until_the_event_came_out() -> None:
    states = iter(["queued", "queued", "done"])
    shop = asking(lambda _: a_reply(200, body=f'{{"state": "{next(states)}"}}'))
    await asked(shop)
    questions = [delivery.url for _, delivery in shop.sent if delivery.method == "GET"]
    assert questions == [f"https://far.example/events/{shop.sent[0][1].event_id}"] * 3
    assert shop.reason() is Reason.PROCESSED
    found = [record.result for record in shop.records if record.key == RECEIPT]
    assert found[0] is not None
    assert found[0].reply.phases.total == pytest.approx(18.26, abs=0.1)  # asked every six seconds


async def test_an_event_that_never_comes_out_is_asked_for_until_its_time_is_over() -> None:
    shop = asking(lambda _: a_reply(404))
    await asked(shop)
    assert len([1 for _, delivery in shop.sent if delivery.method == "GET"]) == 10
    assert shop.blamed() == [Reason.NOT_PROCESSED]


async def test_a_far_end_that_nobody_can_ask_says_nothing_of_the_worker() -> None:
    shop = asking(lambda _: a_failed_reply())
    await asked(shop)
    assert shop.reason() is Reason.OWN_FAULT
    assert shop.blamed() == []


async def test_a_worker_that_knows_only_the_id_is_judged_alike() -> None:
    shop = Shop(monitor=a_shop(by_id=True), pace=None)
    await shop.tick()
    event = shop.sent[0][1].event_id
    shop.now = NOON + 5 * SECOND
    claim, known = shop.pipeline.receipts.claim("billing", event)
    assert known
    assert not shop.pipeline.receipts.claim("billing", "evt_of_a_customer")[1]
    assert not shop.pipeline.receipts.claim("orders", event)[1]
    shop.claims[event] = claim
    shop.report(event)
    assert shop.reason() is Reason.PROCESSED
