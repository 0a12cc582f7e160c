"""What the operator may ask, and how the answers look."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from monitor.core.model import (
    FINDINGS,
    Alert,
    AlertKind,
    Check,
    CheckKey,
    CheckPlan,
    Config,
    Latency,
    Message,
    Notifier,
    NotifierHealth,
    Policy,
    Queue,
    QueuedAlert,
    Reason,
    Retry,
    Secret,
    Severity,
    Status,
    StoredResult,
)
from monitor.errors import Problem
from monitor.web import ReloadState
from tests.makers import BAD, GOOD, NOON, SECOND, a_monitor, a_provider, a_reply, a_result
from tests.web.houses import AN_INCIDENT, DAY, Stage, a_change, visiting

API = "/api/v1"


def a_stage(*monitors: Any) -> Stage:
    return Stage(config=Config(monitors=monitors or (a_monitor(),)))


async def get(stage: Stage, path: str, **query: Any) -> Any:
    """Ask, expecting an answer."""
    answer = await ask(stage, path, **query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def ask(stage: Stage, path: str, **query: Any) -> httpx.Response:
    async with visiting(stage.operator) as client:
        return await client.get(f"{API}{path}", params=query)


async def walk(stage: Stage, path: str, **query: Any) -> list[Any]:
    """Follow the cursors to the end; give the items of every page."""
    pages: list[Any] = []
    async with visiting(stage.operator) as client:
        while True:
            page = (await client.get(f"{API}{path}", params=query)).json()
            assert set(page) == {"items", "next"}
            pages.append(page["items"])
            if page["next"] is None:
                return pages
            query["cursor"] = page["next"]


# --- monitors -----------------------------------------------------------------------------------------------


async def test_a_monitor_is_shown_with_what_is_believed_of_it() -> None:
    stage = a_stage(a_monitor(tags=("payments",)))
    stage.hold(stage.config.monitors[0], Status.DOWN, Reason.SERVER_ERROR)
    (item,) = (await get(stage, "/monitors"))["items"]
    assert item == {
        "id": "billing",
        "name": "billing",
        "group": None,
        "tags": ["payments"],
        "provider": "custom",
        "url": "https://api.example.com/hooks/billing",
        "enabled": True,
        "public": False,
        "status": "down",
        "reason": "server_error",
        "since": "2026-03-01T11:00:00Z",
        "findings": [],
        "last_result_at": "2026-03-01T11:59:48Z",
        "worst_case_detection_seconds": 55.0,
        "checks": ["delivery", "forged", "certificate"],
    }


async def test_a_finding_stands_apart_from_the_status() -> None:
    stage = a_stage()
    (monitor,) = stage.config.monitors
    stage.hold(monitor, Status.UP, Reason.ACCEPTED)
    stage.hold(monitor, Status.DOWN, Reason.FORGERY_ACCEPTED, check=Check.FORGED)
    stage.open(monitor, 3, Reason.FORGERY_ACCEPTED, check=Check.FORGED, severity=Severity.CRITICAL)
    (item,) = (await get(stage, "/monitors"))["items"]
    assert item["status"] == "up"
    assert item["findings"] == [
        {
            "check": "forged",
            "reason": "forgery_accepted",
            "severity": "critical",
            "since": "2026-03-01T11:00:00Z",
        }
    ]


@pytest.mark.parametrize("check", sorted(FINDINGS))
async def test_findings_of_every_kind_are_told_apart_from_outages(check: Check) -> None:
    stage = a_stage(a_monitor(checks=(*a_monitor().checks, CheckPlan(check=check, every=DAY))))
    (monitor,) = stage.config.monitors
    stage.hold(monitor, Status.UP, Reason.ACCEPTED)
    whole = await get(stage, "/monitors/billing/uptime")
    stage.hold(monitor, Status.DEGRADED, Reason.DUPLICATE_REFUSED, check=check)
    stage.open(monitor, 3, Reason.DUPLICATE_REFUSED, check=check, severity=Severity.WARNING)
    (item,) = (await get(stage, "/monitors"))["items"]
    assert (item["status"], [found["check"] for found in item["findings"]]) == ("up", [check])
    incident = await get(stage, "/incidents/3")
    assert (incident["finding"], incident["consequences"]) == (True, None)
    assert await get(stage, "/monitors/billing/uptime") == whole


async def test_a_note_is_shown_in_its_check_alone() -> None:
    stage = a_stage(a_monitor(checks=(*a_monitor().checks, CheckPlan(check=Check.UNSIGNED, every=DAY))))
    (monitor,) = stage.config.monitors
    stage.hold(monitor, Status.UP, Reason.ACCEPTED)
    stage.hold(monitor, Status.DEGRADED, Reason.VERIFIER_CRASHED, check=Check.UNSIGNED)
    shown = await get(stage, "/monitors/billing")
    assert (shown["status"], shown["findings"]) == ("up", [])
    health = {check["check"]: check for check in shown["health"]}["unsigned"]
    assert (health["status"], health["reason"], health["incident"]) == ("degraded", "verifier_crashed", None)


async def test_a_monitor_that_was_never_measured_is_unknown() -> None:
    (item,) = (await get(a_stage(), "/monitors"))["items"]
    assert (item["status"], item["reason"], item["since"]) == ("unknown", None, None)


async def test_monitors_come_by_id_and_page_by_page() -> None:
    stage = a_stage(*(a_monitor(id=id_) for id_ in "edcba"))
    pages = await walk(stage, "/monitors", limit=2)
    assert [[item["id"] for item in page] for page in pages] == [["a", "b"], ["c", "d"], ["e"]]


async def test_a_cursor_survives_the_monitor_it_names() -> None:
    stage = a_stage(*(a_monitor(id=id_) for id_ in "abc"))
    first = await get(stage, "/monitors", limit=2)
    stage.config = Config(monitors=tuple(a_monitor(id=id_) for id_ in "acd"))
    second = await get(stage, "/monitors", limit=2, cursor=first["next"])
    assert [item["id"] for item in second["items"]] == ["c", "d"]


async def test_monitors_can_be_asked_for_by_when_their_status_began() -> None:
    stage = a_stage(a_monitor(id="new"), a_monitor(id="never"))
    stage.hold(stage.config.monitors[0], Status.DOWN, Reason.TIMEOUT)
    for query, wanted in (
        ({"from": "2026-03-01T10:30:00Z"}, ["new"]),
        ({"from": "2026-03-01T11:30:00Z"}, []),
        ({"to": "2026-03-01T11:00:00Z"}, []),
    ):
        assert [item["id"] for item in (await get(stage, "/monitors", **query))["items"]] == wanted


async def test_one_monitor_comes_with_its_checks_and_their_health() -> None:
    stage = a_stage()
    (monitor,) = stage.config.monitors
    stage.hold(monitor, Status.DOWN, Reason.SERVER_ERROR)
    stage.open(monitor, 7, Reason.SERVER_ERROR)
    stage.results[CheckKey("billing", Check.DELIVERY)] = a_result(BAD, reply=a_reply(503, body="no"))
    shown = await get(stage, "/monitors/billing")
    delivery, forged, certificate = shown["health"]
    assert (delivery["status"], delivery["incident"]) == ("down", 7)
    assert delivery["last_result"]["evidence"]["body"] == "no"
    assert delivery["last_result"]["id"] is None
    assert (forged["status"], forged["last_result"], forged["every_seconds"]) == ("unknown", None, 3600)
    assert certificate["check"] == "certificate"
    assert shown["expect"] == {"statuses": ["2xx"], "within_seconds": 10, "slow_after_seconds": 5}


async def test_no_url_shows_credentials_query_values_or_secrets() -> None:
    secret = Secret("p@th/secret")
    monitor = a_monitor(
        url="https://user:hunter22@api.example.com/T0/p%40th%2Fsecret?token=abc&x=1",
        hidden=(secret,),
        runbook="https://me:hunter22@wiki.example.com/page?key=abc",
    )
    text = (await ask(a_stage(monitor), "/monitors/billing")).text
    for hidden in ("hunter22", "abc", "secret", "%40th", "correct-horse-battery"):
        assert hidden not in text
    assert "https://•••@api.example.com/T0/•••?token=•••&x=•••" in text
    bare = a_monitor(url="https://api.example.com/hook?onlyvalue")
    assert "onlyvalue" not in (await ask(a_stage(bare), "/monitors/billing")).text


# --- history ------------------------------------------------------------------------------------------------


def results(count: int) -> list[StoredResult]:
    return [
        StoredResult(id=number, result=a_result(BAD if number % 3 == 0 else GOOD, at=NOON + number * SECOND))
        for number in range(1, count + 1)
    ]


async def test_results_come_newest_first_page_by_page_without_a_hole() -> None:
    stage = a_stage()
    stage.history.stored = results(7)
    pages = await walk(stage, "/monitors/billing/results", limit=3)
    assert [[item["id"] for item in page] for page in pages] == [[7, 6, 5], [4, 3, 2], [1]]


async def test_a_full_last_page_says_that_it_is_the_last() -> None:
    stage = a_stage()
    stage.history.stored = results(3)
    assert (await get(stage, "/monitors/billing/results", limit=3))["next"] is None


async def test_results_can_be_narrowed() -> None:
    stage = a_stage()
    forged = StoredResult(id=9, result=a_result(GOOD, check=Check.FORGED, at=NOON))
    stage.history.stored = [*results(6), forged]
    path = "/monitors/billing/results"

    async def ids(**query: Any) -> list[int]:
        return [item["id"] for item in (await get(stage, path, **query))["items"]]

    assert await ids(failing=True) == [6, 3]
    assert await ids(check="forged") == [9]
    span = {"from": "2026-03-01T12:00:02Z", "to": "2026-03-01T12:00:04Z"}
    assert await ids(**span) == [3, 2]


async def test_a_failing_result_shows_its_evidence() -> None:
    stage = a_stage()
    reply = a_reply(503, headers=(("server", "nginx"),), body="<h1>busy</h1>", truncated=True)
    stage.history.stored = [StoredResult(id=1, result=a_result(BAD, reply=reply))]
    (item,) = (await get(stage, "/monitors/billing/results"))["items"]
    assert item["evidence"]["headers"] == [{"name": "server", "value": "nginx"}]
    assert item["evidence"]["body"] == "<h1>busy</h1>"
    assert item["evidence"]["truncated"] is True
    assert item["phases"]["wait"] == 0.05
    assert (item["status"], item["fault_domain"], item["http_status"]) == ("down", "listener", 503)


async def test_transitions_come_newest_first_and_only_from_inside() -> None:
    stage = a_stage()
    stage.history.changes = [
        a_change("billing", NOON - hours * timedelta(hours=1), Status.DOWN) for hours in range(5)
    ]
    pages = await walk(stage, "/monitors/billing/transitions", limit=2, **{"from": "2026-03-01T08:30:00Z"})
    ats = [[item["at"][11:16] for item in page] for page in pages]
    assert ats == [["12:00", "11:00"], ["10:00", "09:00"]]


async def test_an_incident_says_what_it_means_and_how_long_it_lasted() -> None:
    stage = a_stage()
    stage.hold(stage.config.monitors[0], Status.DOWN, Reason.SERVER_ERROR)
    stage.history.told = [replace(AN_INCIDENT, ended_at=NOON - timedelta(minutes=30)), AN_INCIDENT]
    stage.history.told[1] = replace(AN_INCIDENT, number=8)
    stage.incidents[CheckKey("billing", Check.DELIVERY)] = replace(AN_INCIDENT, number=8, failures=99)
    open_, ended = (await get(stage, "/incidents"))["items"]
    assert (open_["number"], open_["failures"], open_["measured"]) == (8, 99, True)
    assert (open_["duration_seconds"], ended["duration_seconds"]) == (3600, 1800)
    assert open_["meaning"]
    assert open_["first"]
    only = await get(stage, "/monitors/billing/incidents", open=True)
    assert [item["number"] for item in only["items"]] == [8]


async def test_an_incident_says_what_becomes_of_real_events() -> None:
    policy = Policy(retry=Retry(over=timedelta(days=3)))
    stage = a_stage(a_monitor(provider=a_provider(title="Stripe", policy=policy), volume=120.0))
    began = NOON - timedelta(hours=1)
    stage.history.told = [
        replace(AN_INCIDENT, number=8, down_since=began, last_good_at=began, diagnosis="a pair says more"),
        replace(AN_INCIDENT, down_since=began, last_good_at=began, ended_at=NOON - timedelta(minutes=45)),
        replace(AN_INCIDENT, number=6, monitor="gone", down_since=began),
        replace(AN_INCIDENT, number=5, reason=Reason.SLOW, severity=Severity.MINOR),
    ]
    open_, ended, *without = (await get(stage, "/incidents"))["items"]
    assert (open_["diagnosis"], ended["diagnosis"]) == ("a pair says more", None)
    assert open_["consequences"] == {
        "text": "Stripe retries for up to 3 days: nothing is lost if this is over well before "
        "2026-03-04 11:00:00 UTC. About 120 events at risk (120 an hour).",
        "events_at_risk": 120,
        "lost_since": None,
        "resend_until": "2026-03-04T11:00:00Z",
    }
    assert ended["consequences"]["text"] == (
        "Stripe retries for up to 3 days: it sends again what failed between 11:00:00 UTC and 11:15:00 UTC. "
        "About 30 events were at risk (120 an hour)."
    )
    assert [one["consequences"] for one in without] == [None, None]


async def test_an_open_incident_that_nobody_measures_says_so() -> None:
    stage = a_stage()
    stage.history.told = [AN_INCIDENT]
    assert (await get(stage, "/incidents/7"))["measured"] is False
    gone = Stage()
    gone.history.told = [AN_INCIDENT]
    assert (await get(gone, "/incidents/7"))["measured"] is False


async def test_uptime_is_printed_with_its_method_and_what_it_rests_on() -> None:
    stage = a_stage()
    stage.hold(stage.config.monitors[0], Status.UP, Reason.ACCEPTED)
    stage.history.changes = [
        a_change("billing", NOON - 12 * timedelta(hours=1), Status.UP),
        a_change("billing", NOON - 2 * timedelta(hours=1), Status.DOWN),
        a_change("billing", NOON - 1 * timedelta(hours=1), Status.UP),
    ]
    shown = await get(stage, "/monitors/billing/uptime", **{"from": "2026-02-28T12:00:00Z"})
    assert shown["uptime"] == pytest.approx(11 / 12)
    assert shown["coverage"] == pytest.approx(0.5)
    assert (shown["seconds"]["down"], shown["seconds"]["unknown"]) == (3600, 43200)
    assert "time-weighted" in shown["method"]


async def test_the_future_is_not_measured() -> None:
    stage = a_stage()
    shown = await get(stage, "/monitors/billing/uptime", to="2026-04-01")
    assert shown["to"] == "2026-03-01T12:00:00Z"
    assert (shown["uptime"], shown["coverage"]) == (None, 0)
    assert (await ask(stage, "/monitors/billing/uptime", **{"from": "2026-04-01"})).status_code == 422


async def test_silence_is_not_uptime() -> None:
    stage = a_stage()
    stage.hold(stage.config.monitors[0], Status.UP, Reason.ACCEPTED)
    stage.now += timedelta(hours=1)  # nothing was heard for an hour
    shown = await get(stage, "/monitors/billing/uptime", **{"from": "2026-03-01T12:00:00Z"})
    assert shown["seconds"]["up"] == pytest.approx(48)  # two intervals after the last result


async def test_latency_is_told_in_percentiles() -> None:
    stage = a_stage()
    stage.history.took = Latency(count=100, buckets={10: 90, 50: 10})
    shown = await get(stage, "/monitors/billing/latency", **{"from": "2026-02-28", "to": "2026-03-01"})
    assert shown["p50_seconds"] == pytest.approx(1.1**10 / 1000, abs=1e-6)
    assert shown["p99_seconds"] == pytest.approx(1.1**50 / 1000, abs=1e-6)
    assert shown["method"]
    assert stage.history.asked == [f"latency of billing delivery for {DAY}"]
    stage.history.took = Latency(count=0, buckets={})
    assert (await get(stage, "/monitors/billing/latency"))["p50_seconds"] is None


# --- the house ----------------------------------------------------------------------------------------------


def an_alert(number: int, **changes: Any) -> tuple[int, QueuedAlert]:
    alert = Alert(
        key=f"{number}:opened:oncall",
        notifier="oncall",
        kind=AlertKind.OPENED,
        severity=Severity.MAJOR,
        message=Message(headline="DOWN billing", colour="red"),
        created_at=NOON,
        incident=number,
    )
    return number, replace(QueuedAlert(alert=alert, attempts=1, due_at=NOON), **changes)


async def test_alerts_say_what_became_of_them() -> None:
    stage = a_stage()
    stage.history.queued = [
        an_alert(1, sent_at=NOON),
        an_alert(2, given_up_at=NOON, error="invalid_token"),
        an_alert(3),
        an_alert(4, handed_at=NOON, handed_to="mail"),
    ]
    pages = await walk(stage, "/alerts", limit=2)
    states = [(item["incident"], item["state"]) for page in pages for item in page]
    assert states == [(4, "handed_over"), (3, "waiting"), (2, "given_up"), (1, "sent")]
    (only,) = (await get(stage, "/alerts", incident=2))["items"]
    assert only["error"] == "invalid_token"
    (dead,) = (await get(stage, "/alerts", state="given_up"))["items"]
    assert dead["incident"] == 2


async def test_dead_letters_are_tried_again() -> None:
    stage = a_stage()
    stage.dead_letters = ["a", "b", "c"]
    async with visiting(stage.operator) as client:
        some = await client.post("/api/v1/alerts/retry", json={"keys": ["b", "nonsense"]})
        rest = await client.post("/api/v1/alerts/retry", json={"all": True})
    assert (some.json(), rest.json()) == ({"retried": ["b"]}, {"retried": ["a", "c"]})


@pytest.mark.parametrize(
    "asked", [{}, {"keys": []}, {"keys": ["a"], "all": True}, {"all": False}, {"everything": True}]
)
async def test_what_is_to_be_tried_again_must_be_said(asked: dict[str, Any]) -> None:
    stage = a_stage()
    stage.dead_letters = ["a"]
    async with visiting(stage.operator) as client:
        answer = await client.post("/api/v1/alerts/retry", json=asked)
    assert answer.status_code == 422
    assert stage.dead_letters == ["a"]


async def test_a_dead_notifier_is_shown_with_what_it_said_and_who_is_told_instead() -> None:
    stage = a_stage()
    stage.config = Config(
        notifiers=(Notifier(name="oncall", url=Secret("slack://token"), fallback=("mail", "mail/2")),)
    )
    stands = NotifierHealth(
        notifier="oncall",
        succeeded_at=NOON - 5 * SECOND,
        took=SECOND / 2,
        failed_at=NOON,
        error="Slack: 404 no_service",
        failing_since=NOON,
        dead_since=NOON,
    )
    stage.queues = (Queue(notifier="oncall", depth=0, oldest_at=None, health=stands),)
    (shown,) = (await get(stage, "/notifiers"))["items"]
    assert shown == {
        "name": "oncall",
        "configured": True,
        "waiting": 0,
        "oldest_at": None,
        "given_up": 0,
        "fallback": ["mail", "mail/2"],
        "state": "dead",
        "dead_since": "2026-03-01T12:00:00Z",
        "failing_since": "2026-03-01T12:00:00Z",
        "last_success_at": "2026-03-01T11:59:55Z",
        "last_success_seconds": 0.5,
        "last_error_at": "2026-03-01T12:00:00Z",
        "last_error": "Slack: 404 no_service",
    }


async def test_a_notifier_that_left_is_shown_while_alerts_wait_for_it() -> None:
    stage = a_stage()
    stage.config = Config(notifiers=(Notifier(name="oncall", url=Secret("slack://token")),))
    stage.queues = (Queue(notifier="old", depth=2, oldest_at=NOON, given_up=1),)
    old, oncall = [item for page in await walk(stage, "/notifiers", limit=1) for item in page]
    assert (old["name"], old["configured"], old["waiting"], old["given_up"]) == ("old", False, 2, 1)
    assert old["oldest_at"] == "2026-03-01T12:00:00Z"
    assert (oncall["name"], oncall["configured"], oncall["waiting"]) == ("oncall", True, 0)


async def test_a_refused_configuration_is_shown_with_every_problem() -> None:
    problem = Problem(file="m.yaml", line=3, column=5, path="monitors.a", message="is wrong")
    stage = a_stage()
    stage.reload = ReloadState(ok=False, at=NOON, problems=(problem,))
    shown = await get(stage, "/config")
    assert shown["ok"] is False
    assert shown["problems"] == [
        {"file": "m.yaml", "line": 3, "column": 5, "path": "monitors.a", "message": "is wrong"}
    ]
