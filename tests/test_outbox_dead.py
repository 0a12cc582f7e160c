"""A notifier that takes nothing any more: who is told, who is told instead, and how it comes back."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.core.model import Alert, AlertKind, Message, Secret
from monitor.errors import NotifyError
from tests.fakes.outbox import Clock, FakeService, FakeShelf, database_away, notifiers
from tests.makers import NOON
from tests.test_outbox import World, a_critical, an_alert

GONE = NotifyError("Slack: 404 no_service", permanent=True)
DEAD = "notifier oncall is dead; its alerts go to mail"
WAITING = "MONITOR: notifier oncall is dead; its alerts wait, and are tried again"


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """Oncall, and mail to fall back to."""
    clock = Clock()
    world = World(
        clock=clock,
        shelf=FakeShelf(clock=clock),
        service=FakeService(clock=clock),
        config=notifiers("oncall", "mail", fallback="mail"),
    )
    world.start()
    await clock.settle()
    yield world
    await world.stop()


def told(world: World, name: str = "mail") -> str:
    """Return all that this notifier was told, digests and all."""
    return "\n".join(str(message) for to, _, message in world.service.taken if to == name)


def without_fallback(world: World, *others: str) -> None:
    world.config = notifiers("oncall", *others)
    world.outbox.wake({"oncall"})


async def test_what_a_dead_notifier_refuses_is_told_by_its_fallback(world: World) -> None:
    world.service.errors["oncall"] = GONE
    await world.tell(an_alert())
    await world.clock.advance(10)
    assert world.service.headlines() == []
    assert world.service.headlines("mail") == ["2 alerts: 1 down, 1 about the monitor itself"]
    assert DEAD in told(world)
    row = world.shelf.rows["a"].queued
    assert (row.handed_to, row.given_up_at, row.error) == ("mail", None, "Slack: 404 no_service")
    assert world.seen[0] == ("oncall", "handed_over")


async def test_who_is_told_instead_hears_for_whom_it_was_meant(world: World) -> None:
    world.service.errors["oncall"] = GONE
    await world.tell(an_alert())
    await world.clock.advance(10)
    await world.tell(an_alert("b", at=10))
    await world.clock.advance(10)
    assert world.service.headlines("mail")[1] == "DOWN b"
    assert dict(world.service.taken[1][2].facts)["meant for"] == "oncall, which did not take it"


async def test_a_fallback_that_was_told_anyway_is_not_told_twice(world: World) -> None:
    world.service.errors["oncall"] = GONE
    await world.tell(an_alert("fact:oncall"), an_alert("fact:mail", notifier="mail"))
    await world.clock.advance(30)
    assert sum("DOWN" in line for line in world.service.headlines("mail")) == 1


async def test_its_death_is_told_once_through_a_restart_and_so_is_its_return(world: World) -> None:
    world.service.errors["oncall"] = GONE
    await world.tell(an_alert("a"))
    await world.clock.advance(15)
    await world.stop()
    world.start()
    await world.tell(an_alert("b", at=15))
    await world.clock.advance(30)
    assert told(world).count(DEAD) == 1
    del world.service.errors["oncall"]
    await world.tell(an_alert("c", at=45))
    await world.clock.advance(30)
    assert world.service.headlines() == ["DOWN c"]
    assert world.service.headlines("mail")[-1] == "MONITOR: notifier oncall takes alerts again after 45 s"
    assert world.shelf.healths["oncall"].dead_since is None


async def test_a_critical_alert_does_not_wait_behind_the_refusal_of_another(world: World) -> None:
    world.service.errors["oncall"] = GONE
    await world.tell(an_alert("a"))
    await world.clock.advance(1)
    await world.tell(a_critical(at=1))
    assert "SECURITY breach" in world.service.headlines("mail")
    assert world.service.times("mail")[-1] == 1.0


async def test_a_chain_of_the_dead_ends_where_somebody_lives(world: World) -> None:
    chain = notifiers("oncall", "mail", "boss", fallback="mail").notifiers
    world.config = replace(
        world.config, notifiers=(chain[0], replace(chain[1], fallback=("boss",)), chain[2])
    )
    world.outbox.wake({"oncall"})
    world.service.errors |= {"oncall": GONE, "mail": GONE}
    await world.tell(an_alert())
    await world.clock.advance(60)
    assert "1 down" in told(world, "boss")
    assert "notifier mail is dead" in told(world, "boss")
    assert not [row for row in world.shelf.rows.values() if row.waits]


async def test_without_a_fallback_everything_waits_in_order_and_everybody_else_is_told(world: World) -> None:
    without_fallback(world, "mail")
    world.service.errors["oncall"] = GONE
    await world.tell(an_alert("a"))
    await world.tell(an_alert("b"))
    await world.clock.advance(600)
    assert world.service.headlines("mail") == [WAITING]
    del world.service.errors["oncall"]
    await world.clock.advance(300)
    assert world.service.headlines() == ["2 alerts: 2 down"]


async def test_without_a_fallback_it_is_given_up_after_give_up_after_and_no_sooner(world: World) -> None:
    without_fallback(world)
    world.config = replace(world.config, give_up_after=timedelta(hours=2))
    world.service.errors["oncall"] = GONE
    await world.tell(an_alert())
    await world.clock.jump(hours=1, minutes=50)
    assert world.shelf.rows["a"].waits
    await world.clock.jump(minutes=11)
    row = world.shelf.rows["a"].queued
    assert row.given_up_at is not None
    assert row.error == "Slack: 404 no_service"
    assert ("oncall", "given_up") in world.seen


async def test_another_url_is_tried_at_once_and_counts_as_another_notifier(world: World) -> None:
    without_fallback(world, "mail")
    world.service.errors["oncall"] = GONE
    await world.tell(an_alert())
    await world.clock.advance(200)  # the next try is minutes away
    del world.service.errors["oncall"]
    first, *rest = world.config.notifiers
    world.config = replace(world.config, notifiers=(replace(first, url=Secret("json://elsewhere")), *rest))
    world.outbox.wake({"oncall"})
    await world.clock.advance(1)
    assert world.service.headlines() == ["DOWN a"]


async def test_a_message_that_its_service_cannot_take_stops_nobody_elses(world: World) -> None:
    without_fallback(world)
    world.service.errors["oncall"] = NotifyError("some of its targets took it", hopeless=True)
    await world.tell(an_alert("a"))
    assert world.shelf.rows["a"].queued.given_up_at == NOON
    assert world.shelf.healths["oncall"].dead_since is None
    del world.service.errors["oncall"]
    await world.tell(an_alert("b"))
    await world.clock.advance(10)
    assert world.service.headlines() == ["DOWN b"]


async def test_a_recovery_says_so_where_the_alarm_was_given_up(world: World) -> None:
    without_fallback(world)
    world.service.errors["oncall"] = NotifyError("400 unfit", hopeless=True)
    await world.tell(an_alert("a"))
    del world.service.errors["oncall"]
    over = Message(headline="RECOVERED a", colour="green")
    await world.tell(an_alert("over", kind=AlertKind.RECOVERED, message=over))
    await world.clock.advance(10)
    assert world.service.headlines() == ["RECOVERED a; could not tell you earlier"]


async def test_an_answer_that_never_came_is_told_again_and_marked(world: World) -> None:
    world.service.errors["oncall"] = NotifyError("no answer within 20 s", unsure=True)
    await world.tell(an_alert())
    del world.service.errors["oncall"]
    await world.clock.advance(5)
    assert world.service.headlines() == ["DOWN a (may be a repeat)"]


async def test_a_refusal_that_was_heard_is_told_again_without_a_mark(world: World) -> None:
    world.service.errors["oncall"] = NotifyError("503")
    await world.tell(an_alert())
    del world.service.errors["oncall"]
    await world.clock.advance(5)
    assert world.service.headlines() == ["DOWN a"]


async def test_what_is_only_held_back_when_we_die_is_no_repeat(world: World) -> None:
    await world.tell(an_alert("a"))
    await world.tell(an_alert("b"))  # claimed, and held for the window
    await world.stop()
    world.start()
    await world.clock.advance(90)
    assert world.service.headlines() == ["DOWN a", "DOWN b"]


async def test_a_notifiers_figures_are_kept(world: World) -> None:
    await world.tell(an_alert("a"))
    world.service.errors["oncall"] = NotifyError("503 busy")
    await world.clock.advance(20)
    await world.tell(an_alert("b", at=20))
    kept = world.shelf.healths["oncall"]
    assert (kept.succeeded_at, kept.took) == (NOON, timedelta(0))
    assert (kept.failed_at, kept.error) == (NOON + timedelta(seconds=20), "503 busy")
    assert kept.failing_since == NOON + timedelta(seconds=20)
    assert kept.dead_since is None


async def test_a_dead_notifier_while_the_database_is_away_keeps_what_it_was_to_tell(world: World) -> None:
    world.service.errors["oncall"] = GONE
    world.shelf.away = database_away()
    await world.tell(an_alert())
    await world.clock.advance(60)
    assert world.service.headlines("mail")  # its death was told from memory
    world.shelf.come_back()
    await world.clock.advance(60)
    assert "DOWN a" in told(world)


# --- Slack is down for an hour, across two restarts ---------------------------------------------------------


def told_by(number: int, kind: AlertKind, at: float) -> Alert:
    """Return what is told of an incident, with its number in every headline."""
    word = "DOWN" if kind is AlertKind.OPENED else "RECOVERED"
    message = Message(headline=f"{word} m{number}", colour="red", facts=(("incident", f"#{number}"),))
    return an_alert(f"{number}:{kind}", at=at, kind=kind, incident=number, message=message)


async def restarted(world: World) -> None:
    await world.stop()
    world.start()
    await world.clock.settle()


async def test_slack_down_for_an_hour_across_two_restarts_loses_and_repeats_nothing(world: World) -> None:
    without_fallback(world)
    opened, recovered = AlertKind.OPENED, AlertKind.RECOVERED
    await world.tell(told_by(1, opened, 0))
    world.service.errors["oncall"] = NotifyError("503")
    at = 60.0
    await world.clock.advance(at)
    plan = [(2, opened), (3, opened), (1, recovered), (2, recovered), (4, opened)]
    for step, (number, kind) in enumerate(plan):
        await world.tell(told_by(number, kind, at))
        await world.clock.advance(600)
        at += 600
        if step in {1, 3}:
            await restarted(world)
    await world.clock.advance(600)
    assert world.service.headlines() == ["DOWN m1"]
    assert world.service.tries < 40  # it was asked, not hammered
    del world.service.errors["oncall"]
    await world.clock.advance(400)
    told_late = "\n".join(str(message) for _, _, message in world.service.taken[1:])
    assert told_late.count("m3") == 1
    assert told_late.count("m4") == 1
    assert "DOWN m2" not in told_late
    assert "m2; could not tell you earlier" in told_late
    assert told_late.count("m1") == 1  # its end; its beginning was told an hour ago
    assert "m1; could not" not in told_late
    assert "repeat" not in told_late
    assert all(row.queued.sent_at for row in world.shelf.rows.values())
