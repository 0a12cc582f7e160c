"""Every defect is found under its right name, and a healthy zoo gives no alarm."""

import json
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from monitor.config.plans import DAILY, EVERY
from monitor.core.model import (
    AVAILABILITY,
    Check,
    CheckKey,
    CheckPlan,
    Monitor,
    Reason,
    Secret,
    Severity,
    Status,
)
from monitor.core.possible import OFF_UNLESS_ASKED, impossible
from monitor.core.providers import PROVIDERS, custom
from monitor.demo.http import Request
from monitor.demo.places import Listener
from tests.makers import a_monitor
from tests.zoo.animals import (
    GOOD,
    LOGIN,
    REFUSED,
    SECRETS,
    Animal,
    EveryThird,
    Remembering,
    Said,
    after_verifying,
    ageless,
    always,
    bodiless,
    crashing_on_forged,
    crashing_on_unsigned,
    healthy,
    lenient_without_signature,
    reserialising,
    swallowing,
)
from tests.zoo.world import World

INTERVAL = timedelta(minutes=5)
A_DAY = timedelta(hours=26)  # every daily check has had its turn, and its confirmation


def watching(name: str, kind: Listener, **changes: object) -> Monitor:
    provider = PROVIDERS[kind]
    base = a_monitor(
        id=name,
        url=f"https://{name}.example.com/hooks",
        provider=provider,
        event=provider.event,
        expect=provider.expect,
        secrets=(Secret(SECRETS[kind]),),
        interval=INTERVAL,
        checks=(),
    )
    monitor = replace(base, **changes)  # type: ignore[arg-type]  # any field
    asked = [check for check in Check if check not in OFF_UNLESS_ASKED | {Check.CERTIFICATE}]
    plans = tuple(
        CheckPlan(check=check, every=INTERVAL if check is Check.DELIVERY else EVERY.get(check, DAILY))
        for check in asked
        if impossible(check, monitor) is None
    )
    return replace(monitor, checks=plans + monitor.checks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """A defect, whom it was planted in, and what must be said of it, and how loudly."""

    name: str
    kind: Listener
    animal: Animal
    check: Check
    reason: Reason
    severity: Severity
    status: Status = Status.DOWN


def body_id(request: Request) -> str:
    return str(json.loads(request.body)["id"])


def planted(  # noqa: PLR0917  a row of the table
    name: str,
    kind: Listener,
    animal: Animal,
    check: Check,
    reason: Reason,
    severity: Severity,
    status: Status = Status.DOWN,
) -> Planted:
    return Planted(
        name=name,
        kind=kind,
        animal=animal,
        check=check,
        reason=reason,
        severity=severity,
        status=status,
    )


L, C, R, S = Listener, Check, Reason, Severity
DEGRADED = Status.DEGRADED
ZOO = [
    planted("verification-off", L.GITHUB, always(GOOD), C.FORGED, R.FORGERY_ACCEPTED, S.CRITICAL),
    planted("swallows", L.STRIPE, swallowing(L.STRIPE), C.FORGED, R.FORGERY_ACCEPTED, S.CRITICAL),
    planted("covers-no-body", L.GITHUB, bodiless(L.GITHUB), C.TAMPERED, R.TAMPERING_ACCEPTED, S.CRITICAL),
    planted(
        "lets-unsigned-pass",
        L.SHOPIFY,
        lenient_without_signature(L.SHOPIFY, "x-shopify-hmac-sha256"),
        C.UNSIGNED,
        R.UNSIGNED_ACCEPTED,
        S.CRITICAL,
    ),
    planted("ageless", L.STANDARD, ageless(L.STANDARD), C.STALE, R.STALE_ACCEPTED, S.WARNING),
    planted(
        "crashes-on-forged",
        L.GITHUB,
        crashing_on_forged(L.GITHUB),
        C.FORGED,
        R.VERIFIER_CRASHED,
        S.MINOR,
        DEGRADED,
    ),
    planted(
        "duplicate-500",
        L.STRIPE,
        Remembering(L.STRIPE, Said(status=500), body_id),
        C.DUPLICATE,
        R.DUPLICATE_REFUSED,
        S.WARNING,
        DEGRADED,
    ),
    planted(
        "duplicate-409",
        L.STRIPE,
        Remembering(L.STRIPE, Said(status=409), body_id),
        C.DUPLICATE,
        R.DUPLICATE_REFUSED,
        S.WARNING,
        DEGRADED,
    ),
    planted("refuses-all", L.SLACK, always(REFUSED), C.DELIVERY, R.SIGNATURE_REFUSED, S.MAJOR),
    planted("re-serialises", L.STRIPE, reserialising(L.STRIPE), C.DELIVERY, R.SIGNATURE_REFUSED, S.MAJOR),
    planted(
        "redirects",
        L.GITHUB,
        always(Said(status=301, headers=(("location", "https://www.example.com/hooks"),))),
        C.DELIVERY,
        R.REDIRECTED,
        S.MAJOR,
    ),
    planted(
        "login-page",
        L.STRIPE,
        always(Said(body=LOGIN, headers=(("content-type", "text/html"),))),
        C.DELIVERY,
        R.WRONG_ANSWER,
        S.MAJOR,
    ),
    planted("gone", L.STANDARD, always(Said(status=410)), C.DELIVERY, R.GONE, S.MAJOR),
    planted("rate-limits-github", L.GITHUB, always(Said(status=429)), C.DELIVERY, R.RATE_LIMITED, S.MAJOR),
    planted(
        "rate-limits-stripe",
        L.STRIPE,
        always(Said(status=429)),
        C.DELIVERY,
        R.RATE_LIMITED,
        S.MINOR,
        DEGRADED,
    ),
    planted("every-third", L.SHOPIFY, EveryThird(L.SHOPIFY), C.DELIVERY, R.FLAKY, S.MINOR, DEGRADED),
    planted(
        "slow",
        L.SLACK,
        after_verifying(L.SLACK, replace(GOOD, took=2.0)),
        C.DELIVERY,
        R.SLOW,
        S.MINOR,
        DEGRADED,
    ),
    planted("hangs", L.STANDARD, always(Said(hangs=True)), C.DELIVERY, R.TIMEOUT, S.MAJOR),
    planted("resets", L.GITHUB, always(Said(resets=True)), C.DELIVERY, R.PROTOCOL, S.MAJOR),
    planted("crashes", L.STRIPE, always(Said(status=500)), C.DELIVERY, R.SERVER_ERROR, S.MAJOR),
    planted("bad-request", L.SLACK, always(Said(status=400)), C.DELIVERY, R.CLIENT_ERROR, S.MAJOR),
]


@pytest.mark.parametrize("defect", ZOO, ids=lambda defect: defect.name)
async def test_a_defect_is_found_under_its_own_name(defect: Planted) -> None:
    world = World(monitors=(watching(defect.name, defect.kind),), animals={defect.name: defect.animal})
    await world.run(timedelta(hours=3) if defect.check is Check.DELIVERY else A_DAY)
    key = CheckKey(defect.name, defect.check)
    incident = world.watch.incident(key)
    assert incident is not None, [result.verdict for result in world.results(key)][-3:]
    assert (incident.reason, incident.severity) == (defect.reason, defect.severity)
    assert world.watch.health(key).status is defect.status
    first = [alert for alert in world.alerts() if alert.check is defect.check]
    assert first[0].incident == incident.number
    assert world.failed == 0


@pytest.mark.parametrize(
    "defect", [one for one in ZOO if one.check not in AVAILABILITY], ids=lambda one: one.name
)
async def test_a_finding_touches_nothing_else(defect: Planted) -> None:
    world = World(monitors=(watching(defect.name, defect.kind),), animals={defect.name: defect.animal})
    await world.run(A_DAY)
    assert world.watch.health(CheckKey(defect.name, Check.DELIVERY)).status is Status.UP
    told = {alert.check for alert in world.alerts()}
    assert not told & AVAILABILITY


async def test_an_unguarded_verifier_that_throws_without_a_signature_is_only_noted() -> None:
    animal = crashing_on_unsigned(Listener.GITHUB, "x-hub-signature-256")
    world = World(monitors=(watching("unguarded", Listener.GITHUB),), animals={"unguarded": animal})
    await world.run(timedelta(hours=50))
    verdicts = {result.verdict.reason for result in world.results(CheckKey("unguarded", Check.UNSIGNED))}
    assert verdicts == {Reason.VERIFIER_CRASHED}
    assert world.alerts() == []


async def test_a_framework_that_writes_the_body_anew_is_found_out_by_fidelity() -> None:
    """Its compact events pass; only one in the provider's own spacing shows what it verifies."""
    row = replace(custom(PROVIDERS["stripe"].scheme), respaced="indented")
    monitor = watching(
        "parser",
        Listener.STRIPE,
        provider=row,
        event=row.event,
        expect=row.expect,
        checks=(CheckPlan(check=Check.FIDELITY, every=timedelta(hours=6)),),
    )
    world = World(monitors=(monitor,), animals={"parser": reserialising(Listener.STRIPE)})
    await world.run(A_DAY)
    incident = world.watch.incident(CheckKey("parser", Check.FIDELITY))
    assert incident is not None
    assert (incident.reason, incident.severity) == (Reason.SIGNATURE_REFUSED, Severity.WARNING)
    assert world.watch.health(CheckKey("parser", Check.DELIVERY)).status is Status.UP


async def test_a_healthy_zoo_gives_no_alarm_in_three_days() -> None:
    kinds = [kind for kind in Listener if kind in PROVIDERS]
    monitors = tuple(watching(f"{kind}-healthy", kind) for kind in kinds)
    animals = {f"{kind}-healthy": healthy(kind) for kind in kinds}
    world = World(monitors=monitors, animals=animals)
    await world.run(timedelta(days=3))
    assert world.alerts() == []
    assert world.failed == 0
    for key in world.watch.due:
        assert world.watch.health(key).status is Status.UP, key
    asked = {key for key in world.watch.due if world.results(key)}
    assert asked == set(world.watch.due)
    assert set(world.skipped) <= {"delivery_failing"}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("refuses-all", "secret mismatch, or body altered before verification"),
        ("re-serialises", "secret mismatch, or body altered before verification"),
        ("login-page", "something else answers at this URL"),
    ],
)
async def test_a_refusal_is_told_with_what_a_forged_event_says_beside_it(name: str, words: str) -> None:
    (defect,) = (one for one in ZOO if one.name == name)
    world = World(monitors=(watching(name, defect.kind),), animals={name: defect.animal})
    await world.run(timedelta(hours=1))
    (alert,) = world.alerts()
    assert words in alert.message.explanation
    assert len([check for _, check in forged_of(world)]) == 1


def forged_of(world: World) -> list[tuple[str, Check]]:
    """The hostile probes that were sent: none of them a scheduled one, while deliveries fail."""
    valid = {result.event_id for result in world.results(CheckKey(world.monitors[0].id, Check.DELIVERY))}
    known = valid | {""}
    return [
        (delivery.event_id, Check.FORGED) for _, _, delivery in world.sent if delivery.event_id not in known
    ]
