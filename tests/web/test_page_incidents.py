"""Incidents on the public page: one entry each, only what may be seen, and what was learned."""

from dataclasses import replace
from datetime import timedelta

from monitor.core.model import (
    Check,
    Closing,
    Config,
    Handling,
    Happened,
    IncidentEvent,
    Public,
    Reason,
    Severity,
    Status,
)
from monitor.web import public_app
from tests.makers import NOON, a_monitor
from tests.web.houses import AN_INCIDENT, Stage, visiting

PAYMENTS = a_monitor(public=Public(name="Payments"))
SHOP = a_monitor(id="shop", public=Public(name="Shop"))
SECRET = a_monitor(id="backstage")


def a_stage() -> Stage:
    stage = Stage(config=Config(monitors=(PAYMENTS, SHOP, SECRET)))
    for monitor in stage.config.monitors:
        stage.hold(monitor, Status.DOWN, Reason.SERVER_ERROR)
        stage.open(monitor, 7, Reason.SERVER_ERROR)
    return stage


async def page(stage: Stage, handling: Handling | None = None) -> str:
    house = stage.house()
    snapshot = house.snapshot
    if handling:
        house = replace(house, snapshot=lambda: replace(snapshot(), handlings={7: handling}))
    async with visiting(public_app(house), base="https://status.example") as client:
        return (await client.get("/")).text


async def test_an_incident_of_several_components_is_one_entry() -> None:
    shown = await page(a_stage())
    assert shown.count('<li class="incident') == 1
    assert "and one other are down" in shown
    assert "Affected: " in shown
    assert "backstage" not in shown


async def test_an_acknowledged_one_is_being_investigated_and_nobody_learns_by_whom() -> None:
    shown = await page(a_stage(), Handling(acknowledged_at=NOON, acknowledged_by="anna"))
    assert "It is being investigated." in shown
    assert "anna" not in shown
    assert "investigated" not in await page(a_stage())


def over(stage: Stage, *, public: bool) -> Stage:
    """End it, and keep what was learned."""
    ended = replace(AN_INCIDENT, ended_at=NOON - timedelta(minutes=30), closing=Closing.RECOVERED)
    stage.incidents.clear()
    stage.history.told = [ended, replace(ended, monitor="shop")]
    stage.history.lines = [
        IncidentEvent(
            number=7,
            origin=7,
            at=NOON,
            kind=Happened.POST_MORTEM,
            who="anna",
            words="The <disk> was full.\nIt is watched now.",
            public=public,
        )
    ]
    return stage


async def test_a_post_mortem_is_shown_only_if_it_was_declared_public() -> None:
    shown = await page(over(a_stage(), public=True))
    assert "The &lt;disk&gt; was full.\nIt is watched now." in shown
    assert "and one other were down" in shown
    assert "anna" not in shown
    assert "disk" not in await page(over(a_stage(), public=False))


async def test_a_finding_is_no_entry_even_beside_an_outage() -> None:
    stage = Stage(config=Config(monitors=(PAYMENTS,)))
    stage.open(PAYMENTS, 7, Reason.FORGERY_ACCEPTED, check=Check.FORGED, severity=Severity.CRITICAL)
    shown = await page(stage, Handling(acknowledged_at=NOON))
    assert '<li class="incident' not in shown
    assert "investigated" not in shown
