"""The dead man's switch and the self-tests: what leaves without anything being wrong."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from monitor.app import watchdog
from monitor.app.self_test import SelfTest
from monitor.app.watchdog import DeadMansSwitch
from monitor.core.model import (
    AlertKind,
    Config,
    Delivery,
    Notifier,
    NotifierHealth,
    Queue,
    Reply,
    Secret,
    Watchdog,
)
from monitor.outbox import unheard
from monitor.store import Store
from tests.makers import NOON, SECOND, a_reply
from tests.store.records import Clock

SWITCH = Watchdog(url=Secret("https://hc-ping.com/a-secret"), every=60 * SECOND)


@dataclass
class Outside:
    """A switch, and a clock that moves a second with each look."""

    config: Config = field(default_factory=lambda: Config(watchdog=SWITCH))
    why: str | None = None
    reply: Reply = field(default_factory=a_reply)
    at: float = 1000.0
    heard: list[tuple[float, Delivery]] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)

    async def send(self, delivery: Delivery) -> Reply:
        self.heard.append((self.at - 1000, delivery))
        return self.reply

    def monotonic(self) -> float:
        return self.at

    async def passed(self, seconds: int) -> None:
        for _ in range(seconds):
            self.at += 1
            for _ in range(3):
                await asyncio.sleep(0)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        switch = DeadMansSwitch(
            config=lambda: self.config,
            send=self.send,
            unwell=lambda: self.why,
            monotonic=self.monotonic,
            observe=self.seen.append,
        )
        task = asyncio.create_task(switch.run())
        await asyncio.sleep(0)
        yield
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.fixture(autouse=True)
def _looking_all_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watchdog, "LOOK", 0)


async def test_a_sign_of_life_is_given_at_the_start_and_every_so_often() -> None:
    outside = Outside()
    async with outside.running():
        await outside.passed(125)
    assert len(outside.heard) == 3
    assert [
        round(later - earlier) for earlier, later in zip(heard(outside), heard(outside)[1:], strict=False)
    ] == [
        60,
        60,
    ]
    _, first = outside.heard[0]
    assert (first.method, first.url, first.body) == ("GET", "https://hc-ping.com/a-secret", b"")
    assert set(outside.seen) == {"sent"}


def heard(outside: Outside) -> list[float]:
    return [at for at, _ in outside.heard]


async def test_nothing_is_said_while_something_is_wrong_and_at_once_none() -> None:
    outside = Outside(why="the clock has not ticked for 61 s")
    with capture_logs() as logs:
        async with outside.running():
            await outside.passed(130)
            assert outside.heard == []
            outside.why = None
            await outside.passed(60)
    assert len(outside.heard) == 1
    assert outside.seen.count("withheld") == 3
    said = [line["event"] for line in logs]
    assert said == [
        "no sign of life is given: the clock has not ticked for 61 s",
        "the watchdog takes our sign of life again",
    ]


@pytest.mark.parametrize("status", [404, 500, 302])
async def test_a_switch_that_does_not_take_it_is_told_in_the_log_without_its_url(status: int) -> None:
    outside = Outside(reply=a_reply(status))
    with capture_logs() as logs:
        async with outside.running():
            await outside.passed(130)
    assert outside.seen == ["failed"] * 3
    assert [line["event"] for line in logs] == [
        f"the watchdog did not take our sign of life: it answered {status}"
    ]


async def test_another_switch_hears_at_once_and_none_is_none() -> None:
    outside = Outside(config=Config())
    async with outside.running():
        await outside.passed(100)
        assert outside.heard == []
        outside.config = Config(watchdog=SWITCH)
        await outside.passed(2)
        outside.config = Config(watchdog=replace(SWITCH, url=Secret("https://hc-ping.com/another")))
        await outside.passed(2)
        outside.config = Config()
        await outside.passed(100)
    assert [delivery.url.rpartition("/")[2] for _, delivery in outside.heard] == ["a-secret", "another"]


# --- the outbox moves ---------------------------------------------------------------------------------------


def a_queue(depth: int, failing_for: int | None, name: str = "oncall") -> Queue:
    since = None if failing_for is None else NOON - failing_for * SECOND
    stands = NotifierHealth(notifier=name, failing_since=since)
    return Queue(notifier=name, depth=depth, oldest_at=NOON, health=stands)


@pytest.mark.parametrize(
    ("queue", "said"),
    [
        (a_queue(3, 601), "oncall has taken no alert for 10 min 1 s"),
        (a_queue(3, 599), None),
        (a_queue(3, None), None),  # held back: for the night, or for a window
        (a_queue(0, 9999), None),  # its fallback was told
        (a_queue(3, 9999, "gone"), None),  # nobody serves that name any more; that is told elsewhere
    ],
)
def test_an_outbox_moves_as_long_as_what_waits_is_heard(queue: Queue, said: str | None) -> None:
    assert unheard([queue], {"oncall"}, NOON) == said


# --- self-tests ---------------------------------------------------------------------------------------------


def with_self_tests(every: timedelta | None = timedelta(days=7)) -> Config:
    asked = Notifier(name="oncall", url=Secret("json://localhost"), self_test=every)
    return Config(notifiers=(asked, Notifier(name="mail", url=Secret("json://localhost"))))


async def what_was_tested(store: Store) -> list[tuple[str, str]]:
    await store.flush(5)
    found = await store.alerts(kind=AlertKind.TEST)
    return [(one.alert.notifier, one.alert.message.headline) for _, one in found]


async def test_a_test_is_sent_when_it_was_never_and_then_every_so_often_through_restarts(
    tmp_path: Path,
) -> None:
    clock = Clock()
    store = await Store.open(f"sqlite:///{tmp_path}/monitor.db", now=clock)
    try:
        await store.acquire("one")
        first = SelfTest(store=store, config=with_self_tests, now=clock)
        await first.look()
        await first.look()
        assert await what_was_tested(store) == [("oncall", "TEST alerts from Webhook status reach oncall")]
        again = SelfTest(store=store, config=with_self_tests, now=clock)
        await again.look()
        clock.at += timedelta(days=6, hours=23)
        await again.look()
        assert len(await what_was_tested(store)) == 1
        clock.at += timedelta(hours=1)
        await again.look()
        await again.look()
        assert len(await what_was_tested(store)) == 2
        await SelfTest(store=store, config=lambda: with_self_tests(None), now=clock).look()
        assert len(await what_was_tested(store)) == 2
    finally:
        await store.close()
