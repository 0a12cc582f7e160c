"""Who hears, who hears next, how often, and what can wait: by a clock that moves when told."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from monitor.core.model import (
    Alert,
    AlertKind,
    Check,
    CheckKey,
    Happened,
    IncidentEvent,
    Monitor,
    Phases,
    QuietHours,
    Recollection,
    Route,
    Severity,
    Status,
    Step,
)
from monitor.watch import Watch
from tests.makers import NOON, SECOND, a_monitor, a_reply, a_window
from tests.test_story import DELIVERY, FORGED, World

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
AFTERNOON = QuietHours(start=time(12, 30), end=time(15), zone=ZoneInfo("UTC"))
STEPS = (Step(after=15 * MINUTE, notify=("boss",)), Step(after=HOUR, notify=("chief",)))


def world(**changes: Any) -> World:
    return World(monitor=a_monitor(**changes))


async def breaks(world: World, *, at: datetime = NOON + MINUTE) -> None:
    await world.run(at)
    world.now = at
    world.listener = lambda _: a_reply(503)


async def heals(world: World, *, at: datetime) -> None:
    await world.run(at)
    world.now = at
    world.listener = lambda _: a_reply(200)


def told(world: World) -> list[Alert]:
    return [alert for record in world.records for alert in record.alerts]


def news(world: World, since: datetime = NOON + MINUTE) -> list[tuple[int, AlertKind, str]]:
    """Return after how many minutes who was told what."""
    return [(round((alert.created_at - since) / MINUTE), alert.kind, alert.notifier) for alert in told(world)]


def acknowledge(world: World, number: int = 1) -> None:
    line = IncidentEvent(number=number, origin=number, at=world.now, kind=Happened.ACKNOWLEDGED, who="alice")
    world.watch.gathering.note((line,))


def restarted(world: World) -> World:
    """Return the world after the process died and came back, with what was recorded."""
    incidents = {
        CheckKey(one.monitor, one.check): one for record in world.records if (one := record.incident)
    }
    memory = Recollection(
        healths={record.key: record.health for record in world.records if record.key and record.health},
        open_incidents={key: one for key, one in incidents.items() if one.ended_at is None},
        last_incident=max((one.number for one in incidents.values()), default=0),
        measured_until=world.now,
    )
    again = World(monitor=world.monitor, now=world.now, listener=world.listener)
    again.adopt(Watch(world.watch.config, memory))
    again.records.extend(world.records)
    return again


# --- who hears ----------------------------------------------------------------------------------------------


async def test_a_finding_goes_its_own_way_and_an_outage_the_usual_one() -> None:
    it = world(routes=(Route(findings=True, notify=("security",)),))
    await it.run(NOON + MINUTE)
    it.listener = lambda _: a_reply(200)  # whatever it is sent
    await it.tick(FORGED)
    await breaks(it, at=NOON + 2 * MINUTE)
    await it.run(NOON + 4 * MINUTE)
    assert [(alert.check, alert.notifier) for alert in told(it)] == [
        (Check.FORGED, "security"),
        (Check.DELIVERY, "oncall"),
    ]


async def test_what_grows_worse_is_told_to_those_who_hear_of_the_worse_and_all_hear_the_end() -> None:
    it = world(routes=(Route(severities=frozenset({Severity.MAJOR}), notify=("boss",)),))
    it.listener = lambda _: a_reply(200, phases=Phases(wait=9.0))
    await it.run(NOON + 3 * MINUTE)
    assert [alert.notifier for alert in told(it)] == ["oncall"]
    it.listener = lambda _: a_reply(503)
    await it.run(NOON + 5 * MINUTE)
    assert [(alert.kind, alert.notifier) for alert in told(it)][1:] == [
        (AlertKind.WORSENED, "oncall"),
        (AlertKind.WORSENED, "boss"),
    ]


# --- who hears next -----------------------------------------------------------------------------------------


async def test_while_nobody_acknowledges_others_are_told_once_and_hear_the_end() -> None:
    it = world(escalate=STEPS)
    await breaks(it)
    await heals(it, at=NOON + 80 * MINUTE)
    await it.run(NOON + 85 * MINUTE)
    assert news(it) == [
        (0, AlertKind.OPENED, "oncall"),
        (16, AlertKind.ESCALATED, "boss"),
        (61, AlertKind.ESCALATED, "chief"),
        (80, AlertKind.RECOVERED, "oncall"),
        (80, AlertKind.RECOVERED, "boss"),
        (80, AlertKind.RECOVERED, "chief"),
    ]
    escalated = told(it)[1].message
    assert "not acknowledged" in escalated.headline
    assert dict(escalated.facts)["told again"] == "nobody has acknowledged it; told so far: oncall"
    lines = [line for record in it.records for line in record.happened if line.kind is Happened.ESCALATED]
    assert [line.words for line in lines] == [
        "boss: not acknowledged for 15 min",
        "chief: not acknowledged for 1 h",
    ]


async def test_an_acknowledgement_stops_what_follows_and_not_the_recovery() -> None:
    it = world(escalate=STEPS, remind=20 * MINUTE)
    await breaks(it)
    await it.run(NOON + 17 * MINUTE)
    acknowledge(it)
    await heals(it, at=NOON + 3 * HOUR)
    await it.run(NOON + 3 * HOUR + 5 * MINUTE)
    assert [kind for _, kind, _ in news(it)] == [
        AlertKind.OPENED,
        AlertKind.ESCALATED,
        AlertKind.RECOVERED,
        AlertKind.RECOVERED,
    ]


async def test_what_is_over_is_told_to_nobody_else() -> None:
    it = world(escalate=STEPS, remind=HOUR)
    await breaks(it)
    await heals(it, at=NOON + 10 * MINUTE)
    await it.run(NOON + 2 * HOUR)
    assert [kind for _, kind, _ in news(it)] == [AlertKind.OPENED, AlertKind.RECOVERED]


# --- how often ----------------------------------------------------------------------------------------------


async def test_it_is_told_again_in_growing_gaps_and_there_is_an_end() -> None:
    it = world(remind=10 * MINUTE, escalate=STEPS[:1])
    await breaks(it)
    await it.run(NOON + 20 * HOUR, every=5 * MINUTE)
    minutes = [minute for minute, kind, name in news(it) if kind is AlertKind.REMINDED and name == "oncall"]
    assert minutes == pytest.approx([11, 31, 71, 151, 311, 631], abs=5)
    said = [dict(one.message.facts)["told again"] for one in told(it) if one.kind is AlertKind.REMINDED]
    assert said[0] == "reminder 1, the next in 20 min, until it is acknowledged"
    assert said[-1] == "reminder 6, the last, until it is acknowledged"
    assert {name for _, kind, name in news(it) if kind is AlertKind.REMINDED} == {"oncall", "boss"}


async def test_what_was_told_is_not_told_again_by_the_next_process_nor_after_another_file() -> None:
    it = world(remind=10 * MINUTE, escalate=STEPS)
    await breaks(it)
    await it.run(NOON + 20 * MINUTE)
    before = news(it)
    it = restarted(it)
    await it.run(NOON + 25 * MINUTE)
    assert news(it) == before
    it.reload(replace(it.monitor, remind=30 * MINUTE, escalate=(Step(after=20 * MINUTE, notify=("boss",)),)))
    await it.run(NOON + 30 * MINUTE)
    assert news(it) == before
    await it.run(NOON + 40 * MINUTE)
    assert [kind for _, kind, _ in news(it)[len(before) :]] == [AlertKind.REMINDED, AlertKind.REMINDED]
    keys = [alert.key for alert in told(it)]
    assert len(keys) == len(set(keys))


async def test_what_fell_due_while_we_were_away_comes_once_and_only_when_we_see_that_it_still_fails() -> None:
    it = world(remind=10 * MINUTE)
    await breaks(it)
    await it.run(NOON + 5 * MINUTE)
    it = restarted(it)
    it.now = NOON + 100 * MINUTE
    it.tell()
    assert [kind for _, kind, _ in news(it)] == [AlertKind.OPENED]  # nobody has looked yet
    await it.run(NOON + 102 * MINUTE)
    assert [kind for _, kind, _ in news(it)] == [AlertKind.OPENED, AlertKind.REMINDED]
    assert dict(told(it)[-1].message.facts)["told again"].startswith("reminder 3,")


# --- what can wait ------------------------------------------------------------------------------------------


async def test_what_begins_in_quiet_hours_is_held_back_until_their_end() -> None:
    it = world(quiet_hours=(AFTERNOON,))
    await breaks(it, at=NOON + 35 * MINUTE)
    await heals(it, at=NOON + 45 * MINUTE)
    await it.run(NOON + 50 * MINUTE)
    alarm, recovery = told(it)
    assert (alarm.kind, alarm.held_until) == (AlertKind.OPENED, NOON + 3 * HOUR)
    assert (recovery.kind, recovery.held_until) == (AlertKind.RECOVERED, None)  # it waits behind its alarm


async def test_what_was_told_before_them_is_told_to_its_end_in_quiet_hours() -> None:
    it = world(quiet_hours=(AFTERNOON,))
    await breaks(it, at=NOON + 20 * MINUTE)
    await heals(it, at=NOON + 45 * MINUTE)
    await it.run(NOON + 50 * MINUTE)
    assert [(alert.kind, alert.held_until) for alert in told(it)] == [
        (AlertKind.OPENED, None),
        (AlertKind.RECOVERED, None),
    ]


async def test_what_is_critical_is_told_at_once_in_quiet_hours_too() -> None:
    it = world(quiet_hours=(AFTERNOON,), escalate=STEPS)
    await it.run(NOON + 35 * MINUTE)
    await it.tick(FORGED)
    assert [(alert.severity, alert.held_until) for alert in told(it)] == [(Severity.CRITICAL, None)]


async def test_nothing_follows_in_quiet_hours_and_ages_count_from_when_people_could_know() -> None:
    it = world(quiet_hours=(AFTERNOON,), escalate=STEPS, remind=2 * HOUR)
    await breaks(it, at=NOON + 35 * MINUTE)
    await it.run(NOON + 4 * HOUR + MINUTE)
    assert news(it, since=NOON + 3 * HOUR)[1:] == [
        (15, AlertKind.ESCALATED, "boss"),
        (60, AlertKind.ESCALATED, "chief"),
    ]


async def test_a_route_lets_outages_through_quiet_hours() -> None:
    it = world(
        quiet_hours=(AFTERNOON,), routes=(Route(severities=frozenset({Severity.MAJOR}), quiet_hours=()),)
    )
    await breaks(it, at=NOON + 35 * MINUTE)
    await it.run(NOON + 40 * MINUTE)
    assert it.health().status is Status.DOWN
    assert [alert.held_until for alert in told(it)] == [None]


# --- many at once -------------------------------------------------------------------------------------------


def a_house(count: int, **changes: Any) -> tuple[Monitor, ...]:
    return tuple(
        a_monitor(id=f"m{number}", checks=a_monitor().checks[:1], **changes) for number in range(count)
    )


async def test_an_incident_of_many_is_escalated_and_told_again_as_one() -> None:
    it = World()
    it.reload(*a_house(40, escalate=STEPS[:1], remind=30 * MINUTE))
    it.listener = lambda _: a_reply(503)
    keys = [CheckKey(f"m{number}", Check.DELIVERY) for number in range(40)]
    while it.now < NOON + 35 * MINUTE:
        for key in keys:
            await it.tick(key)
        it.tell()
        it.now += 30 * SECOND
    kinds = [(alert.kind, alert.notifier) for alert in told(it)]
    assert kinds.count((AlertKind.ESCALATED, "boss")) == 1
    assert kinds.count((AlertKind.REMINDED, "oncall")) == 1
    it.listener = lambda _: a_reply(200)
    for _ in range(3):
        for key in keys:
            await it.tick(key)
    ends = [alert for alert in told(it) if alert.kind is AlertKind.RECOVERED]
    assert sorted(alert.notifier for alert in ends) == ["boss", "oncall"]
    assert "40 monitors" in ends[0].message.headline
    assert it.watch.incident(DELIVERY) is None


# --- flapping -----------------------------------------------------------------------------------------------


async def test_what_fails_again_and_again_is_told_once_and_says_so_and_once_more_when_it_is_steady() -> None:
    it = world()
    await it.run(NOON + MINUTE)
    for outage in range(6):
        await breaks(it, at=NOON + (1 + 4 * outage) * MINUTE)
        await heals(it, at=NOON + (3 + 4 * outage) * MINUTE)
    it = restarted(it)
    await it.run(NOON + 60 * MINUTE)
    kinds = [kind for _, kind, _ in news(it)]
    assert kinds == [*[AlertKind.OPENED, AlertKind.RECOVERED] * 2, AlertKind.OPENED, *FLAPPED]
    damped, end = told(it)[-2:]
    assert damped.message.headline == (
        "FLAPPING billing: changed 6 times in 10 min, well just now"
        " (last: answered 503 Service Unavailable in 65 ms)"
    )
    assert dict(end.message.facts)["flapped"] == "changed 12 times"
    downs = [move for record in it.records for move in record.transitions if move.status is Status.DOWN]
    assert len(downs) == 6


FLAPPED = (AlertKind.FLAPPING, AlertKind.RECOVERED)


async def test_in_announced_work_nothing_follows_and_afterwards_what_is_owed_comes_once() -> None:
    it = world(escalate=STEPS, remind=10 * MINUTE)
    work = a_window(start=NOON + 5 * MINUTE, length=HOUR)
    it.watch.config = replace(it.watch.config, maintenance=(work,))
    await breaks(it)
    await it.run(NOON + 64 * MINUTE)
    assert [kind for _, kind, _ in news(it)] == [AlertKind.OPENED]
    await it.run(NOON + 66 * MINUTE)
    assert [(kind, name) for _, kind, name in news(it)[1:]] == [
        (AlertKind.ESCALATED, "boss"),
        (AlertKind.ESCALATED, "chief"),
        (AlertKind.REMINDED, "oncall"),
    ]
