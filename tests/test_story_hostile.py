"""Hostile probes, whole: three answers, what a pair says, and who waits for whom. They touch no status."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from monitor.core.model import (
    Alert,
    AlertKind,
    Check,
    CheckKey,
    CheckPlan,
    Delivery,
    FailureKind,
    Incident,
    Monitor,
    Phase,
    Provider,
    Reason,
    Reply,
    Scheme,
    Secret,
    Severity,
    Status,
)
from monitor.pipeline import Pipeline
from monitor.telling.quiet import Quiet
from monitor.watch import Watch
from tests.fakes.verifier import PAGE, Verifier, is_signed
from tests.makers import NOON, SECOND, a_failed_reply, a_monitor, a_provider, a_reply
from tests.test_story import DELIVERY, FORGED, NOTHING, World

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
HOSTILE = (Check.FORGED, Check.TAMPERED, Check.UNSIGNED, Check.STALE)
TIMED = Scheme(
    headers=(("X-Time", "{timestamp}"), ("X-Signature", "{sig}")),
    message="{timestamp}.{body}",
    timestamp="s",
    window=5 * MINUTE,
)


def key_of(check: Check, monitor: str = "billing") -> CheckKey:
    return CheckKey(monitor, check)


def a_provider_that_signs_time() -> Provider:
    return a_provider(scheme=TIMED)


def watched(**changes: Any) -> Monitor:
    plans = tuple(
        CheckPlan(check=check, every=every)
        for check, every in [
            (Check.DELIVERY, 30 * SECOND),
            (Check.FORGED, HOUR),
            *((check, DAY) for check in (Check.TAMPERED, Check.UNSIGNED, Check.STALE, Check.DUPLICATE)),
        ]
    )
    return a_monitor(**{"provider": a_provider_that_signs_time(), "checks": plans, **changes})


def with_monitors(world: World, *monitors: Monitor) -> World:
    """The same world, watching these."""
    world.watch = Watch(replace(world.watch.config, monitors=monitors), NOTHING)
    return with_outside(world)


def with_outside(world: World, **changes: Any) -> World:
    """The same world from the beginning, with another outside."""
    outside = replace(world.pipeline._outside, **changes)
    world.pipeline = Pipeline(
        outside=outside, network=world.network, watch=world.watch, quiet=Quiet(watch=world.watch)
    )
    return world


def alerts(world: World) -> list[Alert]:
    return [alert for record in world.records for alert in record.alerts]


def the_incident(world: World, key: CheckKey = DELIVERY) -> Incident:
    found = world.watch.incident(key)
    assert found is not None
    return found


def hostile_times(world: World) -> list[Any]:
    return [at for at, delivery in world.sent if not is_signed(delivery, "correct-horse-battery")]


# --- accepted -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("check", "reason", "severity"),
    [
        (Check.FORGED, Reason.FORGERY_ACCEPTED, Severity.CRITICAL),
        (Check.TAMPERED, Reason.TAMPERING_ACCEPTED, Severity.CRITICAL),
        (Check.UNSIGNED, Reason.UNSIGNED_ACCEPTED, Severity.CRITICAL),
        (Check.STALE, Reason.STALE_ACCEPTED, Severity.WARNING),
    ],
)
async def test_what_is_accepted_and_accepted_again_is_told_at_once_and_touches_no_status(
    check: Check, reason: Reason, severity: Severity
) -> None:
    world = World(monitor=watched(down_after=5))
    await world.tick()
    asked = world.now = NOON + HOUR
    await world.tick()
    before = len(world.sent)
    await world.tick(key_of(check))
    (first, _), (repeat, _) = world.sent[before:]
    assert repeat - first == world.took
    (alert,) = alerts(world)
    assert (alert.kind, alert.severity, alert.check) == (AlertKind.OPENED, severity, check)
    assert alert.created_at - asked < SECOND
    assert the_incident(world, key_of(check)).reason is reason
    assert world.health().status is Status.UP
    assert {move.check for record in world.records for move in record.transitions} == {Check.DELIVERY, check}
    assert all(move.check is check or move.status is not Status.DOWN for move in transitions(world))


def transitions(world: World) -> Iterator[Any]:
    return (move for record in world.records for move in record.transitions)


@pytest.mark.parametrize("check", HOSTILE)
@pytest.mark.parametrize(
    "second", [a_reply(401), a_reply(429), a_reply(503), a_failed_reply(FailureKind.TIMED_OUT, Phase.WAIT)]
)
async def test_a_repeat_that_does_not_agree_is_told_to_nobody(check: Check, second: Reply) -> None:
    answers = iter([a_reply(200), a_reply(200), second])
    world = World(monitor=watched(), listener=lambda _: next(answers, a_reply(401)))
    await world.tick()
    await world.tick(key_of(check))
    assert [alert for alert in alerts(world) if alert.severity is Severity.CRITICAL] == []
    assert world.watch.incident(key_of(check)) is None


async def test_valid_and_forged_events_accepted_alike_mean_that_verification_is_off() -> None:
    world = World(monitor=watched())
    await world.tick()
    await world.tick(FORGED)
    (alert,) = alerts(world)
    assert "verification is off" in the_incident(world, FORGED).diagnosis
    assert "verification is off" in alert.message.explanation


@pytest.mark.parametrize("check", HOSTILE)
async def test_a_listener_that_refuses_what_it_must_refuse_is_no_news(check: Check) -> None:
    """A stale event is rightly signed: this listener looks at the time as well."""
    world = World(monitor=watched())

    def strict(delivery: Delivery) -> Reply:
        sent = int(dict(delivery.headers)["X-Time"])
        fresh = abs(world.now.timestamp() - sent) < 300
        return a_reply(200 if fresh and is_signed(delivery, "correct-horse-battery") else 401)

    world.listener = strict
    await world.tick()
    await world.tick(key_of(check))
    assert world.health(key_of(check)).reason is Reason.REFUSED
    assert len(world.sent) == 2
    assert alerts(world) == []


# --- crashed ------------------------------------------------------------------------------------------------


async def test_a_crash_on_a_forged_event_is_looked_at_again_after_a_minute_and_is_minor() -> None:
    world = World(monitor=watched(), listener=Verifier(no=lambda: a_reply(500)))
    await world.tick()
    await world.tick(FORGED)
    first, second = hostile_times(world)
    assert second - first == MINUTE
    assert the_incident(world, FORGED).severity is Severity.MINOR
    assert world.health().status is Status.UP


async def test_a_crash_on_an_unsigned_event_is_noted_and_ends_what_was_open() -> None:
    listener = Verifier(no=lambda: a_reply(200))
    world = World(monitor=watched(), listener=listener)
    unsigned = key_of(Check.UNSIGNED)
    await world.tick()
    await world.tick(unsigned)
    assert [alert.kind for alert in alerts(world)] == [AlertKind.OPENED]
    listener.no = lambda: a_reply(500)
    world.now = NOON + DAY
    await world.tick()
    await world.tick(unsigned)
    assert [alert.kind for alert in alerts(world)] == [AlertKind.OPENED, AlertKind.RECOVERED]
    assert world.watch.incident(unsigned) is None
    assert world.health(unsigned).reason is Reason.VERIFIER_CRASHED


async def test_a_daily_check_confirms_after_a_minute_and_not_after_a_day() -> None:
    answers = iter([200, 409, 200, 409])
    world = World(monitor=watched(), listener=lambda _: a_reply(next(answers)))
    await world.tick(key_of(Check.DUPLICATE))
    (first, _), (again, _), (confirming, _), _ = world.sent
    assert again - first >= SECOND
    assert confirming - first == MINUTE
    assert the_incident(world, key_of(Check.DUPLICATE)).reason is Reason.DUPLICATE_REFUSED
    assert world.health().status is Status.UNKNOWN


# --- what a pair says ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("refusal", "reason", "said"),
    [
        (a_reply(401), Reason.SIGNATURE_REFUSED, "secret mismatch, or body altered before verification"),
        (a_reply(403), Reason.SIGNATURE_REFUSED, "secret mismatch, or body altered before verification"),
        (a_reply(400), Reason.CLIENT_ERROR, "secret mismatch, or body altered before verification"),
        (a_reply(404), Reason.CLIENT_ERROR, "routing, proxy and firewall"),
        (a_reply(200, body=PAGE), Reason.WRONG_ANSWER, "something else answers at this URL"),
    ],
)
@pytest.mark.parametrize("keep_bodies", [True, False])
async def test_a_confirmed_refusal_is_asked_with_one_forged_event_and_says_what_the_pair_says(
    refusal: Reply, reason: Reason, said: str, *, keep_bodies: bool
) -> None:
    world = World(monitor=watched(keep_bodies=keep_bodies))
    await world.tick()
    world.listener = lambda _: refusal
    await world.run(NOON + 10 * MINUTE)
    (forged,) = [at for at, delivery in world.sent if not is_signed(delivery, "correct-horse-battery")]
    (alert,) = alerts(world)
    assert the_incident(world).reason is reason
    assert said in the_incident(world).diagnosis
    assert said in alert.message.explanation
    assert timedelta(0) <= alert.created_at - forged < SECOND
    assert world.health(FORGED).last_verdict is None
    assert [record for record in world.records if record.key == FORGED] == []
    results = [record.result for record in world.records if record.result]
    assert keep_bodies or not [result for result in results if result.reply.body]


@pytest.mark.parametrize("refusal", [a_reply(503), a_reply(302), a_reply(410), a_failed_reply()])
async def test_what_is_no_refusal_is_not_asked_with_a_forged_event(refusal: Reply) -> None:
    world = World(monitor=watched())
    await world.tick()
    world.listener = lambda _: refusal
    await world.run(NOON + 5 * MINUTE)
    assert hostile_times(world) == []
    assert the_incident(world).diagnosis == ""


async def test_a_refusal_that_follows_another_failure_is_asked_as_well() -> None:
    """A deploy: it is away for a while, and comes back with another secret."""
    world = World(monitor=watched())
    await world.tick()
    world.listener = lambda _: a_reply(503)
    await world.run(NOON + 3 * MINUTE)
    world.listener = lambda _: a_reply(401)
    await world.run(NOON + 10 * MINUTE)
    assert len(hostile_times(world)) == 1
    assert "secret mismatch" in the_incident(world).diagnosis


async def test_a_listener_that_cannot_decide_how_to_fail_is_asked_once() -> None:
    world = World(monitor=watched())
    await world.tick()
    turn = iter(range(1_000))
    world.listener = lambda _: a_reply(401 if next(turn) % 3 else 503)
    await world.run(NOON + HOUR)
    assert len(hostile_times(world)) == 1


async def test_one_refusal_is_an_accident_and_asked_about_by_nobody() -> None:
    answers = iter([200, 401])
    world = World(monitor=watched(), listener=lambda _: a_reply(next(answers, 200)))
    await world.run(NOON + 5 * MINUTE)
    assert hostile_times(world) == []


async def test_a_refusal_is_asked_about_however_short_the_interval_is() -> None:
    """The confirming probe comes after more than two intervals: it is no gap, we were silent on purpose."""
    plans = (CheckPlan(check=Check.DELIVERY, every=5 * SECOND), CheckPlan(check=Check.FORGED, every=HOUR))
    world = World(monitor=watched(checks=plans, interval=5 * SECOND))
    await world.tick()
    world.listener = lambda _: a_reply(401)
    world.now = NOON + 5 * SECOND
    await world.tick()
    assert "secret mismatch" in the_incident(world).diagnosis


async def test_with_several_secrets_the_incident_says_which_is_accepted() -> None:
    secrets = (Secret("the-new-secret"), Secret("the-old-secret"))
    world = World(monitor=watched(secrets=secrets), listener=Verifier(secrets=("the-new-secret",)))
    await world.tick()
    world.listener = Verifier(secrets=("the-old-secret",))
    await world.run(NOON + 2 * MINUTE)
    words = "of 2 secrets, the listener accepts the second"
    assert words in the_incident(world).diagnosis
    assert words in alerts(world)[0].message.explanation
    assert "the-old-secret" not in repr(world.records)


async def test_what_is_known_of_a_pair_is_told_though_the_rest_takes_too_long() -> None:
    secrets = (Secret("the-new-secret"), Secret("the-old-secret"))
    world = World(monitor=watched(secrets=secrets))
    quick = world.pipeline._outside.send

    async def late(delivery: Delivery) -> Reply:
        if is_signed(delivery, "the-old-secret"):
            await asyncio.Event().wait()
        return await quick(delivery)

    with_outside(world, send=late)
    world.listener = lambda _: a_reply(401)
    world.pipeline.start(DELIVERY, world.now)
    await world.pipeline.drain(10)
    assert "secret mismatch" in the_incident(world).diagnosis


async def test_a_listener_that_verifies_later_is_asked_nothing_hostile() -> None:
    world = World(monitor=watched(verifies_later=True))
    await world.tick()
    for check in HOSTILE:
        await world.tick(key_of(check))
        assert world.health(key_of(check)).status is Status.UNKNOWN
        assert world.health(key_of(check)).last_verdict is Reason.SKIPPED
    world.listener = lambda _: a_reply(401)
    await world.run(NOON + 5 * MINUTE)
    assert hostile_times(world) == []
    assert alerts(world)[0].check is Check.DELIVERY


# --- taking turns -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("check", HOSTILE)
async def test_hostile_probes_wait_while_valid_events_fail_and_go_once_they_are_acknowledged(
    check: Check,
) -> None:
    world = World(monitor=watched(), listener=lambda _: a_reply(503))
    await world.tick()
    await world.tick(key_of(check))
    assert hostile_times(world) == []
    assert world.health(key_of(check)).last_verdict is None
    world.listener = Verifier()
    world.now += 30 * SECOND
    await world.tick()
    await world.pipeline.drain(5)
    assert world.health(key_of(check)).last_verdict in {Reason.REFUSED, Reason.STALE_ACCEPTED}


async def test_no_two_hostile_probes_reach_a_host_within_a_minute_whosever_they_are() -> None:
    """The immediate repeat of what was accepted excepted; and the minute begins with it."""
    town = [watched(id=name, url=f"https://api.example.com/{name}") for name in ("a", "b", "c")]
    world = with_monitors(World(took=5 * SECOND), *town)
    world.listener = Verifier(no=lambda: a_reply(200))
    for monitor in town:
        await world.tick(key_of(Check.DELIVERY, monitor.id))
    for monitor in town:
        for check in (Check.FORGED, Check.UNSIGNED):
            await world.tick(key_of(check, monitor.id))
    times = hostile_times(world)
    assert len(times) == 12
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert gaps[::2] == [5 * SECOND] * 6
    assert all(gap >= MINUTE for gap in gaps[1::2])


async def test_another_host_need_not_wait() -> None:
    town = [watched(id=name, url=f"https://{name}.example.com/hook") for name in ("a", "b")]
    world = with_monitors(World(listener=Verifier()), *town)
    for monitor in town:
        await world.tick(key_of(Check.DELIVERY, monitor.id))
        await world.tick(key_of(Check.FORGED, monitor.id))
    first, second = hostile_times(world)
    assert second - first < SECOND


async def test_a_listener_that_begins_to_fail_while_a_probe_waits_for_its_turn_gets_none() -> None:
    town = [watched(id=name, url=f"https://api.example.com/{name}") for name in ("a", "b")]
    world = with_monitors(World(listener=Verifier()), *town)
    slept = world._sleep

    async def meanwhile(seconds: float) -> None:
        if seconds > 40:  # the wait for the turn, and not the one before a confirming probe
            world.listener = lambda _: a_reply(503)
            world.pipeline.start(key_of(Check.DELIVERY, "b"), world.now)
            await asyncio.sleep(0.01)
        await slept(seconds)

    with_outside(world, sleep=meanwhile)
    for monitor in town:
        await world.tick(key_of(Check.DELIVERY, monitor.id))
    await world.tick(key_of(Check.FORGED, "a"))
    await world.tick(key_of(Check.FORGED, "b"))
    assert len(hostile_times(world)) == 1
    assert "delivery_failing" in world.skipped


async def test_right_after_a_hostile_probe_a_refusal_is_asked_about_a_minute_later() -> None:
    world = World(monitor=watched(), listener=Verifier())
    await world.tick()
    world.now = NOON + 20 * SECOND
    await world.tick(FORGED)
    world.listener = lambda _: a_reply(401)
    world.now = NOON + 30 * SECOND
    await world.run(NOON + 5 * MINUTE)
    first, asked = hostile_times(world)
    assert MINUTE <= asked - first <= 2 * MINUTE
    assert "secret mismatch" in the_incident(world).diagnosis
    (alert,) = alerts(world)
    assert alert.created_at < asked


async def test_a_forged_event_out_of_turn_makes_those_in_turn_wait() -> None:
    """A refusal was asked about in the meantime: the minute begins with that."""
    town = [watched(id=name, url=f"https://api.example.com/{name}") for name in ("a", "b")]
    world = with_monitors(World(listener=Verifier()), *town)
    slept = world._sleep
    out_of_turn: list[datetime] = []

    async def meanwhile(seconds: float) -> None:
        await slept(seconds / 2)
        if not out_of_turn:
            world.pipeline._turnstile.sent(town[0], world.now)
            out_of_turn.append(world.now)
        await slept(seconds / 2)

    with_outside(world, sleep=meanwhile)
    for monitor in town:
        await world.tick(key_of(Check.DELIVERY, monitor.id))
    await world.tick(key_of(Check.FORGED, "a"))
    await world.tick(key_of(Check.FORGED, "b"))
    assert hostile_times(world)[-1] - out_of_turn[0] >= MINUTE


async def test_a_second_outage_is_asked_about_as_the_first_was() -> None:
    """Also where it has to wait a minute: what was asked about the first outage says nothing of this one."""
    world = World(monitor=watched(), listener=Verifier())
    await world.tick()
    world.listener = lambda _: a_reply(401)
    await world.run(NOON + 3 * MINUTE)
    world.listener = Verifier()
    await world.run(NOON + 6 * MINUTE)
    world.now = NOON + 6 * MINUTE + 20 * SECOND
    await world.tick(FORGED)
    world.listener = lambda _: a_reply(401)
    world.now = NOON + 6 * MINUTE + 30 * SECOND
    await world.run(NOON + 12 * MINUTE)
    assert len(hostile_times(world)) == 3
    assert "secret mismatch" in the_incident(world).diagnosis


async def test_a_second_outage_that_begins_in_another_way_is_asked_about_as_well() -> None:
    world = World(monitor=watched(), listener=Verifier())
    await world.tick()
    answers = {3: a_reply(401), 6: a_reply(200), 9: a_reply(503), 15: a_reply(401)}  # until that minute
    world.listener = lambda _: next(
        answer for until, answer in answers.items() if world.now < NOON + until * MINUTE
    )
    await world.run(NOON + 14 * MINUTE)
    assert len(hostile_times(world)) == 2
    assert "secret mismatch" in the_incident(world).diagnosis
