"""What Prometheus takes away."""

import asyncio

from monitor.web import operator_app
from tests.makers import SECOND
from tests.web.houses import Stage, visiting


async def test_two_scrapers_in_one_second_cost_as_much_as_one() -> None:
    stage = Stage()
    async with visiting(operator_app(stage.house(), token=None)) as client:
        answers = await asyncio.gather(*(client.get("/metrics") for _ in range(20)))
        assert {answer.text for answer in answers} == {"scrapes_total 1\n"}
        stage.now += SECOND
        assert (await client.get("/metrics")).text == "scrapes_total 2\n"


async def test_metrics_are_prometheus_text() -> None:
    async with visiting(operator_app(Stage().house(), token=None)) as client:
        answer = await client.get("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
