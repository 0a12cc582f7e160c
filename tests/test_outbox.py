"""From the outbox to people, with a clock that moves when told."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from monitor.core.model import Alert, AlertKind, Config, Message, Severity
from monitor.errors import NotifyError, NotOwner
from monitor.outbox import Outbox
from tests.fakes.outbox import Clock, FakeService, FakeShelf, database_away, notifiers
from tests.makers import NOON


@dataclass
class World:
    """An outbox and all that is outside of it."""

    clock: Clock
    shelf: FakeShelf
    service: FakeService
    config: Config = field(default_factory=lambda: notifiers("oncall"))
    seen: list[tuple[str, str]] = field(default_factory=list)
    task: "asyncio.Task[None] | None" = None

    def start(self) -> None:
        self.outbox = Outbox(
            store=self.shelf,
            send=self.service.send,
            config=lambda: self.config,
            now=self.clock.now,
            sleep=self.clock.sleep,
            jitter=lambda: 0.0,
            observe=lambda name, outcome, _: self.seen.append((name, outcome)),
        )
        self.shelf.recorded = self.outbox.wake
        self.task = asyncio.create_task(self.outbox.run())

    async def stop(self) -> None:
        assert self.task is not None
        self.task.cancel()
        with contextlib.suppress(asyncio.CancelledError, NotOwner):
            await self.task

    async def tell(self, *alerts: Alert) -> None:
        """Commit, as the store would, and let everything happen that happens at once."""
        self.shelf.put(*alerts)
        self.outbox.wake({alert.notifier for alert in alerts})
        await self.clock.settle()


@pytest.fixture
async def world() -> AsyncIterator[World]:
    clock = Clock()
    world = World(clock=clock, shelf=FakeShelf(clock=clock), service=FakeService(clock=clock))
    world.start()
    await clock.settle()
    yield world
    await world.stop()


def an_alert(name: str = "a", *, at: float = 0.0, **changes: Any) -> Alert:
    given: dict[str, Any] = {
        "key": name,
        "notifier": "oncall",
        "kind": AlertKind.OPENED,
        "severity": Severity.MAJOR,
        "message": Message(headline=f"DOWN {name}", colour="red"),
        "created_at": NOON + timedelta(seconds=at),
        "incident": 7,
        "monitor": "billing",
    }
    return Alert(**given | changes)


def one_of_ours(name: str, **changes: Any) -> Alert:
    message = Message(headline=f"MONITOR {name}", colour="grey")
    return an_alert(name, kind=AlertKind.OURS, monitor=None, message=message, **changes)


def a_critical(name: str = "breach", **changes: Any) -> Alert:
    message = Message(headline=f"SECURITY {name}", colour="red")
    return an_alert(name, severity=Severity.CRITICAL, message=message, **changes)


async def test_the_first_alert_leaves_at_once_and_is_settled(world: World) -> None:
    await world.tell(an_alert())
    assert world.service.headlines() == ["DOWN a"]
    assert world.service.times() == [0.0]
    assert world.shelf.rows["a"].queued.sent_at == NOON
    assert world.seen == [("oncall", "sent")]


async def test_what_follows_becomes_one_digest_ten_seconds_later(world: World) -> None:
    await world.tell(an_alert("a"))
    await world.clock.advance(2)
    await world.tell(an_alert("b"), an_alert("c"))
    await world.clock.advance(3)
    await world.tell(an_alert("d"))
    assert world.service.headlines() == ["DOWN a"]
    await world.clock.advance(10)
    assert world.service.headlines() == ["DOWN a", "3 alerts: 3 down"]
    assert world.service.times() == [0.0, 10.0]
    assert all(row.queued.sent_at for row in world.shelf.rows.values())


async def test_one_that_follows_is_told_in_its_own_words(world: World) -> None:
    await world.tell(an_alert("a"))
    await world.tell(an_alert("b"))
    await world.clock.advance(11)
    assert world.service.headlines() == ["DOWN a", "DOWN b"]


async def test_after_the_window_an_alert_leaves_at_once_again(world: World) -> None:
    await world.tell(an_alert("a"))
    await world.clock.advance(10.5)
    await world.tell(an_alert("b", at=10.5))
    assert world.service.times() == [0.0, 10.5]


async def test_a_thousand_at_once_are_one_message(world: World) -> None:
    await world.tell(*(an_alert(f"m{number}") for number in range(1000)))
    assert world.service.headlines() == ["1,000 alerts: 1,000 down"]
    assert all(row.queued.sent_at for row in world.shelf.rows.values())


async def test_a_critical_alert_is_never_held(world: World) -> None:
    await world.tell(an_alert("a"))
    await world.clock.advance(1)
    await world.tell(an_alert("b"))
    await world.tell(a_critical())
    assert world.service.headlines() == ["DOWN a", "SECURITY breach"]
    assert world.service.times() == [0.0, 1.0]
    await world.clock.advance(9)
    assert world.service.headlines()[-1] == "DOWN b"  # and what was held is held no longer for it
    assert world.service.times()[-1] == 10.0


async def test_no_listeners_alert_waits_behind_one_about_ourselves(world: World) -> None:
    await world.tell(one_of_ours("away"))
    await world.clock.advance(1)
    await world.tell(an_alert("a", at=1))
    assert world.service.times() == [0.0, 1.0]
    await world.tell(one_of_ours("back", at=1))
    await world.clock.advance(9)
    assert world.service.times() == [0.0, 1.0]
    await world.clock.advance(1)
    assert world.service.headlines() == ["MONITOR away", "DOWN a", "MONITOR back"]


async def test_alerts_about_ourselves_are_no_flood(world: World) -> None:
    await world.tell(one_of_ours("away"))
    await world.tell(one_of_ours("back"))
    await world.clock.advance(5)
    await world.tell(one_of_ours("away again", at=5))
    await world.clock.advance(6)
    assert world.service.headlines() == ["MONITOR away", "2 alerts: 2 about the monitor itself"]
    assert world.service.times() == [0.0, 10.0]


async def test_news_that_a_breach_is_closed_can_wait(world: World) -> None:
    await world.tell(a_critical())
    await world.tell(a_critical("over", kind=AlertKind.RECOVERED))
    assert world.service.times() == [0.0]


async def test_a_refusal_is_tried_again_with_growing_patience(world: World) -> None:
    world.service.errors["oncall"] = NotifyError("503")
    await world.tell(an_alert())
    tried = []
    for _ in range(920):
        before = world.service.tries
        await world.clock.advance(1)
        if world.service.tries > before:
            tried.append((world.clock.now() - NOON).total_seconds())
    assert tried == [5, 15, 35, 75, 155, 315, 615, 915]
    assert world.shelf.rows["a"].queued.error == "503"
    del world.service.errors["oncall"]
    await world.clock.advance(300)
    assert world.service.headlines() == ["DOWN a"]
    assert world.seen[-1] == ("oncall", "sent")


async def test_a_timer_that_wakes_a_moment_early_makes_no_retry_late(world: World) -> None:
    """A claim of a moment too early finds nothing; a look at the clock after it must not call that idle."""
    world.clock.early, world.shelf.takes = 0.0005, timedelta(milliseconds=1)
    world.service.errors["oncall"] = NotifyError("503")
    await world.tell(an_alert())
    del world.service.errors["oncall"]
    await world.clock.advance(5.1)
    assert world.service.headlines() == ["DOWN a"]


async def test_a_service_that_says_when_is_asked_then(world: World) -> None:
    world.service.errors["oncall"] = NotifyError("429", retry_after=42.0)
    await world.tell(an_alert())
    del world.service.errors["oncall"]
    await world.clock.advance(41)
    assert world.service.headlines() == []
    await world.clock.advance(1)
    assert world.service.headlines() == ["DOWN a"]


async def test_there_is_never_more_than_one_message_a_second_however_critical(world: World) -> None:
    await world.tell(*(a_critical(f"a{number}") for number in range(3)))
    for tenth in range(40):
        await world.tell(a_critical(f"b{tenth}", at=tenth / 10))
        await world.clock.advance(0.1)
    times = world.service.times()
    assert all(later - sooner >= 1 for sooner, later in pairwise(times))
    assert len(times) == 5
    assert times[:2] == [0.0, 1.0]


async def test_mail_is_one_in_each_window_but_what_is_critical_breaks_it_once(world: World) -> None:
    world.config = notifiers("oncall", "mail")
    world.outbox.wake(["mail"])
    await world.clock.advance(1)
    start = world.clock.at
    for second in range(30):
        await world.tell(an_alert(f"a{second}", notifier="mail"), a_critical(f"c{second}", notifier="mail"))
        await world.clock.advance(1)
    sent = [(at - start).total_seconds() for name, at, _ in world.service.taken if name == "mail"]
    assert sent == [0.0, 10.0, 20.0, 30.0]


async def test_what_quiet_hours_hold_back_leaves_at_their_end_in_one_message(world: World) -> None:
    morning = NOON + timedelta(hours=7)
    await world.tell(
        an_alert("a", held_until=morning, incident=1),
        an_alert("b", held_until=morning, incident=2, monitor="orders"),
        a_critical(),
    )
    assert world.service.headlines() == ["SECURITY breach"]
    await world.clock.jump(hours=6, minutes=59)
    assert world.service.headlines() == ["SECURITY breach"]
    await world.stop()
    world.start()  # it survives a restart, and holds up nothing else
    await world.tell(an_alert("c", incident=3, at=6.9 * 3600))
    assert world.service.headlines()[1:] == ["DOWN c"]
    await world.clock.advance(90)
    (said,) = [one for _, _, one in world.service.taken[2:]]
    assert said.headline == "QUIET HOURS are over: 2 incidents, 2 still open (billing, orders)"


async def test_even_a_critical_alert_respects_the_time_that_a_service_asked_for(world: World) -> None:
    world.service.errors["oncall"] = NotifyError("429", retry_after=5.0)
    await world.tell(an_alert())
    del world.service.errors["oncall"]
    await world.tell(a_critical())
    assert world.service.tries == 1
    await world.clock.advance(5)
    assert world.service.headlines()[0] == "SECURITY breach"


async def test_a_critical_alert_breaks_our_own_backoff_but_does_not_hammer(world: World) -> None:
    world.service.errors["oncall"] = NotifyError("503")
    await world.tell(an_alert())
    await world.tell(a_critical())
    assert world.service.tries == 2
    await world.clock.advance(4)
    assert world.service.tries == 2


async def test_a_recovery_does_not_overtake_its_alarm(world: World) -> None:
    world.service.errors["oncall"] = NotifyError("503")
    await world.tell(an_alert("down"))
    del world.service.errors["oncall"]
    recovered = Message(headline="RECOVERED a", colour="green")
    await world.tell(an_alert("up", kind=AlertKind.RECOVERED, message=recovered))
    assert world.service.headlines() == []
    await world.clock.advance(5)
    assert world.service.headlines() == ["RECOVERED a; could not tell you earlier"]


async def test_a_recovery_does_not_overtake_its_alarm_through_a_restart(world: World) -> None:
    world.service.errors["oncall"] = NotifyError("503")
    await world.tell(an_alert("down"))
    await world.stop()
    del world.service.errors["oncall"]
    world.start()
    await world.clock.settle()
    await world.tell(an_alert("up", kind=AlertKind.RECOVERED))
    await world.clock.advance(14)
    assert world.service.headlines() == []
    await world.clock.advance(1)
    assert len(world.service.headlines()) == 1


async def test_after_a_day_an_alert_is_given_up(world: World) -> None:
    world.service.errors["oncall"] = NotifyError("503")
    await world.tell(an_alert())
    await world.clock.jump(hours=23, minutes=50)
    assert world.shelf.rows["a"].queued.given_up_at is None
    await world.clock.jump(minutes=11)
    assert world.shelf.rows["a"].queued.given_up_at is not None


async def test_a_notifier_that_hangs_delays_nobody(world: World) -> None:
    world.config = notifiers("oncall", "mail")
    world.service.hanging["oncall"] = asyncio.Event()
    await world.tell(an_alert("a"), an_alert("b", notifier="mail"))
    await world.clock.advance(1)  # the line of a new name opens within a second
    assert world.service.headlines("mail") == ["DOWN b"]
    assert world.service.headlines() == []


async def test_what_comes_while_a_message_is_on_its_way_is_sent_after_it(world: World) -> None:
    hanging = world.service.hanging["oncall"] = asyncio.Event()
    await world.tell(an_alert("a"))
    await world.tell(an_alert("b"))
    await world.clock.advance(20)
    hanging.set()
    await world.clock.advance(1)
    assert world.service.headlines() == ["DOWN a", "DOWN b"]


async def test_a_name_that_left_the_configuration_keeps_its_queue_untouched(world: World) -> None:
    await world.tell(an_alert("a", notifier="old"))
    await world.clock.advance(60)
    assert world.shelf.rows["a"].queued.attempts == 0
    world.config = notifiers("oncall", "old")
    await world.clock.advance(1)
    assert world.service.headlines("old") == ["DOWN a"]


async def test_what_waits_for_a_name_that_does_not_come_back_is_given_up_after_a_day(world: World) -> None:
    await world.tell(an_alert("a", notifier="old"))
    await world.clock.jump(hours=23, minutes=45)
    assert world.shelf.rows["a"].queued.given_up_at is None
    await world.clock.jump(minutes=30)
    given_up = world.shelf.rows["a"].queued
    assert given_up.given_up_at is not None
    assert given_up.error == "no notifier of this name was configured for 1 d"


async def test_a_line_is_closed_with_its_name(world: World) -> None:
    world.config = Config()
    await world.clock.advance(1)
    await world.tell(an_alert())
    await world.clock.advance(30)
    assert world.service.tries == 0


async def test_dying_between_send_and_settle_repeats_exactly_once_with_the_same_number(world: World) -> None:
    hanging = world.service.hanging["oncall"] = asyncio.Event()
    await world.tell(an_alert())
    await world.stop()  # the process is gone; the service had taken the message all the same
    world.service.taken.append(("oncall", NOON, an_alert().message))
    hanging.set()
    world.start()
    await world.clock.advance(59)
    assert len(world.service.taken) == 1
    await world.clock.advance(120)
    assert world.service.headlines() == ["DOWN a", "DOWN a (may be a repeat)"]
    assert world.shelf.rows["a"].queued.alert.incident == 7


async def test_a_restart_finds_what_was_never_claimed(world: World) -> None:
    await world.stop()
    world.shelf.put(an_alert())
    world.start()
    await world.clock.settle()
    assert world.service.headlines() == ["DOWN a"]


async def test_while_the_database_is_away_an_alert_leaves_from_memory_after_three_seconds(
    world: World,
) -> None:
    world.shelf.away = database_away()
    await world.tell(an_alert())
    await world.clock.advance(2.5)
    assert world.service.headlines() == []
    await world.clock.advance(1.5)
    assert world.service.headlines() == ["DOWN a"]
    assert "a" in world.shelf.left
    await world.clock.advance(60)
    world.shelf.come_back()
    await world.clock.advance(60)
    assert world.service.headlines() == ["DOWN a"]


async def test_what_is_held_back_while_the_database_is_away_leaves_with_the_next_window(
    world: World,
) -> None:
    world.shelf.away = database_away()
    await world.tell(an_alert("a"))
    await world.clock.advance(2)
    await world.tell(an_alert("b", at=2))
    await world.clock.advance(60)
    assert world.service.headlines() == ["DOWN a", "DOWN b"]
    assert world.service.times() == [3.0, 13.0]


async def test_what_is_written_while_it_leaves_from_memory_is_not_told_twice(world: World) -> None:
    world.shelf.away = database_away()
    await world.tell(an_alert())
    hanging = world.service.hanging["oncall"] = asyncio.Event()
    await world.clock.advance(4)
    world.shelf.come_back()
    world.outbox.wake({"oncall"})
    await world.clock.advance(2)
    hanging.set()
    await world.clock.advance(120)
    assert world.service.headlines() == ["DOWN a"]
    assert world.shelf.rows["a"].queued.sent_at is not None


async def test_what_is_refused_from_memory_is_tried_again_without_hammering(world: World) -> None:
    world.shelf.away = database_away()
    world.service.errors["oncall"] = NotifyError("503")
    await world.tell(a_critical())
    await world.clock.advance(7)
    assert world.service.tries == 1
    del world.service.errors["oncall"]
    await world.clock.advance(5)
    assert world.service.headlines() == ["SECURITY breach"]


async def test_a_sending_is_settled_when_the_database_is_back_and_not_repeated(world: World) -> None:
    hanging = world.service.hanging["oncall"] = asyncio.Event()
    await world.tell(an_alert())
    world.shelf.away = database_away()
    hanging.set()
    await world.clock.advance(300)  # longer than any lease
    world.shelf.come_back()
    await world.clock.advance(30)
    assert world.service.headlines() == ["DOWN a"]
    assert world.shelf.rows["a"].queued.sent_at is not None


async def test_a_database_that_is_away_is_asked_again_and_not_hammered(world: World) -> None:
    world.shelf.away = database_away()
    world.outbox.wake({"oncall"})
    before = world.clock.count
    await world.clock.advance(60)
    assert world.clock.count - before < 300  # sleeps, not spins
    world.shelf.come_back()
    await world.tell(an_alert("a", at=60))
    assert world.service.headlines() == ["DOWN a"]


async def test_the_loss_of_ownership_ends_the_outbox_with_that_reason(world: World) -> None:
    world.shelf.away = NotOwner("somebody else")
    world.outbox.wake({"oncall"})
    await world.clock.settle()
    assert world.task is not None
    assert isinstance(world.task.exception(), NotOwner)


async def test_draining_sends_what_is_held(world: World) -> None:
    await world.tell(an_alert("a"))
    await world.tell(an_alert("b"), an_alert("c"))
    drained = asyncio.create_task(world.outbox.drain(5))
    await world.clock.advance(1)
    assert drained.done()
    assert world.service.headlines() == ["DOWN a", "2 alerts: 2 down"]


async def test_draining_does_not_wait_for_ever(world: World) -> None:
    world.service.hanging["oncall"] = asyncio.Event()
    await world.tell(an_alert("a"))
    drained = asyncio.create_task(world.outbox.drain(5))
    await world.clock.advance(4)
    assert not drained.done()
    await world.clock.advance(1)
    assert drained.done()


async def test_nobody_to_tell_is_no_trouble() -> None:
    clock = Clock()
    world = World(
        clock=clock, shelf=FakeShelf(clock=clock), service=FakeService(clock=clock), config=Config()
    )
    world.start()
    await world.clock.advance(5)
    await world.outbox.drain(5)
    await world.stop()


async def test_a_fault_of_our_own_in_a_notifier_is_not_the_end_of_an_alert(world: World) -> None:
    world.service.errors["oncall"] = ZeroDivisionError()
    await world.tell(an_alert())
    assert world.shelf.rows["a"].queued.error == "our own fault: ZeroDivisionError"
    del world.service.errors["oncall"]
    await world.clock.advance(5)
    assert world.service.headlines() == ["DOWN a"]


async def test_an_idle_outbox_asks_the_database_four_times_a_minute(world: World) -> None:
    before = world.shelf.claims
    await world.clock.advance(60)
    assert world.shelf.claims - before == 4
