"""Whether alerts get out, as the operator sees it."""

from typing import Any

import pytest

from monitor.core.model import Config, Notifier, NotifierHealth, Queue, Secret
from tests.makers import NOON, SECOND
from tests.web.houses import Stage, visiting


async def page(*queues: Queue) -> str:
    oncall = Notifier(name="oncall", url=Secret("slack://a-token"), fallback=("mail",))
    mail = Notifier(name="mail", url=Secret("json://localhost"))
    stage = Stage(config=Config(notifiers=(oncall, mail)), queues=queues)
    async with visiting(stage.operator) as client:
        answer = await client.get("/notifiers")
    assert answer.status_code == 200
    assert "a-token" not in answer.text
    return answer.text


def a_queue(name: str = "oncall", **changes: Any) -> Queue:
    return Queue(notifier=name, depth=1, oldest_at=NOON, health=NotifierHealth(notifier=name, **changes))


@pytest.mark.parametrize(
    ("queues", "said"),
    [
        ((), "Alerts get out"),
        ((a_queue(succeeded_at=NOON, took=SECOND),), "Alerts get out"),
        ((a_queue(failing_since=NOON),), "oncall takes nothing now; it is tried again"),
        ((a_queue(dead_since=NOON),), "Alerting is impaired: oncall takes nothing until somebody mends it"),
    ],
)
async def test_one_line_says_whether_people_are_told(queues: tuple[Queue, ...], said: str) -> None:
    assert said in await page(*queues)


async def test_a_dead_one_shows_what_it_said_and_nothing_of_it_is_markup() -> None:
    told = await page(a_queue(dead_since=NOON, failed_at=NOON, error="404 <b>no_service</b>"))
    assert "404 &lt;b&gt;no_service&lt;/b&gt;" in told
    assert "✗" in told
    assert "<dd>mail</dd>" in told


async def test_a_configuration_without_notifiers_tells_nobody() -> None:
    async with visiting(Stage(config=Config()).operator) as client:
        assert "Nobody is told" in (await client.get("/notifiers")).text
