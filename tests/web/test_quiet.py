"""Announced work and silences, as the operator asks for them and as the public is told of them."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from monitor.core.model import (
    AlertKind,
    Check,
    CheckKey,
    Config,
    Held,
    Hush,
    HushedBy,
    Occurrence,
    Public,
    Reason,
    Scope,
    Silence,
    Status,
    Window,
)
from monitor.errors import UsageError
from monitor.web import operator_app
from tests.makers import NOON, a_monitor, a_window
from tests.web.houses import Stage, visiting
from tests.web.test_page import text

API = "/api/v1"
HOUR = timedelta(hours=1)
PAYMENTS = a_monitor(public=Public(name="Payments", group="Incoming"))
NOW_OPEN = Occurrence(window=a_window(public="We exchange disks."), start=NOON, end=NOON + HOUR)


@dataclass
class Noted:
    """A board that keeps what is pinned to it."""

    windows: list[Window] = field(default_factory=list)
    silences: list[Silence] = field(default_factory=list)

    async def announce(self, **asked: Any) -> Window:
        if asked["zone"] == "Mars":
            raise UsageError("timezone: is no time zone")
        scope, length = asked["scope"], asked["length"] or HOUR
        made = a_window(name=asked["name"], scope=scope, length=length, number=len(self.windows) + 1)
        self.windows.append(made)
        return made

    async def end_window(self, number: int) -> Window:
        if number > len(self.windows):
            raise LookupError(f"no window with the number {number} was announced")
        return self.windows[number - 1]

    async def silence(self, **asked: Any) -> Silence:
        made = Silence(number=len(self.silences) + 1, since=NOON, **asked)
        self.silences.append(made)
        return made

    async def end_silence(self, number: int) -> Silence:
        if number > len(self.silences):
            raise LookupError(f"there is no silence {number}, or it is over")
        return self.silences[number - 1]


async def post(board: Noted, path: str, body: Any = None, **headers: str) -> httpx.Response:
    house = replace(Stage(config=Config(monitors=(PAYMENTS,))).house(), board=board)
    async with visiting(operator_app(house, token=None)) as client:
        return await client.post(f"{API}{path}", json=body, headers=headers)


async def get(stage: Stage, path: str) -> Any:
    async with visiting(stage.operator) as client:
        answer = await client.get(f"{API}{path}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_work_is_announced_with_what_it_is_at_and_how_long() -> None:
    board = Noted()
    answer = await post(board, "/maintenance", {"name": "disks", "tags": ["eu"], "duration_seconds": 600})
    assert answer.status_code == 200, answer.text
    assert (answer.json()["number"], answer.json()["open"]) == (1, True)
    assert board.windows[0].scope == Scope(tags=("eu",))
    assert board.windows[0].length == timedelta(minutes=10)
    assert (await post(board, "/maintenance/1/end")).json()["name"] == "disks"


async def test_a_silence_lasts_for_so_long_or_until_then() -> None:
    board = Noted()
    body = {"reason": "known", "monitors": ["billing"], "checks": ["forged"]}
    assert (await post(board, "/silences", {**body, "duration_seconds": 60})).status_code == 200
    assert (await post(board, "/silences", {**body, "until": "2026-03-01T13:00:00"})).status_code == 200
    assert [one.until for one in board.silences] == [NOON + timedelta(minutes=1), NOON + HOUR]
    assert board.silences[0].scope.checks == (Check.FORGED,)
    assert (await post(board, "/silences/2/end")).status_code == 200


@pytest.mark.parametrize(
    ("path", "body", "status", "words"),
    [
        ("/maintenance", {"name": "disks", "all": True, "timezone": "Mars"}, 422, "is no time zone"),
        ("/maintenance", {"name": " ", "all": True}, 422, "name"),
        ("/maintenance", {"name": "disks", "al": True}, 422, "body.al"),
        ("/maintenance", None, 422, "body"),
        ("/maintenance/9/end", None, 404, "no window with the number 9"),
        ("/silences", {"reason": "known", "all": True}, 422, "either until or duration_seconds"),
        ("/silences", {"reason": "known", "all": True, "duration_seconds": -1}, 422, "duration_seconds"),
        ("/silences", {"reason": "known", "checks": ["delivry"], "duration_seconds": 1}, 422, "checks"),
        ("/silences/9/end", None, 404, "there is no silence 9"),
    ],
)
async def test_what_makes_no_sense_is_refused_in_words(path: str, body: Any, status: int, words: str) -> None:
    answer = await post(Noted(), path, body)
    assert answer.status_code == status
    assert words in answer.json()["detail"]


async def test_a_process_that_stands_by_takes_no_announcement() -> None:
    async with visiting(Stage().operator) as client:
        answer = await client.post(
            f"{API}/silences", json={"reason": "x", "all": True, "duration_seconds": 1}
        )
    assert answer.status_code == 503


async def test_the_operator_sees_what_is_announced_silenced_and_held_back() -> None:
    silence = Silence(number=2, reason="known", scope=Scope(everything=True), since=NOON, until=NOON + HOUR)
    stage = Stage(config=Config(monitors=(PAYMENTS,)), maintenance=(NOW_OPEN,), silences=(silence,))
    stage.hold(PAYMENTS, Status.DOWN, Reason.SERVER_ERROR)
    stage.open(PAYMENTS, 7, Reason.SERVER_ERROR)
    key = CheckKey("billing", Check.DELIVERY)
    hush = Hush(by=HushedBy.MAINTENANCE, name="new disks", until=NOON + HOUR)
    stage.incidents[key] = replace(stage.incidents[key], held=Held(kind=AlertKind.OPENED, hush=hush))
    (window,) = (await get(stage, "/maintenance"))["items"]
    assert (window["number"], window["open"], window["all"]) == (None, True, True)
    assert window["times"] == [{"start": "2026-03-01T12:00:00Z", "end": "2026-03-01T13:00:00Z"}]
    (shown,) = (await get(stage, "/silences"))["items"]
    assert (shown["number"], shown["reason"], shown["until"]) == (2, "known", "2026-03-01T13:00:00Z")
    incident = await get(stage, "/incidents/7")
    assert incident["held"] == {"by": "maintenance", "name": "new disks", "until": "2026-03-01T13:00:00Z"}


# --- the public page ----------------------------------------------------------------------------------------


def at_work(status: Status = Status.MAINTENANCE) -> Stage:
    """Return a stage in the middle of announced work, while its listener is broken."""
    stage = Stage(config=Config(monitors=(PAYMENTS,)), maintenance=(NOW_OPEN,))
    stage.hold(PAYMENTS, status, Reason.SERVER_ERROR)
    stage.open(PAYMENTS, 7, Reason.SERVER_ERROR)
    key = CheckKey("billing", Check.DELIVERY)
    hush = Hush(by=HushedBy.MAINTENANCE, name="secret project", until=NOON + HOUR)
    stage.incidents[key] = replace(stage.incidents[key], held=Held(kind=AlertKind.OPENED, hush=hush))
    return stage


async def test_the_page_says_what_is_at_work_and_calls_nothing_in_it_an_incident() -> None:
    told = await text(at_work())
    assert "Service Under Maintenance" in told
    assert "Maintenance goes on: Payments We exchange disks. From 12:00 UTC to 13:00 UTC" in told
    assert "is down" not in told
    assert "new disks" not in told  # the name is the operator's
    assert "secret project" not in told


async def test_an_incident_that_outlives_the_work_is_one_on_the_page() -> None:
    assert "Payments is down" in await text(at_work(Status.DOWN))


async def test_an_incident_from_before_the_work_stays_on_the_page() -> None:
    stage = at_work()
    key = CheckKey("billing", Check.DELIVERY)
    stage.incidents[key] = replace(stage.incidents[key], held=None, told=("oncall",))
    assert "Payments is down" in await text(stage)


async def test_work_to_come_is_announced_two_weeks_before_and_only_of_what_is_on_the_page() -> None:
    stage = Stage(config=Config(monitors=(PAYMENTS, a_monitor(id="internal"))))
    stage.hold(PAYMENTS, Status.UP, Reason.ACCEPTED)
    start = NOON + timedelta(days=13)
    soon = Occurrence(window=a_window(), start=start, end=start + HOUR)
    hidden = Occurrence(
        window=a_window(name="b", scope=Scope(monitors=("internal",)), public="psst"),
        start=start,
        end=start + HOUR,
    )
    later = Occurrence(
        window=a_window(public="later"), start=NOON + timedelta(days=15), end=NOON + timedelta(days=16)
    )
    stage.maintenance = (soon, hidden, later)
    told = await text(stage)
    assert "Maintenance is planned: Payments From 14 Mar, 12:00 UTC to 14 Mar, 13:00 UTC" in told
    assert "psst" not in told
    assert "later" not in told
    assert "internal" not in told
