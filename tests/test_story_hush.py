"""Silence when silence is right, and the telling afterwards: told late, told once, never told for nothing."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.core.model import (
    Alert,
    AlertKind,
    CheckKey,
    Delivery,
    FailureKind,
    Held,
    Hush,
    HushedBy,
    Monitor,
    Phase,
    Reply,
    Status,
)
from tests.makers import BAD, NOON, SECOND, a_failed_reply, a_monitor, a_reply, a_result
from tests.test_story import DELIVERY, World
from tests.test_watch import DOWN, OPEN

GATE = CheckKey("gate", DELIVERY.check)
MINUTE = timedelta(minutes=1)


@dataclass
class Street(World):
    """A listener behind a gate: two monitors, and who of them is broken."""

    broken: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self.monitor = a_monitor(depends_on=("gate",))
        super().__post_init__()
        self.listener = self._answer
        self.reload(self.monitor, a_gate())

    def _answer(self, delivery: Delivery) -> Reply:
        return a_reply(503 if delivery.url.rpartition("/")[2] in self.broken else 200)

    async def minutes(self, count: int, *, first: CheckKey = GATE) -> None:
        """Let both be asked twice a minute, one of them first, and the owner tell what is due."""
        second = DELIVERY if first is GATE else GATE
        for _ in range(2 * count):
            due = self.now + 30 * SECOND
            for key in (first, second):
                await self.tick(key)
                self.tell()
            self.now = max(due, self.now)

    def told(self) -> list[Alert]:
        return [alert for record in self.records for alert in record.alerts]

    def asked(self) -> list[tuple[datetime, str]]:
        return [(at, delivery.url) for at, delivery in self.sent]

    def news(self) -> list[tuple[str | None, AlertKind]]:
        return [(alert.monitor, alert.kind) for alert in self.told()]


def a_gate() -> Monitor:
    return a_monitor(id="gate", url="https://gate.example.com/gate")


async def test_a_child_is_not_told_while_its_parent_is_down_and_nothing_is_told_when_both_are_back() -> None:
    street = Street()
    await street.minutes(1)
    street.broken = frozenset({"billing", "gate"})
    await street.minutes(3)
    assert street.news() == [("gate", AlertKind.OPENED)]
    assert street.health(DELIVERY).status is Status.DOWN
    street.broken = frozenset()
    await street.minutes(3)
    assert street.news() == [("gate", AlertKind.OPENED), ("gate", AlertKind.RECOVERED)]
    assert street.watch.incident(DELIVERY) is None


async def test_a_child_that_stays_down_after_its_parent_is_back_is_told_then_and_says_why_so_late() -> None:
    street = Street()
    await street.minutes(1)
    street.broken = frozenset({"billing", "gate"})
    await street.minutes(3)
    street.broken = frozenset({"billing"})
    await street.minutes(3)
    assert street.news() == [
        ("gate", AlertKind.OPENED),
        ("gate", AlertKind.RECOVERED),
        ("billing", AlertKind.OPENED),
    ]
    late = street.told()[-1].message
    assert dict(late.facts)["told so late because of"] == "gate, which it depends on, was down"
    assert "told now: gate was down" in late.headline
    assert f"since {NOON + MINUTE:%H:%M}" in late.headline
    street.broken = frozenset()
    await street.minutes(3)
    assert street.news()[-1] == ("billing", AlertKind.RECOVERED)


async def test_who_heard_of_the_child_before_its_parent_fell_hears_its_end_with_the_parents() -> None:
    street = Street()
    await street.minutes(1)
    street.broken = frozenset({"billing"})
    await street.minutes(2)
    street.broken = frozenset({"billing", "gate"})
    await street.minutes(2)
    street.broken = frozenset({"gate"})  # one incident: its end is told once
    await street.minutes(2)
    assert street.news() == [("billing", AlertKind.OPENED), ("gate", AlertKind.OPENED)]
    street.broken = frozenset()
    await street.minutes(2)
    (end,) = [one for one in street.told() if one.kind is AlertKind.RECOVERED]
    assert end.message.headline.startswith("RECOVERED 2 monitors")


async def test_what_is_held_back_is_told_to_whom_the_file_names_then() -> None:
    street = Street()
    await street.minutes(1)
    street.broken = frozenset({"billing", "gate"})
    await street.minutes(2)
    street.reload(replace(street.monitor, notify=("boss",)), a_gate())
    street.broken = frozenset({"billing"})
    await street.minutes(2)
    assert [(one.monitor, one.notifier) for one in street.told()][-1] == ("billing", "boss")


async def test_what_no_longer_depends_on_a_parent_that_is_down_is_told_at_once() -> None:
    street = Street()
    await street.minutes(1)
    street.broken = frozenset({"billing", "gate"})
    await street.minutes(2)
    street.reload(replace(street.monitor, depends_on=()), a_gate())
    street.tell()
    assert street.news()[-1] == ("billing", AlertKind.OPENED)


async def test_an_incident_that_is_held_back_says_what_keeps_it() -> None:
    street = Street()
    await street.minutes(1)
    street.broken = frozenset({"billing", "gate"})
    await street.minutes(2)
    incident = street.watch.incident(DELIVERY)
    assert incident is not None
    assert incident.held is not None
    assert (incident.held.hush.name, incident.told) == ("gate", ())


async def test_of_very_many_that_wait_all_are_told_within_seconds() -> None:
    street = Street()
    many = [a_monitor(id=f"m{number}", depends_on=("gate",)) for number in range(2500)]
    street.reload(*many, a_gate())
    await street.tick(GATE)
    street.broken = frozenset({"billing", "gate"})
    await street.minutes(1)
    for number, monitor in enumerate(many, start=100):
        hush = Hush(by=HushedBy.PARENT, name="gate")
        held = replace(OPEN, number=number, monitor=monitor.id, held=Held(kind=AlertKind.OPENED, hush=hush))
        failing = replace(DOWN, last_result_at=street.now)
        street.watch.believe(CheckKey(monitor.id, DELIVERY.check), failing, held, a_result(BAD))
    street.tell()
    assert street.news() == [("gate", AlertKind.OPENED)]
    street.reload(*(replace(one, depends_on=()) for one in many), a_gate())
    for _ in range(3):
        street.tell()
    assert len(street.told()) == 1 + len(many)


# --- a parent that is found out a little later --------------------------------------------------------------


async def test_a_child_found_out_first_waits_for_its_parent_and_is_not_told_beside_it() -> None:
    street = Street()
    await street.minutes(1, first=DELIVERY)
    street.broken = frozenset({"billing", "gate"})
    await street.minutes(3, first=DELIVERY)
    assert street.news() == [("gate", AlertKind.OPENED)]


async def test_a_child_that_fails_has_its_parent_looked_at_at_once() -> None:
    street = Street()
    await street.minutes(1)
    street.broken = frozenset({"billing", "gate"})
    street.pipeline.start(DELIVERY, street.now)
    await street.pipeline.drain(5)
    assert [url for _, url in street.asked()][-4:].count("https://gate.example.com/gate") == 2


async def test_a_child_whose_parent_is_well_is_told_at_once() -> None:
    street = Street()
    await street.minutes(1)
    street.broken = frozenset({"billing"})
    broke = street.now
    street.pipeline.start(DELIVERY, street.now)
    await street.pipeline.drain(5)
    street.tell()
    (told,) = street.told()
    assert told.created_at - broke < 20 * SECOND
    assert "told now" not in told.message.headline


async def test_a_child_waits_for_a_parent_in_doubt_no_longer_than_the_first_alert_may() -> None:
    """The gate was down before any of this, asked for long ago and never seen well since."""
    street = Street()
    await street.minutes(1)
    good_at = street.health(DELIVERY).last_good_at
    assert good_at is not None
    street.broken = frozenset({"billing"})
    street.listener = lambda delivery: a_reply(503 if delivery.url.endswith("billing") else 200)
    street.quiet.to_ask = lambda *_: ()  # type: ignore[method-assign]  # nobody looks at the gate
    await street.tick(DELIVERY)
    assert street.told() == []
    street.now = good_at + 56 * SECOND
    street.tell()
    assert street.told() == []
    street.now = good_at + 57 * SECOND
    street.tell()
    assert street.news() == [("billing", AlertKind.OPENED)]
    assert "told now" not in street.told()[0].message.headline


async def test_a_child_is_not_told_before_it_was_asked_again_once_its_parent_is_back() -> None:
    street = Street()
    await street.minutes(1)
    street.broken = frozenset({"billing", "gate"})
    await street.minutes(3)
    street.broken = frozenset()
    for _ in range(2):  # the gate is back before the child is asked by its own clock
        await street.tick(GATE)
        street.tell()
        street.now += 30 * SECOND
    assert street.news() == [("gate", AlertKind.OPENED), ("gate", AlertKind.RECOVERED)]


async def test_what_stands_before_the_parent_counts_as_well() -> None:
    street = Street()
    street.reload(
        street.monitor,
        replace(a_gate(), depends_on=("power",)),
        a_monitor(id="power", url="https://p.example.com/power"),
    )
    power = CheckKey("power", DELIVERY.check)
    await street.tick(power)
    await street.minutes(1)
    street.broken = frozenset({"billing", "power"})
    await street.tick(power)
    await street.minutes(2)
    assert street.news() == [("power", AlertKind.OPENED)]


# --- our own blindness --------------------------------------------------------------------------------------


def gone(_: Delivery) -> Reply:
    return a_failed_reply(FailureKind.UNREACHABLE, Phase.CONNECT)


async def test_a_short_blindness_is_told_once_and_afterwards() -> None:
    world = World(canaries=(("canary.example", 443),))
    await world.tick()
    world.canaries_answer, world.listener = False, gone
    world.now += 30 * SECOND
    await world.tick()
    world.tell()
    world.canaries_answer, world.listener = True, lambda _: a_reply(200)
    world.now += 20 * SECOND
    await world.tick()
    (told,) = [alert for record in world.records for alert in record.alerts]
    assert told.message.headline.startswith("BLIND 12:00:30–12:00:50 UTC")


async def test_a_listener_that_is_still_away_when_the_canaries_answer_again_ends_our_blindness() -> None:
    world = World(canaries=(("canary.example", 443),))
    await world.tick()
    world.canaries_answer, world.listener = False, gone
    await world.run(NOON + 3 * MINUTE)
    world.canaries_answer = True
    await world.run(NOON + 6 * MINUTE)
    kinds = world.alerts()
    assert kinds == [AlertKind.BLIND, AlertKind.BLIND, AlertKind.OPENED]
    assert world.watch.sight.lost_at is None


async def test_nothing_is_told_of_listeners_while_we_are_blind() -> None:
    world = World(canaries=(("canary.example", 443),))
    orders = a_monitor(id="orders", url="https://orders.example.com/orders")
    world.reload(world.monitor, orders)
    await world.tick()
    await world.tick(CheckKey("orders", DELIVERY.check))
    world.canaries_answer = False
    world.listener = lambda delivery: a_reply(503) if delivery.url.endswith("orders") else gone(delivery)
    world.now += 30 * SECOND
    await world.tick()
    await world.tick(CheckKey("orders", DELIVERY.check))
    incident = world.watch.incident(CheckKey("orders", DELIVERY.check))
    assert incident is not None
    assert incident.held is not None
    assert incident.held.hush.by is HushedBy.BLIND
    assert world.alerts() == []
