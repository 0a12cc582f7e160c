"""What people do about incidents, by the operator's API."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from monitor.core.model import AlertKind, Deed, Happened, Held, Hush, HushedBy, IncidentEvent, QueuedAlert
from monitor.web import House, operator_app
from tests.makers import NOON, SECOND, a_monitor
from tests.store.records import an_alert
from tests.web.houses import AN_INCIDENT, Stage, visiting
from tests.web.test_acknowledge import Team

API = "/api/v1/incidents/7"


class Office:
    """A house in which somebody acts."""

    def __init__(self) -> None:
        self.stage, self.team = Stage(), Team()
        self.stage.history.told = [AN_INCIDENT]

    def house(self) -> House:
        return replace(self.stage.house(), responders=self.team)


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
async def client(office: Office) -> AsyncIterator[httpx.AsyncClient]:
    async with visiting(operator_app(office.house(), token=None)) as visitor:
        yield visitor


@pytest.mark.parametrize(
    ("path", "body", "deed"),
    [
        ("acknowledge", {"who": "anna"}, Deed(kind=Happened.ACKNOWLEDGED, who="anna")),
        (
            "acknowledge",
            {"who": " an\nna\u202e\a ", "text": "me"},
            Deed(kind=Happened.ACKNOWLEDGED, who="an na", words="me"),
        ),
        ("note", {"who": "anna", "text": "disk"}, Deed(kind=Happened.NOTED, who="anna", words="disk")),
        ("assign", {"who": "anna", "to": "ben"}, Deed(kind=Happened.ASSIGNED, who="anna", words="ben")),
        ("resolve", {"who": "anna"}, Deed(kind=Happened.RESOLVED, who="anna")),
        ("reopen", {"who": "anna"}, Deed(kind=Happened.REOPENED, who="anna")),
        ("merge", {"who": "anna", "into": 7}, Deed(kind=Happened.MERGED, who="anna", into=7)),
        (
            "post-mortem",
            {"who": "anna", "text": "Learned.", "public": True},
            Deed(kind=Happened.POST_MORTEM, who="anna", words="Learned.", public=True),
        ),
    ],
)
async def test_each_action_has_an_address(
    client: httpx.AsyncClient, office: Office, path: str, body: dict[str, Any], deed: Deed
) -> None:
    answer = await client.post(f"{API}/{path}", json=body)
    assert answer.status_code == 200, answer.text
    assert answer.json()["number"] == 7
    assert office.team.deeds == [deed]


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("acknowledge", {}, "body.who"),
        ("acknowledge", {"who": "  "}, "body.who"),
        ("acknowledge", {"who": "x" * 101}, "body.who"),
        ("acknowledge", {"who": "anna", "txet": "?"}, "txet"),
        ("note", {"who": "anna", "text": ""}, "body.text"),
        ("note", {"who": "anna", "text": "x" * 20_001}, "body.text"),
        ("merge", {"who": "anna", "into": "x"}, "body.into"),
    ],
)
async def test_what_cannot_be_understood_is_422_and_says_where(
    client: httpx.AsyncClient, office: Office, path: str, body: dict[str, Any], said: str
) -> None:
    answer = await client.post(f"{API}/{path}", json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert said in answer.json()["detail"]
    assert office.team.deeds == []


async def test_what_is_not_possible_is_said_in_words(client: httpx.AsyncClient, office: Office) -> None:
    office.team.refusal = "#7 is over since noon"
    answer = await client.post(f"{API}/acknowledge", json={"who": "anna"})
    assert (answer.status_code, answer.json()["detail"]) == (409, "#7 is over since noon")


async def test_on_a_process_that_stands_by_nobody_acts() -> None:
    async with visiting(operator_app(House.standing_by(now=lambda: NOON), token=None)) as client:
        assert (await client.post(f"{API}/acknowledge", json={"who": "anna"})).status_code == 503


async def test_an_incident_is_shown_whole_with_what_happened(
    client: httpx.AsyncClient, office: Office
) -> None:
    office.stage.config = replace(office.stage.config, monitors=(a_monitor(),))
    other = replace(AN_INCIDENT, monitor="orders", confirmed_at=NOON, ended_at=NOON + 9 * SECOND)
    office.stage.history.told = [AN_INCIDENT, other]
    office.stage.history.lines = [
        IncidentEvent(number=7, origin=7, at=NOON, kind=Happened.ACKNOWLEDGED, who="anna", words="on it")
    ]
    alert = an_alert(incident=7)
    sent = QueuedAlert(alert=alert, attempts=1, due_at=NOON, sent_at=NOON + SECOND)
    later = replace(sent, alert=an_alert(key="2", notifier="boss", incident=7))  # they left together
    office.stage.history.queued = [(1, sent), (2, later)]
    shown = (await client.get(API)).json()
    assert [part["monitor"] for part in shown["affected"]] == ["billing", "orders"]
    assert (shown["ended_at"], shown["acknowledged_by"]) == (None, "anna")
    assert [(line["kind"], line["who"]) for line in shown["timeline"]] == [
        ("acknowledged", "anna"),
        ("told", "oncall"),
        ("told", "boss"),
    ]


async def test_an_incident_is_held_back_only_while_all_that_fails_of_it_is(
    client: httpx.AsyncClient, office: Office
) -> None:
    held = Held(kind=AlertKind.OPENED, hush=Hush(by=HushedBy.PARENT, name="gate"))
    child, other = replace(AN_INCIDENT, held=held), replace(AN_INCIDENT, monitor="orders")
    office.stage.history.told = [child, other]
    assert (await client.get(API)).json()["held"] is None
    office.stage.history.told = [child, replace(other, ended_at=NOON + 9 * SECOND)]
    assert (await client.get(API)).json()["held"]["name"] == "gate"


async def test_one_that_was_merged_is_found_where_it_is_now(
    client: httpx.AsyncClient, office: Office
) -> None:
    office.stage.history.lines = [
        IncidentEvent(number=3, origin=3, at=NOON, kind=Happened.MERGED_INTO, who="anna", other=7)
    ]
    assert (await client.get("/api/v1/incidents/3")).json()["number"] == 7
    assert (await client.get("/api/v1/incidents/4")).status_code == 404
