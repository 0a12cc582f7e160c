"""Whatever is asked, the answer is an answer or a problem; never a bug of ours."""

import asyncio
from functools import cache
from urllib.parse import quote

import httpx
from fastapi import FastAPI
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.model import Config, Reason, Status, StoredResult
from tests.makers import BAD, NOON, SECOND, a_monitor, a_result
from tests.web.houses import Stage, visiting

LISTS = ("results", "transitions", "incidents", "uptime", "latency")
TIMES = st.one_of(
    st.datetimes(timezones=st.none() | st.timezones()).map(lambda at: at.isoformat()),
    st.integers().map(str),
    st.text(max_size=20),
)
QUESTIONS = st.fixed_dictionaries(
    {},
    optional={
        "limit": st.integers(-5, 2000).map(str) | st.text(max_size=5),
        "cursor": st.text(max_size=30) | st.binary(max_size=30).map(lambda raw: raw.hex()),
        "from": TIMES,
        "to": TIMES,
        "failing": st.sampled_from(["true", "0", "perhaps"]),
        "check": st.sampled_from(["delivery", "forged", "smell"]),
        "open": st.sampled_from(["yes", "no", "ajar"]),
    },
)


@cache
def app() -> FastAPI:
    stage = Stage(config=Config(monitors=(a_monitor(),)))
    stage.hold(stage.config.monitors[0], Status.DOWN, Reason.SERVER_ERROR)
    stage.open(stage.config.monitors[0], 7, Reason.SERVER_ERROR)
    stage.history.stored = [
        StoredResult(id=number, result=a_result(BAD, at=NOON - number * SECOND)) for number in range(1, 9)
    ]
    return stage.operator


async def ask(path: str, query: dict[str, str]) -> httpx.Response:
    async with visiting(app()) as client:
        return await client.get(path, params=query)


@settings(max_examples=150, deadline=None)
@given(what=st.sampled_from(LISTS), query=QUESTIONS)
def test_any_question_about_a_monitor_is_answered(what: str, query: dict[str, str]) -> None:
    answer = asyncio.run(ask(f"/api/v1/monitors/billing/{what}", query))
    assert answer.status_code in {200, 422}, answer.text


@settings(max_examples=100, deadline=None)
@given(what=st.sampled_from(("monitors", "incidents", "alerts", "notifiers", "config")), query=QUESTIONS)
def test_any_question_about_the_house_is_answered(what: str, query: dict[str, str]) -> None:
    answer = asyncio.run(ask(f"/api/v1/{what}", query))
    assert answer.status_code in {200, 422}, answer.text


@settings(max_examples=100, deadline=None)
@given(name=st.text(min_size=1, max_size=30))
def test_any_name_is_a_monitor_or_is_not_there(name: str) -> None:
    answer = asyncio.run(ask(f"/api/v1/monitors/{quote(name, safe='')}", {}))
    assert answer.status_code in {200, 307, 404}
