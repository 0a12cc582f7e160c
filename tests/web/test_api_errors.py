"""What is wrong with a question is said in a problem, never with a traceback."""

from functools import cache
from typing import Any

import pytest
import structlog
from fastapi import FastAPI
from pydantic import TypeAdapter

from monitor.core.model import Config, Secret, Snapshot
from monitor.web import operator_app
from monitor.web.api import examples, shapes
from tests.makers import a_monitor
from tests.web.houses import Stage, visiting

API = "/api/v1"


@cache
def app() -> FastAPI:
    """Return one app for all tests: it keeps nothing, and making it takes a while."""
    return operator_app(Stage(config=Config(monitors=(a_monitor(),))).house(), token=None)


async def problem(path: str, *, method: str = "GET", of: FastAPI | None = None) -> dict[str, Any]:
    """Ask, expecting a problem."""
    async with visiting(of or app()) as client:
        answer = await client.request(method, path)
    assert answer.headers["content-type"] == "application/problem+json"
    told: dict[str, Any] = answer.json()
    assert told["status"] == answer.status_code
    assert told["title"]
    return told


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere",
        f"{API}/nowhere",
        f"{API}/monitors/ghost",
        f"{API}/monitors/ghost/uptime",
        f"{API}/incidents/4",
    ],
)
async def test_what_is_not_there_is_404(path: str) -> None:
    assert (await problem(path))["status"] == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
async def test_what_cannot_be_done_is_405(method: str) -> None:
    assert await problem(f"{API}/monitors", method=method) == {
        "type": "about:blank",
        "title": "Method Not Allowed",
        "status": 405,
        "detail": f"{method} is not possible here",
    }


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("limit=0", "query.limit"),
        ("limit=1001", "query.limit"),
        ("limit=many", "query.limit"),
        ("from=yesterday", "query.from"),
        ("from=2026-03-01T12:00:00+01:00", "query.from"),  # a plus in a query is a blank
        ("from=0001-01-01T00:00:00%2B14:00", "year"),
        ("to=9999-12-31T23:59:59-12:00", "year"),
        ("from=2026-03-02&to=2026-03-01", "later than from"),
        ("from=2026-03-01&to=2026-03-01", "later than from"),
        ("cursor=%00", "query.cursor"),
        ("cursor=AAAA", "query.cursor"),
        ("cursor=a", "query.cursor"),
        ("cursor=_w", "query.cursor"),
        ("cursor=%C3%A9", "query.cursor"),
        ("cursor=NDgyMTM5OTk5OTk5OTk5OTk5OTk5OTk5OTk", "query.cursor"),  # digits, but too many
        ("cursor=wrLCsw", "query.cursor"),  # digits to Python, not to a database
        ("check=smell", "query.check"),
        ("lmit=5", "did you mean limit?"),
        ("failling=true", "did you mean failing?"),
    ],
)
async def test_a_question_that_cannot_be_understood_is_422_and_says_where(query: str, said: str) -> None:
    told = await problem(f"{API}/monitors/billing/results?{query}")
    assert told["status"] == 422
    assert said in told["detail"]


async def test_a_database_that_is_away_is_503_and_not_an_empty_list() -> None:
    stage = Stage(config=Config(monitors=(a_monitor(),)))
    stage.history.away = True
    away = operator_app(stage.house(), token=None)
    for path in ("monitors/billing/results", "monitors/billing/uptime", "incidents", "alerts"):
        assert (await problem(f"{API}/{path}", of=away))["status"] == 503
    async with visiting(away) as client:  # what is held in memory is still told
        assert (await client.get(f"{API}/monitors")).status_code == 200


async def test_a_bug_of_ours_says_nothing_of_itself_and_is_logged_once() -> None:
    class Broken(Stage):
        def _snapshot(self) -> Snapshot:
            raise RuntimeError("hunter22 at line 3")

    broken = operator_app(Broken().house(), token=None)
    with structlog.testing.capture_logs() as logged:
        async with visiting(broken) as client:
            answer = await client.get(f"{API}/monitors")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "hunter22" not in answer.text
    assert [entry["log_level"] for entry in logged] == ["error"]


EXAMPLES = (
    (shapes.MonitorShown, examples.MONITOR),
    (shapes.MonitorDetail, examples.DETAIL),
    (shapes.ResultShown, examples.RESULT),
    (shapes.TransitionShown, examples.TRANSITION),
    (shapes.IncidentShown, examples.INCIDENT),
    (shapes.UptimeShown, examples.UPTIME),
    (shapes.LatencyShown, examples.LATENCY),
    (shapes.EventsShown, examples.EVENTS),
    (shapes.AlertShown, examples.ALERT),
    (shapes.NotifierShown, examples.NOTIFIER),
    (shapes.ConfigShown, examples.CONFIG),
)


@pytest.mark.parametrize(("shape", "example"), EXAMPLES, ids=lambda value: getattr(value, "__name__", ""))
def test_an_example_is_what_would_really_be_answered(shape: type, example: dict[str, Any]) -> None:
    adapter: TypeAdapter[Any] = TypeAdapter(shape)
    shown = adapter.dump_python(adapter.validate_python(example), mode="json", by_alias=True)
    assert keys(shown) == keys(example)


def keys(value: Any) -> Any:
    """Return the shape of a document: its keys, all the way down."""
    if isinstance(value, dict):
        return {name: keys(inner) for name, inner in value.items()}
    return [keys(inner) for inner in value] if isinstance(value, list) else None


@pytest.mark.parametrize(("token", "refusal"), [(None, "403"), (Secret("open-sesame-please"), "401")])
def test_openapi_tells_of_every_refusal(token: Secret | None, refusal: str) -> None:
    for path, methods in operator_app(Stage().house(), token=token).openapi()["paths"].items():
        for operation in methods.values():
            told = set(operation["responses"])
            assert {"401", "403"} & told == {refusal}
            assert ("404" in told) is ("{" in path)


@pytest.mark.parametrize(
    "path", [f"{API}/monitors", f"{API}/monitors/billing", "/metrics", "/docs", "/static/style.css"]
)
async def test_head_is_answered_as_get_without_the_body(path: str) -> None:
    async with visiting(app()) as client:
        got, asked = await client.get(path), await client.head(path)
    assert (asked.status_code, asked.content) == (200, b"")
    assert asked.headers["content-type"] == got.headers["content-type"]
    assert asked.headers["content-length"] == got.headers["content-length"]


def test_openapi_describes_and_shows_everything() -> None:
    for path, methods in app().openapi()["paths"].items():
        for operation in methods.values():
            assert operation["summary"], path
            assert operation["description"], path
            if path.startswith(API):
                assert operation["responses"]["200"]["content"]["application/json"]["example"], path
                assert "application/problem+json" in operation["responses"]["422"]["content"], path
            for parameter in operation.get("parameters", []):
                assert parameter["description"], (path, parameter["name"])


async def test_the_docs_load_nothing_from_elsewhere_and_show_every_path() -> None:
    locked = operator_app(Stage().house(), token=Secret("open-sesame-please"))
    async with visiting(locked) as client:
        client.headers["Authorization"] = "Bearer open-sesame-please"
        page = (await client.get("/docs")).text
        spec = (await client.get("/openapi.json")).json()
        assert (await client.get("/")).headers["location"] == "/docs"
    assert all(path in page for path in spec["paths"])
    assert "https://" not in page.replace("https://api.acme.example", "").replace(
        "https://wiki.acme.example", ""
    )
    assert "<script" not in page
    assert "style=" not in page
    assert "Authorization: Bearer" in page
    assert "open-sesame" not in page
