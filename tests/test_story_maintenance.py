"""Announced work and silences, by a clock that moves when told."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from monitor.core import uptime
from monitor.core.model import AlertKind, Check, HushedBy, Scope, Silence, Status, Window
from monitor.telling.maintenance import Maintenance
from tests.makers import NOON, SECOND, a_reply, a_window
from tests.test_story import DELIVERY, FORGED, World

MINUTE = timedelta(minutes=1)
SOON = NOON + 5 * MINUTE
WORK = a_window(start=SOON, length=10 * MINUTE)
END = SOON + 10 * MINUTE


def announced(world: World, *windows: Window) -> World:
    world.watch.config = replace(world.watch.config, maintenance=windows)
    return world


async def breaks(world: World, at: datetime) -> None:
    await world.run(at)
    world.now = at
    world.listener = lambda _: a_reply(503)


async def heals(world: World, at: datetime) -> None:
    await world.run(at)
    world.now = at
    world.listener = lambda _: a_reply(200)


def history(world: World, end: datetime) -> list[tuple[str, float]]:
    """Return what history says the delivery check was, and for how many minutes."""
    moves = [
        move
        for record in world.records
        for move in record.transitions
        if (move.monitor, move.check) == DELIVERY
    ]
    spans = uptime.spans(moves, start=NOON, end=end, measured_until=None)
    return [(span.status.value, round((span.end - span.start) / MINUTE, 1)) for span in spans]


def words(world: World) -> list[str]:
    return [alert.message.headline for record in world.records for alert in record.alerts]


async def test_what_breaks_and_mends_during_announced_work_is_told_to_nobody() -> None:
    world = announced(World(), WORK)
    await breaks(world, SOON + MINUTE)
    await heals(world, SOON + 6 * MINUTE)
    await world.run(END + 5 * MINUTE)
    assert world.alerts() == []
    assert history(world, END + 5 * MINUTE) == [("up", 5), ("maintenance", 10), ("up", 5)]


async def test_probing_and_counting_go_on_during_announced_work() -> None:
    world = announced(World(), WORK)
    await breaks(world, SOON + MINUTE)
    await world.run(SOON + 5 * MINUTE)
    assert len([1 for at, _ in world.sent if at >= SOON]) >= 10
    assert world.health().status is Status.DOWN
    incident = world.watch.incident(DELIVERY)
    assert incident is not None
    assert incident.held is not None
    assert (incident.held.hush.by, incident.held.hush.until) == (HushedBy.MAINTENANCE, END)


async def test_what_outlives_announced_work_is_told_when_it_ends_and_counts_from_then() -> None:
    world = announced(World(), WORK)
    await breaks(world, SOON + MINUTE)
    await world.run(END + 5 * MINUTE)
    assert world.alerts() == [AlertKind.OPENED]
    assert words(world)[0].endswith("since 12:06:00 UTC, told now: maintenance until 12:15:00 UTC)")
    assert history(world, END + 5 * MINUTE) == [("up", 5), ("maintenance", 10), ("down", 5)]
    await heals(world, END + 5 * MINUTE)
    await world.run(END + 8 * MINUTE)
    assert world.alerts() == [AlertKind.OPENED, AlertKind.RECOVERED]


async def test_who_heard_the_alarm_before_the_work_began_hears_its_end_during_it() -> None:
    world = announced(World(), WORK)
    await breaks(world, NOON + MINUTE)
    await heals(world, SOON + 2 * MINUTE)
    await world.run(END)
    assert world.alerts() == [AlertKind.OPENED, AlertKind.RECOVERED]


async def test_what_was_down_before_the_work_counts_until_it_began() -> None:
    world = announced(World(), WORK)
    await breaks(world, NOON + MINUTE)
    await world.run(END + 2 * MINUTE)
    assert history(world, END + 2 * MINUTE) == [("up", 1), ("down", 4), ("maintenance", 10), ("down", 2)]
    assert world.alerts() == [AlertKind.OPENED]


async def test_windows_that_overlap_are_one_and_the_last_end_counts() -> None:
    world = announced(World(), WORK, a_window(name="more", start=SOON + 5 * MINUTE, length=10 * MINUTE))
    await breaks(world, SOON + MINUTE)
    await world.run(SOON + 20 * MINUTE)
    assert history(world, SOON + 20 * MINUTE) == [("up", 5), ("maintenance", 15), ("down", 5)]
    assert "told now: maintenance until 12:20:00 UTC" in words(world)[0]


async def test_work_announced_while_it_goes_on_begins_then_and_changes_no_history() -> None:
    world = World()
    await world.run(SOON + 2 * MINUTE)
    world.quiet.maintenance.put(replace(WORK, number=1))
    await world.run(END + MINUTE)
    assert history(world, END + MINUTE) == [("up", 6.5), ("maintenance", 8.5), ("up", 1)]


async def test_work_that_is_ended_early_is_over_at_once_and_what_still_fails_is_told() -> None:
    world = World()
    world.quiet.maintenance.put(replace(WORK, number=1))
    await breaks(world, SOON + MINUTE)
    await world.run(SOON + 4 * MINUTE)
    world.quiet.maintenance.take_away(1)
    world.tell()
    assert world.alerts() == [AlertKind.OPENED]
    assert "told now: maintenance, ended early)" in words(world)[0]
    assert world.quiet.maintenance.occurrences(world.now) == ()


async def test_a_window_that_leaves_the_file_is_over() -> None:
    world = announced(World(), WORK)
    await breaks(world, SOON + MINUTE)
    await world.run(SOON + 4 * MINUTE)
    announced(world)
    world.tell()
    assert world.alerts() == [AlertKind.OPENED]


async def test_work_at_another_monitor_hushes_nothing_here() -> None:
    world = announced(World(), replace(WORK, scope=Scope(monitors=("orders",))))
    await breaks(world, SOON + MINUTE)
    await world.run(END)
    assert world.alerts() == [AlertKind.OPENED]


async def test_a_restart_amid_announced_work_goes_on_with_it() -> None:
    world = announced(World(), WORK)
    await world.run(SOON + 4 * MINUTE)
    stopped = world.now
    world.quiet.maintenance = Maintenance(
        watch=world.watch, begun={DELIVERY: SOON}, measured_until=stopped - SECOND
    )
    await world.run(END + 2 * MINUTE)
    assert history(world, END + 2 * MINUTE) == [("up", 5), ("maintenance", 10), ("up", 2)]


async def test_work_that_ended_while_nothing_ran_ended_when_it_was_seen_last() -> None:
    world = announced(World(), WORK)
    await world.run(SOON + 4 * MINUTE)
    seen = world.now
    world.quiet.maintenance = Maintenance(watch=world.watch, begun={DELIVERY: SOON}, measured_until=seen)
    world.now = END + 60 * MINUTE
    world.tell()
    await world.run(world.now + MINUTE)
    told = history(world, world.now)
    assert [status for status, _ in told] == ["up", "maintenance", "unknown", "up"]
    assert told[1] == ("maintenance", 3.5)


async def test_what_is_in_maintenance_is_shown_so_and_so_is_what_comes() -> None:
    world = announced(World(), WORK)
    await world.run(SOON)
    shown = world.quiet.snapshot(world.now)
    assert shown.healths[DELIVERY].status is Status.UP
    assert [(one.start, one.end) for one in shown.maintenance] == [(SOON, END)]
    await breaks(world, SOON + MINUTE)
    await world.run(SOON + 3 * MINUTE)
    assert world.quiet.snapshot(world.now).healths[DELIVERY].status is Status.MAINTENANCE


async def test_a_hostile_event_accepted_during_announced_work_is_told_when_it_ends() -> None:
    world = announced(World(), WORK)
    await world.run(SOON + MINUTE)
    world.now = SOON + MINUTE
    await world.tick(FORGED)
    assert world.alerts() == []
    await world.run(END + MINUTE)
    (told,) = words(world)
    assert told == (
        "SECURITY billing accepts forged events"
        " (since 12:06:00 UTC, told now: maintenance until 12:15:00 UTC)"
    )


# --- silences -----------------------------------------------------------------------------------------------


def a_silence(**changes: Any) -> Silence:
    billing = Scope(monitors=("billing",))
    silence = Silence(number=1, reason="we know, ticket 7", scope=billing, since=NOON, until=END)
    return replace(silence, **changes)


async def test_a_silence_hushes_and_counts_as_downtime_all_the_same() -> None:
    world = World()
    world.quiet.put(a_silence())
    await breaks(world, SOON)
    await heals(world, SOON + 5 * MINUTE)
    await world.run(END + 5 * MINUTE)
    assert world.alerts() == []
    assert ("down", 5) in history(world, END + 5 * MINUTE)


async def test_what_outlives_a_silence_is_told_then_with_its_reason() -> None:
    world = World()
    world.quiet.put(a_silence())
    await breaks(world, SOON)
    await world.run(END + MINUTE)
    assert world.alerts() == [AlertKind.OPENED]
    assert "told now: silence until 12:15:00 UTC" in words(world)[0]
    assert world.quiet.silences(world.now) == ()


async def test_a_silence_of_one_check_leaves_the_others_loud() -> None:
    world = World()
    world.quiet.put(a_silence(scope=Scope(monitors=("billing",), checks=(Check.DELIVERY,))))
    await world.tick()
    await world.tick(FORGED)
    await breaks(world, SOON)
    await world.run(SOON + 3 * MINUTE)
    assert [alert.check for record in world.records for alert in record.alerts] == [Check.FORGED]


async def test_what_grows_worse_under_a_silence_is_told_as_worse_when_it_is_over() -> None:
    world = World()
    await world.run(NOON + MINUTE)
    world.listener = lambda _: a_reply(200, phases=replace(a_reply().phases, wait=6.0))
    await world.run(NOON + 4 * MINUTE)
    assert world.alerts() == [AlertKind.OPENED]
    world.quiet.put(a_silence())
    world.listener = lambda _: a_reply(503)
    await world.run(END)
    assert world.alerts() == [AlertKind.OPENED]
    await world.run(END + MINUTE)
    assert world.alerts() == [AlertKind.OPENED, AlertKind.WORSENED]


async def test_a_good_probe_just_now_lets_an_overdue_alarm_wait_for_the_next() -> None:
    world = World()
    world.quiet.put(a_silence())
    await breaks(world, SOON)
    await heals(world, END - 15 * SECOND)
    await world.run(END + 2 * MINUTE)
    assert world.alerts() == []


async def test_a_silence_that_follows_announced_work_is_what_is_named_in_the_end() -> None:
    world = announced(World(), WORK)
    world.quiet.put(a_silence(until=END + 5 * MINUTE))
    await breaks(world, SOON + MINUTE)
    await world.run(END + 7 * MINUTE)
    assert "told now: silence" in words(world)[0]
