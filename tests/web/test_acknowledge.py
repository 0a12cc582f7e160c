"""The link in an alert: what a person, a preview and a stranger get there."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest

from monitor.core import incidents
from monitor.core.incidents import Gathered
from monitor.core.model import Deed, Happened, IncidentEvent, Secret, Site
from monitor.core.tokens import Action, Keyring, Ticket, read_ticket, ticket_token
from monitor.errors import DatabaseAway, NotPossible
from monitor.web import House, public_app
from tests.makers import NOON
from tests.web.browser import chromium, visitor
from tests.web.houses import AN_INCIDENT, Stage, visiting
from tests.web.serving import served

KEYS = Keyring((Secret("k" * 32),))
TICKET = Ticket(action=Action.ACKNOWLEDGE, incident=7, notifier="oncall", made_at=NOON)
TOKEN = ticket_token(KEYS, TICKET)
LINK = f"/ack/{TOKEN}"


@dataclass
class Team:
    """One incident, and what was done about it."""

    found: Gathered = field(default_factory=lambda: Gathered(number=7, parts=(AN_INCIDENT,)))
    deeds: list[Deed] = field(default_factory=list)
    away: bool = False
    refusal: str = ""

    async def find(self, number: int) -> Gathered:
        if self.away:
            raise DatabaseAway("gone")
        if number != self.found.number:
            raise NotPossible(f"there is no incident {number}", missing=True)
        return self.found

    async def act(self, number: int, deed: Deed) -> Gathered:
        if self.refusal:
            raise NotPossible(self.refusal)
        self.deeds.append(deed)
        line = IncidentEvent(number=number, origin=number, at=NOON, kind=deed.kind, who=deed.who)
        self.found = replace(self.found, handling=incidents.after(self.found.handling, line))
        return self.found


@dataclass
class Door:
    """The public socket, with a team behind it."""

    stage: Stage = field(default_factory=Stage)
    team: Team = field(default_factory=Team)

    def house(self) -> House:
        return replace(
            self.stage.house(), responders=self.team, ticket=lambda token: read_ticket(KEYS, token)
        )


@pytest.fixture
def door() -> Door:
    return Door()


@pytest.fixture
async def person(door: Door) -> AsyncIterator[httpx.AsyncClient]:
    async with visiting(public_app(door.house()), base="https://status.example") as client:
        yield client


async def test_looking_at_a_link_changes_nothing(person: httpx.AsyncClient, door: Door) -> None:
    for method in ("GET", "HEAD"):
        answer = await person.request(method, LINK)
        assert answer.status_code == 200
    page = await person.get(LINK)
    assert "Acknowledge incident #7?" in page.text
    assert "billing: answers with a server error (5xx)" in page.text
    assert "10.1.2.3" not in page.text  # what it answered is not for everybody
    assert door.team.deeds == []
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["x-robots-tag"] == "noindex, nofollow"
    assert page.headers["cache-control"] == "no-store"
    assert "form-action 'self'" in page.headers["content-security-policy"]
    assert "script" not in page.headers["content-security-policy"] + page.text


async def test_the_form_acts_once_and_says_who(person: httpx.AsyncClient, door: Door) -> None:
    answer = await person.post(LINK, data={"token": TOKEN, "who": " Anna\n Berg "}, follow_redirects=True)
    assert answer.status_code == 200
    assert "Anna Berg has it in hand since 12:00:00 UTC" in answer.text
    assert "<form" not in answer.text
    again = await person.post(LINK, data={"token": TOKEN, "who": "Ben"})
    assert "Anna Berg has it in hand" in again.text
    assert [(deed.kind, deed.who) for deed in door.team.deeds] == [(Happened.ACKNOWLEDGED, "Anna Berg")]


async def test_who_gives_no_name_is_named_by_where_the_alert_went(
    person: httpx.AsyncClient, door: Door
) -> None:
    await person.post(LINK, data={"token": TOKEN, "who": ""})
    assert [deed.who for deed in door.team.deeds] == ["somebody at oncall"]


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"who": "Mallory"}, 403),
        ({"token": ticket_token(KEYS, replace(TICKET, incident=8)), "who": "Mallory"}, 403),
        ({"token": TOKEN, "who": "x" * 3000}, 400),
        ({f"field{number}": "x" for number in range(9)}, 400),
    ],
)
async def test_only_the_form_of_the_page_acts(
    person: httpx.AsyncClient, door: Door, form: dict[str, str], status: int
) -> None:
    assert (await person.post(LINK, data=form)).status_code == status
    assert door.team.deeds == []


async def test_what_no_form_sends_does_nothing(person: httpx.AsyncClient, door: Door) -> None:
    assert (await person.post(LINK, json={"token": TOKEN})).status_code == 400
    assert (await person.post(LINK)).status_code == 400
    assert (await person.delete(LINK)).status_code == 405
    assert door.team.deeds == []


@pytest.mark.parametrize(
    "token",
    ["x", TOKEN[:-1], TOKEN + "A", "é", "a" * 2000, ticket_token(Keyring((Secret("q" * 32),)), TICKET)],
)
async def test_a_link_that_is_not_ours_leads_nowhere(person: httpx.AsyncClient, token: str) -> None:
    answer = await person.get(f"/ack/{token}")
    assert answer.status_code == 404
    assert (await person.post(f"/ack/{token}", data={"token": token})).status_code == 404


async def test_a_link_dies_after_a_day(person: httpx.AsyncClient, door: Door) -> None:
    door.stage.now = NOON + timedelta(hours=24, seconds=1)
    assert (await person.get(LINK)).status_code == 410
    answer = await person.post(LINK, data={"token": TOKEN})
    assert answer.status_code == 410
    assert "older than a day" in answer.text
    assert door.team.deeds == []


async def test_times_are_told_in_the_zone_of_the_site_too(person: httpx.AsyncClient, door: Door) -> None:
    door.stage.config = replace(door.stage.config, site=Site(zone=ZoneInfo("Europe/Berlin")))
    page = await person.get(LINK)
    assert re.search(r"Open since \d\d:\d\d:\d\d CET \(\d\d:\d\d:\d\d UTC\)", page.text)
    answer = await person.post(LINK, data={"token": TOKEN, "who": "Anna"}, follow_redirects=True)
    assert "in hand since 13:00:00 CET (12:00:00 UTC)" in answer.text


async def test_a_link_dies_when_the_incident_is_over_and_stays_dead(
    person: httpx.AsyncClient, door: Door
) -> None:
    part, later = AN_INCIDENT, NOON + timedelta(minutes=5)
    door.team.found = replace(door.team.found, parts=(replace(part, ended_at=later),))
    answer = await person.post(LINK, data={"token": TOKEN})
    assert answer.status_code == 410
    assert "is over since 12:05:00 UTC" in answer.text
    reopened = replace(door.team.found.handling, reopened_at=later)
    door.team.found = replace(door.team.found, handling=reopened)
    assert (await person.post(LINK, data={"token": TOKEN})).status_code == 410
    assert door.team.deeds == []


async def test_a_link_that_is_followed_too_often_asks_for_patience(
    person: httpx.AsyncClient, door: Door
) -> None:
    answers = [(await person.get(LINK)).status_code for _ in range(32)]
    assert answers.count(200) == 30
    assert answers[-1] == 429
    door.stage.now += timedelta(seconds=61)
    assert (await person.get(LINK)).status_code == 200


async def test_while_the_database_is_away_or_another_owns_the_clock_it_says_so(
    person: httpx.AsyncClient, door: Door
) -> None:
    door.team.away = True
    answer = await person.post(LINK, data={"token": TOKEN})
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    async with visiting(
        public_app(House.standing_by(now=lambda: NOON)), base="https://status.example"
    ) as client:
        assert (await client.get(LINK)).status_code == 503
        assert (await client.post(LINK, data={"token": TOKEN})).status_code == 503


@pytest.mark.real
@pytest.mark.parametrize(("dark", "width"), [(False, 1100), (True, 390)])
async def test_a_browser_acknowledges_without_scripts_or_a_complaint(
    door: Door, *, dark: bool, width: int
) -> None:
    async with (
        chromium() as browser,
        served(public_app(door.house())) as base,
        visitor(browser, dark=dark, width=width) as seen,
    ):
        await seen.page.goto(base + LINK)
        assert await seen.page.inner_text("h1") == "Acknowledge incident #7?"
        await seen.page.fill("#who", "Anna")
        await seen.page.click("button")
        await seen.page.wait_for_selector("text=Anna has it in hand")
        assert await seen.all_complaints() == []
    assert [deed.who for deed in door.team.deeds] == ["Anna"]
