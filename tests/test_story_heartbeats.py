"""Heartbeats and real events by a clock of their own: silence, our own downtime, quiet hours, renames."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor.core.model import (
    AlertKind,
    Check,
    CheckKey,
    CheckPlan,
    Closing,
    Cron,
    Events,
    HeartbeatPlan,
    Monitor,
    QuietTime,
    Reason,
    Recollection,
    Sign,
    Signal,
    Status,
    TrafficPlan,
)
from monitor.core.providers import NOBODY
from monitor.heartbeats import Heartbeats
from tests.makers import SECOND, a_monitor, a_reply
from tests.test_story import World

MINUTE, HOUR = 60 * SECOND, 3600 * SECOND
NIGHTLY = CheckKey("nightly", Check.HEARTBEAT)
SHOP = CheckKey("billing", Check.TRAFFIC)
BERLIN = ZoneInfo("Europe/Berlin")


def a_heartbeat(**changes: object) -> Monitor:
    plan = HeartbeatPlan(rhythm=HOUR, grace=10 * MINUTE)
    monitor = Monitor(
        id="nightly",
        url="",
        provider=NOBODY,
        secrets=(),
        event=NOBODY.event,
        expect=NOBODY.expect,
        checks=(CheckPlan(check=Check.HEARTBEAT, every=30 * SECOND),),
        heartbeat=plan,
        notify=("oncall",),
    )
    return replace(monitor, **changes)  # type: ignore[arg-type]  # a maker takes any field


def a_shop(**plan: object) -> Monitor:
    traffic = replace(TrafficPlan(at_least=1, per=3 * HOUR), **plan)  # type: ignore[arg-type]  # any field
    delivery, watched = (
        CheckPlan(check=check, every=30 * SECOND) for check in (Check.DELIVERY, Check.TRAFFIC)
    )
    return a_monitor(checks=(delivery, watched), traffic=traffic)


@dataclass
class Outside(World):
    """A world in which somebody calls."""

    key: CheckKey = NIGHTLY

    def call(self, sign: Sign = Sign.SUCCESS, note: str = "") -> None:
        monitor = self.watch.named(self.key.monitor)
        assert monitor is not None
        self.pipeline.heartbeats.hear(monitor, Signal(monitor=monitor.id, sign=sign, at=self.now, note=note))

    def report(self, count: int = 1) -> None:
        self.pipeline.heartbeats.count(Events(monitor=self.key.monitor, at=self.now, count=count))

    async def let(self, span: timedelta, every: timedelta = 30 * SECOND) -> None:
        """Let the clock look for so long."""
        end = self.now + span
        while self.now < end:
            await self.tick(self.key)
            self.now = min(end, self.now + every)

    def restarted(self, after: timedelta) -> "Outside":
        """Return the world in which we were gone for a while."""
        memory = Recollection(
            healths={key: self.watch.health(key) for key in self.watch.due},
            open_incidents={key: open_ for key in self.watch.due if (open_ := self.watch.incident(key))},
            last_incident=max(self.watch.gathering.handlings, default=0),
            measured_until=self.now,
            pulses=self.watch.calls.pulses,
        )
        return Outside(monitor=self.monitor, key=self.key, now=self.now + after, memory=memory)

    def status(self) -> Status:
        return self.watch.health(self.key).status

    def reason(self) -> Reason | None:
        return self.watch.health(self.key).reason

    def told(self) -> Iterator[str]:
        return (alert.message.headline for record in self.records for alert in record.alerts)


async def test_a_job_falls_silent_and_is_heard_of_again() -> None:
    world = Outside(monitor=a_heartbeat())
    await world.let(5 * MINUTE)
    assert world.status() is Status.UNKNOWN  # nothing was heard yet, and nothing is overdue
    world.call()
    await world.let(HOUR)
    assert world.status() is Status.UP
    await world.let(11 * MINUTE)
    assert world.reason() is Reason.SILENT
    await world.let(2 * HOUR)
    world.call()
    assert world.status() is Status.UP  # at once, without a tick
    down, up = world.told()
    assert (
        down
        == "DOWN nightly: no call by 13:15:00 UTC, when one was due; the last success was at 12:05:00 UTC "
        "(since 13:15:00 UTC)"
    )
    assert up == "RECOVERED nightly: it gives signs of life again, after 2 h 1 min"


async def test_a_job_that_was_never_wired_up_is_told_when_its_time_is_over() -> None:
    world = Outside(monitor=a_heartbeat())
    await world.let(2 * HOUR)
    assert "no success was ever heard of" in next(iter(world.told()))


async def test_a_failure_is_told_at_once_with_its_note() -> None:
    world = Outside(monitor=a_heartbeat())
    world.call()
    world.now += MINUTE
    world.call(Sign.FAIL, "exit status 3; disk full")
    [alert] = [alert for record in world.records for alert in record.alerts]
    assert alert.message.headline == (
        "DOWN nightly: the job said at 12:01:00 UTC that it failed: exit status 3; disk full"
        " (since 12:01:00 UTC)"
    )
    assert alert.message.evidence is not None
    assert alert.message.evidence.excerpt == "exit status 3; disk full"
    assert ("listener", "POST ") not in alert.message.facts
    await world.let(30 * MINUTE)
    assert world.reason() is Reason.JOB_FAILED
    assert len(list(world.told())) == 1


async def test_a_run_that_does_not_end_is_silent_and_one_that_ends_has_a_duration() -> None:
    world = Outside(monitor=a_heartbeat())
    world.call(Sign.START)
    world.now += 90 * SECOND
    world.call()
    assert world.records[-1].result is not None
    assert world.records[-1].result.reply.phases.wait == 90
    world.call(Sign.START)
    await world.let(11 * MINUTE)
    assert world.reason() is Reason.SILENT
    assert "did not end within 10 min" in list(world.told())[-1]
    await world.let(2 * HOUR)
    world.call(Sign.START)  # it hangs each time: that it starts again is no recovery
    await world.let(MINUTE)
    assert world.reason() is Reason.SILENT
    world.call()
    assert world.status() is Status.UP
    assert len(list(world.told())) == 2


async def test_a_short_restart_between_two_calls_changes_nothing() -> None:
    world = Outside(monitor=a_heartbeat())
    world.call()
    await world.let(10 * MINUTE)
    world = world.restarted(20 * SECOND)
    await world.let(50 * MINUTE)
    assert world.status() is Status.UP
    await world.let(12 * MINUTE)
    assert world.reason() is Reason.SILENT


async def test_our_own_downtime_is_no_silence() -> None:
    world = Outside(monitor=a_heartbeat())
    world.call()
    await world.let(10 * MINUTE)
    world = world.restarted(2 * HOUR)
    await world.let(HOUR + 9 * MINUTE)
    assert (world.status(), world.reason()) == (Status.UNKNOWN, Reason.OWN_FAULT)
    assert not list(world.told())
    await world.let(2 * MINUTE)
    assert world.reason() is Reason.SILENT  # it had its time since we listen again


async def test_a_machine_that_slept_has_heard_nothing() -> None:
    world = Outside(monitor=a_heartbeat())
    world.call()
    await world.let(HOUR)
    asleep = world.now
    world.now += 30 * MINUTE
    world.pipeline.heartbeats.deaf(asleep, world.now)
    await world.let(HOUR)
    assert not list(world.told())


async def test_an_outage_outlives_our_restart_and_is_recovered_once() -> None:
    world = Outside(monitor=a_heartbeat())
    await world.let(2 * HOUR)
    world = world.restarted(10 * SECOND)
    await world.let(5 * MINUTE)
    assert world.status() is Status.UNKNOWN  # it may have called just then
    world.call()
    [up] = world.told()
    assert up.startswith("RECOVERED nightly")
    assert "not measured" in up


async def test_while_nobody_gets_through_a_silent_job_is_unknown_and_then_takes_its_time() -> None:
    world = Outside(monitor=a_heartbeat())
    away: list[datetime] = []
    heartbeats = Heartbeats(
        outside=world.outside,
        watch=world.watch,
        digest=lambda _key, _result: None,
        unreached=lambda: away[0] if away else None,
    )

    def said() -> Reason:
        return heartbeats.look(world.monitor, Check.HEARTBEAT).verdict.reason

    def call() -> None:
        heartbeats.hear(world.monitor, Signal(monitor="nightly", sign=Sign.SUCCESS, at=world.now))

    await world.tick(NIGHTLY)
    call()
    world.now += HOUR
    away.append(world.now)  # receipts of two other hosts have stopped to come
    heartbeats.reached_again(world.now)
    world.now += 11 * MINUTE
    assert said() is Reason.OWN_FAULT
    away.clear()
    heartbeats.reached_again(world.now)
    assert said() is Reason.OWN_FAULT  # it may have called in vain
    world.now += HOUR + 11 * MINUTE
    assert said() is Reason.SILENT
    away.append(world.now - MINUTE)
    assert said() is Reason.OWN_FAULT
    call()
    away[0] = world.now - MINUTE  # it is the workers that stand still: a job got through since
    world.now += HOUR + 11 * MINUTE
    assert said() is Reason.SILENT


async def test_a_pause_is_no_silence_and_an_edit_takes_its_own_time() -> None:
    world = Outside(monitor=a_heartbeat())
    world.call()
    world.reload(replace(world.monitor, enabled=False))
    world.now += 5 * HOUR
    world.reload(world.monitor)
    await world.let(HOUR)
    assert not list(world.told())
    shorter = a_heartbeat(heartbeat=HeartbeatPlan(rhythm=MINUTE, grace=MINUTE))
    world.reload(shorter)
    await world.let(MINUTE)
    assert not list(world.told())
    await world.let(2 * MINUTE)
    assert len(list(world.told())) == 1


async def test_a_rename_brings_what_was_heard_along_and_a_removal_forgets_it() -> None:
    world = Outside(monitor=a_heartbeat())
    world.call()
    heir = replace(a_heartbeat(), id="backup", was="nightly")
    world.reload(heir)
    world.key = CheckKey("backup", Check.HEARTBEAT)
    await world.let(HOUR)
    assert world.status() is Status.UP
    assert world.watch.named("nightly") == heir  # its old address still reaches it
    await world.let(20 * MINUTE)
    world.reload()
    assert [record.incident.closing for record in world.records if record.incident][
        -1
    ] is Closing.MONITOR_REMOVED
    world.now += 24 * HOUR
    world.reload(heir)
    await world.let(HOUR)
    assert len(list(world.told())) == 1  # the silence before it was removed; none since


async def test_a_cron_is_kept_through_the_night_in_which_clocks_go_forward() -> None:
    plan = HeartbeatPlan(rhythm=Cron(expression="30 2 * * *", zone="Europe/Berlin"), grace=15 * MINUTE)
    start = datetime(2026, 3, 28, 2, 31, tzinfo=BERLIN).astimezone(UTC)
    world = Outside(monitor=a_heartbeat(heartbeat=plan), now=start)
    world.call()
    await world.let(23 * HOUR, every=5 * MINUTE)  # 2:30 does not exist that night: cron runs at 3:00
    assert not list(world.told())
    world.now = datetime(2026, 3, 29, 3, 1, tzinfo=BERLIN).astimezone(UTC)
    world.call()
    await world.let(23 * HOUR, every=5 * MINUTE)
    assert not list(world.told())
    await world.let(HOUR, every=5 * MINUTE)
    assert world.reason() is Reason.SILENT


# --- real events --------------------------------------------------------------------------------------------


async def test_probes_are_fine_and_no_real_event_comes() -> None:
    world = Outside(monitor=a_shop(), key=SHOP)
    await world.tick()
    world.report(25)
    await world.let(3 * HOUR, every=MINUTE)
    assert world.status() is Status.UP
    await world.let(5 * MINUTE)
    assert world.reason() is Reason.NO_TRAFFIC
    [down] = world.told()
    assert down == (
        "DOWN billing: no real event in 3 h; the last one was reported at 12:00:00 UTC (since 15:01:00 UTC)"
    )
    world.report()
    await world.tick(SHOP)
    assert world.status() is Status.UP
    assert world.watch.calls.pulses["billing"].events == 26


async def test_no_event_is_expected_while_the_listener_is_down_nor_right_afterwards() -> None:
    world = Outside(monitor=a_shop(), key=SHOP, listener=lambda _: a_reply(503))
    await world.tick()
    await world.let(10 * HOUR, every=MINUTE)
    assert world.status() is Status.UNKNOWN
    world.listener = lambda _: a_reply(200)
    await world.tick()
    world.now += 15 * SECOND
    await world.tick()
    await world.let(2 * HOUR, every=MINUTE)
    assert world.reason() is not Reason.NO_TRAFFIC
    await world.let(2 * HOUR, every=MINUTE)
    assert world.reason() is Reason.NO_TRAFFIC


@pytest.mark.parametrize(("month", "day"), [(3, 28), (10, 24), (3, 4)], ids=["forward", "back", "any night"])
async def test_a_quiet_night_tells_nobody_whatever_the_clocks_do(month: int, day: int) -> None:
    night = (QuietTime(start=time(22), until=time(6)),)
    start = datetime(2026, month, day, 21, 0, tzinfo=BERLIN).astimezone(UTC)
    world = Outside(monitor=a_shop(quiet=night, zone="Europe/Berlin"), key=SHOP, now=start)
    await world.tick()
    world.report()
    morning = datetime(2026, month, day, 8, 0, tzinfo=BERLIN).astimezone(UTC) + timedelta(days=1)
    local = datetime(2026, month, day + 1, 8, 0, tzinfo=BERLIN).astimezone(UTC)
    assert abs(morning - local) <= HOUR
    await world.let(local - start, every=MINUTE)
    assert not list(world.told())
    await world.let(5 * MINUTE)
    assert world.reason() is Reason.NO_TRAFFIC


async def test_events_that_we_could_not_hear_of_are_not_missed() -> None:
    world = Outside(monitor=a_shop(), key=SHOP)
    await world.tick()
    world.report()
    await world.let(HOUR, every=MINUTE)
    world = world.restarted(MINUTE)
    await world.tick()
    await world.let(3 * HOUR - MINUTE, every=MINUTE)
    assert not list(world.told())
    await world.let(3 * MINUTE, every=MINUTE)
    assert world.reason() is Reason.NO_TRAFFIC


async def test_a_rename_after_a_restart_takes_no_time_away() -> None:
    world = Outside(monitor=a_shop(), key=SHOP)
    await world.tick()
    world.report()
    world = world.restarted(MINUTE)
    await world.let(HOUR, every=MINUTE)
    world.pipeline.heartbeats.deaf(world.now - MINUTE, world.now)
    heard_since = world.watch.calls.pulses["billing"].since
    world.reload(replace(a_shop(), id="shop", was="billing"))
    world.key = CheckKey("shop", Check.TRAFFIC)
    await world.tick(world.key)
    assert world.watch.calls.pulses["shop"].since == heard_since


async def test_the_kinds_of_alerts_are_those_of_any_check() -> None:
    world = Outside(monitor=a_heartbeat())
    world.call(Sign.FAIL)
    world.now += MINUTE
    world.call()
    kinds = [alert.kind for record in world.records for alert in record.alerts]
    assert kinds == [AlertKind.OPENED, AlertKind.RECOVERED]
