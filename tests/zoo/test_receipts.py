"""Every defect of the far end is found under its right name, and a healthy zoo gives no alarm."""

from datetime import timedelta

import pytest

from monitor.core.model import Check, CheckKey, CheckPlan, Outcome, Reason, ReceiptPlan, Severity, Status
from monitor.core.providers import PROVIDERS
from monitor.demo.places import Listener
from tests.zoo.animals import GOOD, Animal, Said, Working, after_verifying, always, healthy
from tests.zoo.test_zoo import A_DAY, INTERVAL, Planted, planted, watching
from tests.zoo.world import World

MINUTE = timedelta(minutes=1)
HOURS = timedelta(hours=3)
L, C, R, S = Listener, Check, Reason, Severity
EVERYTHING = always(GOOD)


def world_of(name: str, kind: Listener, animal: Animal, **changes: object) -> World:
    monitor = watching(
        name,
        kind,
        receipt=ReceiptPlan(within=MINUTE),
        checks=(CheckPlan(check=Check.RECEIPT, every=INTERVAL + MINUTE),),
        **changes,
    )
    return World(monitors=(monitor,), animals={name: animal})


FAR = [
    planted("lost", L.STRIPE, healthy(L.STRIPE), C.RECEIPT, R.NOT_PROCESSED, S.MAJOR),
    planted(
        "late", L.GITHUB, Working(healthy(L.GITHUB), after=90), C.RECEIPT, R.LATE, S.MINOR, Status.DEGRADED
    ),
    planted(
        "fails",
        L.STANDARD,
        Working(healthy(L.STANDARD), outcome=Outcome.FAILED, note="no such customer"),
        C.RECEIPT,
        R.PROCESSING_FAILED,
        S.MAJOR,
    ),
    planted(
        "twice",
        L.STRIPE,
        Working(healthy(L.STRIPE), once=False),
        C.DUPLICATE,
        R.PROCESSED_TWICE,
        S.MAJOR,
    ),
    planted(
        "forged-in",
        L.GITHUB,
        Working(healthy(L.GITHUB), lets_in=EVERYTHING),
        C.FORGED,
        R.FORGERY_PROCESSED,
        S.CRITICAL,
    ),
    planted(
        "does-it-anyway",
        L.SHOPIFY,
        Working(after_verifying(L.SHOPIFY, Said(status=500)), lets_in=healthy(L.SHOPIFY)),
        C.RECEIPT,
        R.REFUSED_BUT_PROCESSED,
        S.CRITICAL,
    ),
]


@pytest.mark.parametrize("defect", FAR, ids=lambda defect: defect.name)
async def test_a_defect_of_the_far_end_is_found_under_its_own_name(defect: Planted) -> None:
    world = world_of(defect.name, defect.kind, defect.animal)
    await world.run(HOURS if defect.check is Check.RECEIPT else A_DAY)
    key = CheckKey(defect.name, defect.check)
    incident = world.watch.incident(key)
    assert incident is not None, [result.verdict for result in world.results(key)][-3:]
    told = [alert for alert in world.alerts() if alert.check is defect.check]
    assert told[0].incident == incident.number
    assert world.watch.health(key).reason is defect.reason
    assert world.watch.health(key).status is defect.status
    if defect.name != "late":  # the first one that comes late is taken for lost, until it comes
        assert (incident.reason, incident.severity) == (defect.reason, defect.severity)
    assert world.failed == 0


async def test_twice_without_names_takes_two_duplicate_checks_in_a_row() -> None:
    animal = Working(healthy(L.STRIPE), once=False, named=False)
    world = world_of("nameless", L.STRIPE, animal)
    await world.run(A_DAY)
    assert world.alerts() == []
    await world.run(timedelta(hours=24))
    incident = world.watch.incident(CheckKey("nameless", Check.DUPLICATE))
    assert incident is not None
    assert incident.reason is Reason.PROCESSED_TWICE
    assert "receipt seen twice" in incident.message


async def test_a_finding_of_the_far_end_makes_no_probe_more_frequent() -> None:
    """An answer that is good does not ask again each minute whether it was mended."""
    world = world_of("twice", L.STRIPE, Working(healthy(L.STRIPE), once=False))
    await world.run(timedelta(days=3))
    assert len(world.results(CheckKey("twice", Check.DUPLICATE))) < 25


async def test_a_far_end_that_is_mended_is_told_so() -> None:
    animal = Working(healthy(L.STRIPE), once=False)
    world = world_of("mended", L.STRIPE, animal)
    await world.run(A_DAY)
    animal.once = True
    await world.run(timedelta(hours=26))
    assert world.watch.health(CheckKey("mended", Check.DUPLICATE)).status is Status.UP
    assert [alert.kind for alert in world.alerts() if alert.check is Check.DUPLICATE] == [
        "opened",
        "recovered",
    ]


async def test_who_verifies_after_the_answer_is_judged_by_what_comes_out() -> None:
    """It says yes to everything; its worker verifies."""
    animal = Working(EVERYTHING, lets_in=healthy(L.STRIPE))
    world = world_of("later", L.STRIPE, animal, verifies_later=True)
    await world.run(timedelta(hours=52))
    assert world.alerts() == []
    for check in (Check.FORGED, Check.TAMPERED, Check.UNSIGNED, Check.STALE):
        assert world.watch.health(CheckKey("later", check)).status is Status.UP, check


async def test_who_never_verifies_is_found_out_at_the_far_end() -> None:
    world = world_of("never", L.STRIPE, Working(EVERYTHING), verifies_later=True)
    await world.run(A_DAY)
    incident = world.watch.incident(CheckKey("never", Check.FORGED))
    assert incident is not None
    assert (incident.reason, incident.severity) == (Reason.FORGERY_PROCESSED, Severity.CRITICAL)


async def test_a_healthy_zoo_with_workers_gives_no_alarm_in_three_days() -> None:
    kinds = [kind for kind in Listener if kind in PROVIDERS and PROVIDERS[kind].event.receipt]
    worlds = [world_of(f"{kind}-healthy", kind, Working(healthy(kind))) for kind in kinds]
    monitors = tuple(monitor for world in worlds for monitor in world.monitors)
    animals = {name: animal for world in worlds for name, animal in world.animals.items()}
    world = World(monitors=monitors, animals=animals)
    await world.run(timedelta(days=3))
    assert world.alerts() == []
    assert world.failed == 0
    for key in world.watch.due:
        assert world.watch.health(key).status is Status.UP, key
