"""When our own test probes seem to have got us banned: nobody is blamed, one is told, and we keep away."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from monitor.core.model import (
    AlertKind,
    Check,
    CheckKey,
    CheckPlan,
    Delivery,
    FailureKind,
    Handshake,
    Phase,
    Reason,
    Recollection,
    Reply,
    Severity,
    Status,
)
from monitor.network import Network
from monitor.pipeline import Pipeline
from monitor.telling.quiet import Quiet
from monitor.watch import Watch
from tests.fakes.verifier import Verifier, is_signed
from tests.makers import NOON, SECOND, a_failed_reply, a_provider, a_reply
from tests.test_story import DELIVERY, FORGED, World
from tests.test_story_hostile import (
    alerts,
    hostile_times,
    key_of,
    the_incident,
    watched,
    with_monitors,
    with_outside,
)

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
WALL = a_reply(403, body="<html>blocked</html>", headers=(("content-type", "text/html"),))


@dataclass
class Fail2ban:
    """A listener behind a wall that goes up with a hostile event, and answers nobody but with ``wall``."""

    wall: Reply
    behind: Verifier
    up: bool = False

    def __call__(self, delivery: Delivery) -> Reply:
        if self.up:
            return self.wall
        answer = self.behind(delivery)
        self.up = not is_signed(delivery, "correct-horse-battery")
        return answer


async def banned(wall: Reply = WALL, **changes: Any) -> World:
    """A world in which the hourly forged probe has just got us banned."""
    world = World(monitor=watched(**changes), listener=Fail2ban(wall, Verifier()))
    await world.run(NOON + MINUTE)
    world.now = NOON + MINUTE
    await world.tick(FORGED)
    world.now = NOON + 90 * SECOND
    await world.tick()
    return world


@pytest.mark.parametrize("wall", [WALL, a_reply(429), a_failed_reply(FailureKind.REFUSED, Phase.CONNECT)])
@pytest.mark.parametrize("down_after", [1, 2, 3])
async def test_a_ban_is_told_once_as_ours_within_the_minute(wall: Reply, down_after: int) -> None:
    world = await banned(wall, down_after=down_after)
    (alert,) = alerts(world)
    assert alert.created_at - (NOON + MINUTE) <= MINUTE + 5 * SECOND * (down_after > 2)
    assert alert.kind is AlertKind.OPENED
    assert "UNKNOWN billing" in alert.message.headline
    assert "our test probes seem to have got us banned" in alert.message.headline
    assert "got our address banned" in alert.message.explanation
    incident = the_incident(world)
    assert (incident.reason, incident.severity) == (Reason.OWN_FAULT, Severity.MINOR)
    assert incident.started_at == NOON + 90 * SECOND
    assert (world.health().status, world.health().reason) == (Status.UNKNOWN, Reason.OWN_FAULT)
    assert Status.DOWN not in [move.status for record in world.records for move in record.transitions]
    await world.run(world.now + HOUR)
    assert len(alerts(world)) == 1


async def test_during_a_ban_nothing_hostile_is_sent_for_a_day() -> None:
    world = await banned()
    sent = len(hostile_times(world))
    for hours in range(1, 24):
        world.now = NOON + hours * HOUR
        await world.tick()
        for check in (Check.FORGED, Check.TAMPERED, Check.UNSIGNED, Check.STALE):
            await world.tick(key_of(check))
    assert len(hostile_times(world)) == sent
    world.listener = Verifier()
    world.now = NOON + 25 * HOUR
    await world.tick()
    await world.tick(FORGED)
    assert len(hostile_times(world)) == sent + 1
    assert world.health(FORGED).status is Status.UP


async def test_hostile_checks_stay_stopped_after_the_ban_was_lifted_early() -> None:
    world = await banned()
    world.listener = Verifier()
    await world.run(world.now + 10 * MINUTE)
    await world.tick(FORGED)
    assert "held" in world.skipped
    assert world.health(FORGED).status is Status.UNKNOWN
    assert world.health(FORGED).reason is Reason.OWN_FAULT


async def test_the_all_clear_comes_with_the_next_acknowledgement() -> None:
    world = await banned()
    world.listener = Verifier()
    await world.run(world.now + MINUTE)
    assert [alert.kind for alert in alerts(world)] == [AlertKind.OPENED, AlertKind.RECOVERED]
    assert world.health().status is Status.UP
    assert world.watch.incident(DELIVERY) is None


async def test_a_real_outage_behind_the_ban_is_told_as_worse() -> None:
    world = await banned()
    await world.run(world.now + 2 * MINUTE)
    world.listener = lambda _: a_reply(503)
    await world.run(world.now + 2 * MINUTE)
    assert [alert.kind for alert in alerts(world)] == [AlertKind.OPENED, AlertKind.WORSENED]
    assert the_incident(world).severity is Severity.MAJOR
    assert the_incident(world).reason is Reason.SERVER_ERROR
    assert world.health().status is Status.DOWN


async def test_a_ban_that_lasts_longer_than_a_day_is_an_outage() -> None:
    world = await banned()
    world.now += DAY + HOUR
    await world.run(world.now + 3 * MINUTE)
    assert [alert.kind for alert in alerts(world)] == [AlertKind.OPENED, AlertKind.WORSENED]


def restarted(world: World) -> World:
    """The same world, watched by a new process that knows what was written."""
    healths = {record.key: record.health for record in world.records if record.key and record.health}
    incidents = {}
    for record in world.records:
        if record.incident:
            incidents[CheckKey(record.incident.monitor, record.incident.check)] = record.incident
    memory = Recollection(
        healths=healths,
        open_incidents={key: one for key, one in incidents.items() if one.ended_at is None},
        last_incident=1,
        measured_until=world.now,
    )
    world.watch = Watch(world.watch.config, memory)
    world.network = Network(now=lambda: world.now, reach=world._reach, canaries=())
    world.pipeline = Pipeline(
        outside=world.pipeline._outside,
        network=world.network,
        watch=world.watch,
        quiet=Quiet(watch=world.watch),
    )
    return world


async def test_a_restart_during_the_ban_keeps_the_stop_and_the_excuse() -> None:
    world = restarted(await banned())
    sent = len(hostile_times(world))
    await world.run(world.now + 5 * MINUTE)
    for check in (Check.FORGED, Check.TAMPERED, Check.UNSIGNED, Check.STALE):
        await world.tick(key_of(check))
    assert len(hostile_times(world)) == sent
    assert world.health().status is Status.UNKNOWN
    assert len(alerts(world)) == 1


async def test_a_restart_is_no_reason_for_two_hostile_probes_within_a_minute() -> None:
    world = World(monitor=watched(), listener=Verifier())
    await world.tick()
    await world.tick(key_of(Check.FORGED))
    world = restarted(world)
    await world.tick()
    await world.tick(key_of(Check.UNSIGNED))
    first, second = hostile_times(world)
    assert second - first >= MINUTE


async def test_a_probe_on_its_way_does_not_lift_the_stop() -> None:
    """Its answer comes when the ban is known already."""
    world = await banned()
    result = next(record.result for record in world.records if record.key == FORGED and record.result)
    world.pipeline._digest(FORGED, replace(result, finished_at=world.now))
    world.now += HOUR
    world.pipeline.start(FORGED, world.now)
    assert world.skipped[-1] == "held"


# --- what is no ban -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("check", [Check.FORGED, Check.TAMPERED, Check.UNSIGNED])
async def test_a_rotated_secret_is_no_ban_where_the_verifier_refuses_with_403(check: Check) -> None:
    refusal = a_reply(403, body='{"error":"bad signature"}')
    world = World(monitor=watched(), listener=Verifier(no=lambda: refusal))
    await world.tick()
    await world.tick(key_of(check))
    world.listener = Verifier(secrets=("another-secret",), no=lambda: refusal)
    await world.run(NOON + 2 * MINUTE)
    (alert,) = alerts(world)
    assert (alert.kind, alert.severity) == (AlertKind.OPENED, Severity.MAJOR)
    assert the_incident(world).reason is Reason.SIGNATURE_REFUSED
    assert "secret mismatch" in the_incident(world).diagnosis


@pytest.mark.parametrize("reply", [a_reply(401), a_reply(500), a_reply(404), a_reply(503)])
async def test_another_failure_after_a_hostile_probe_is_the_listeners(reply: Reply) -> None:
    world = await banned(reply)
    assert the_incident(world).severity is Severity.MAJOR
    assert the_incident(world).reason is not Reason.OWN_FAULT


async def test_a_403_long_after_the_last_hostile_probe_is_the_listeners() -> None:
    world = World(monitor=watched(), listener=Verifier())
    await world.tick()
    await world.tick(FORGED)
    await world.run(NOON + 6 * MINUTE)
    world.listener = lambda _: WALL
    await world.run(NOON + 8 * MINUTE)
    assert the_incident(world).reason is Reason.SIGNATURE_REFUSED


async def test_a_403_without_any_hostile_probe_is_the_listeners() -> None:
    world = World(monitor=watched())
    await world.tick()
    world.listener = lambda _: WALL
    await world.run(NOON + 2 * MINUTE)
    assert the_incident(world).reason is Reason.SIGNATURE_REFUSED


# --- what else it touches -----------------------------------------------------------------------------------


async def test_a_ban_of_a_host_is_known_by_the_probe_of_another_monitor() -> None:
    town = [watched(id=name, url=f"https://api.example.com/{name}") for name in ("a", "b")]
    world = with_monitors(World(listener=Fail2ban(WALL, Verifier())), *town)
    for monitor in town:
        await world.tick(key_of(Check.DELIVERY, monitor.id))
    await world.tick(key_of(Check.FORGED, "a"))
    world.now = NOON + 30 * SECOND
    await world.tick(key_of(Check.DELIVERY, "b"))
    assert the_incident(world, key_of(Check.DELIVERY, "b")).reason is Reason.OWN_FAULT


async def test_a_later_hostile_probe_to_the_host_hides_no_ban() -> None:
    """Confirmed late: another monitor's probe went to the same host in between."""
    town = [
        watched(id=name, url=f"https://api.example.com/{name}", confirm_interval=2 * MINUTE)
        for name in ("a", "b")
    ]
    world = with_monitors(World(listener=Fail2ban(WALL, Verifier())), *town)
    slept = world._sleep

    async def meanwhile(seconds: float) -> None:
        await slept(seconds / 2)
        world.pipeline._turnstile.sent(town[0], world.now)
        await slept(seconds / 2)

    with_outside(world, sleep=meanwhile)
    for monitor in town:
        await world.tick(key_of(Check.DELIVERY, monitor.id))
    await world.tick(key_of(Check.FORGED, "a"))
    world.now = NOON + 30 * SECOND
    await world.tick(key_of(Check.DELIVERY, "b"))
    assert the_incident(world, key_of(Check.DELIVERY, "b")).reason is Reason.OWN_FAULT


async def test_a_handshake_during_the_ban_blames_nobody_either() -> None:
    asked = Handshake(title="challenge", body='{"challenge":"{challenge}"}', echo=True)
    plans = tuple(
        CheckPlan(check=check, every=HOUR) for check in (Check.DELIVERY, Check.FORGED, Check.HANDSHAKE)
    )
    provider = a_provider(scheme=watched().provider.scheme, handshake=asked)
    world = await banned(provider=provider, checks=plans)
    handshake = key_of(Check.HANDSHAKE)
    await world.tick(handshake)
    assert world.health(handshake).status is Status.UNKNOWN
    assert world.watch.incident(handshake) is None


async def test_a_ban_by_429_keeps_away_as_long_as_it_asks() -> None:
    world = await banned(a_reply(429, headers=(("retry-after", "120"),)))
    held = world.health().held_until
    assert held is not None
    assert held - world.now == 120 * SECOND
