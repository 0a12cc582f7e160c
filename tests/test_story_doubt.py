"""What one probe does not prove: a crash beside an outage, an outage beside a good probe, time nobody saw."""

from dataclasses import replace
from datetime import timedelta

from monitor.core.model import AlertKind, Phases, Reason, Status
from tests.makers import NOON, SECOND, a_reply
from tests.test_story import DELIVERY, FORGED, World


async def test_hostile_probes_wait_while_valid_events_fail_and_go_once_one_is_acknowledged() -> None:
    world = World(listener=lambda _: a_reply(503))
    await world.tick()
    await world.tick(FORGED)
    assert world.skipped == ["delivery_failing"]
    answers = iter([200, 401])
    world.listener = lambda _: a_reply(next(answers))
    world.now += 30 * SECOND
    await world.tick()
    await world.pipeline.drain(5)
    assert world.health(FORGED).last_verdict is Reason.REFUSED


async def test_a_verifier_that_crashes_while_valid_events_arrive_is_found() -> None:
    answers = iter([200, 500, 500])
    world = World(listener=lambda _: a_reply(next(answers)))
    await world.tick()
    await world.tick(FORGED)
    assert world.health(FORGED).reason is Reason.VERIFIER_CRASHED
    assert world.sent[2][0] - world.sent[1][0] == 60 * SECOND


async def test_a_finding_that_is_mended_is_over_at_the_next_look_and_its_confirmation() -> None:
    answers = iter([200, 200, 200, 401, 401])
    world = World(listener=lambda _: a_reply(next(answers)))
    await world.tick()
    await world.tick(FORGED)
    assert world.watch.incident(FORGED) is not None
    world.now += timedelta(hours=1)
    await world.tick(FORGED)
    assert world.watch.incident(FORGED) is None


async def test_a_good_probe_after_a_silence_is_not_written_down_as_an_outage() -> None:
    world = World(listener=lambda _: a_reply(503))
    await world.tick()
    assert world.health().status is Status.DOWN
    world.listener = lambda _: a_reply(200)
    world.now = NOON + timedelta(minutes=10)
    before = len(world.records)
    await world.tick()
    seen = [one.status for record in world.records[before:] for one in record.transitions]
    assert Status.DOWN not in seen
    assert world.health().status is Status.UNKNOWN
    assert world.watch.incident(DELIVERY) is not None
    world.now += 30 * SECOND
    await world.tick()
    assert world.health().status is Status.UP
    assert world.watch.incident(DELIVERY) is None


async def test_an_all_clear_says_how_much_of_the_outage_nobody_saw() -> None:
    world = World(listener=lambda _: a_reply(503))
    await world.tick()
    world.listener = lambda _: a_reply(200)
    world.now = NOON + timedelta(minutes=10)
    await world.tick()
    world.now += 30 * SECOND
    await world.tick()
    (alert,) = [one for record in world.records for one in record.alerts if one.kind is AlertKind.RECOVERED]
    # The last failing probe was at 15 s; two intervals of 30 s later nothing is known, until 10 min.
    assert "after 10 min, 8 min 45 s of it not measured" in alert.message.headline


async def test_a_slow_listener_is_told_as_slow_and_not_as_failed() -> None:
    slow = a_reply(200, phases=Phases(wait=6.0))
    world = World(listener=lambda _: slow)
    await world.run(NOON + 90 * SECOND)
    (alert,) = [one for record in world.records for one in record.alerts]
    facts = dict(alert.message.facts)
    assert facts["probes too slow"] == "3"
    assert not [label for label in facts if "fail" in label and label != "what failed"]
    assert "slow since" in facts


async def test_the_all_clear_goes_to_those_who_heard_the_alarm() -> None:
    world = World(listener=lambda _: a_reply(503))
    await world.tick()
    other = replace(world.monitor, notify=("boss",))
    world.reload(other)
    world.listener = lambda _: a_reply(200)
    await world.run(world.now + 60 * SECOND)
    told = [(one.kind, one.notifier) for record in world.records for one in record.alerts]
    assert told == [(AlertKind.OPENED, "oncall"), (AlertKind.RECOVERED, "oncall")]
