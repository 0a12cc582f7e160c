"""Whatever happens outside, what the outbox promises holds."""

import asyncio
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.model import Alert, AlertKind, Message, Severity
from monitor.errors import NotifyError
from monitor.outbox import Outbox
from tests.fakes.outbox import Clock, FakeShelf, database_away, notifiers

# What may happen, and how many seconds later the next thing does.
HAPPENINGS = st.sampled_from(
    ["alert", "alert", "alert", "critical", "refuse", "ask for patience", "accept", "away", "back", "restart"]
)
DEADLY = st.sampled_from(["alert", "critical", "refuse", "accept", "restart", "die", "die"])
STORIES = st.lists(st.tuples(HAPPENINGS, st.sampled_from([0, 0, 0.5, 3, 9, 11, 70])), max_size=25)


@dataclass
class Told:
    at: datetime
    numbers: list[int]
    critical: bool
    text: str = ""


@dataclass
class Stage:
    """A service that reads the numbers of the alerts it is sent."""

    clock: Clock = field(default_factory=Clock)
    told: list[Told] = field(default_factory=list)
    error: NotifyError | None = None
    deadly: bool = False  # it takes the next message, and we die before we hear of it
    count: int = 0

    def __post_init__(self) -> None:
        self.shelf = FakeShelf(clock=self.clock)

    async def send(self, _name: str, message: Message) -> str:
        if self.error is not None:
            raise self.error
        text = " ".join([message.headline, *(value for _, value in message.facts)])
        numbers = sorted({int(number) for number in re.findall(r"\bn(\d+)\b", text)})
        told = Told(at=self.clock.now(), numbers=numbers, critical="SECURITY" in text, text=text)
        self.told.append(told)
        if self.deadly:
            await asyncio.Event().wait()
        return "ok"

    def alert(self, severity: Severity) -> Alert:
        self.count += 1
        word = "SECURITY" if severity is Severity.CRITICAL else "DOWN"
        return Alert(
            key=str(self.count),
            notifier="oncall",
            kind=AlertKind.OPENED,
            severity=severity,
            message=Message(headline=f"{word} n{self.count} broke", colour="red"),
            created_at=self.clock.now(),
            monitor="billing",
        )

    def start(self) -> None:
        self.outbox = Outbox(
            store=self.shelf,
            send=self.send,
            config=lambda: notifiers("oncall"),
            now=self.clock.now,
            sleep=self.clock.sleep,
            jitter=lambda: 0.5,
            observe=lambda *_: None,
        )
        self.task = asyncio.create_task(self.outbox.run())

    async def stop(self) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)

    async def happen(self, what: str) -> None:
        match what:
            case "alert" | "critical":
                self.shelf.put(self.alert(Severity.CRITICAL if what == "critical" else Severity.MAJOR))
                self.outbox.wake({"oncall"})
            case "refuse":
                self.error = NotifyError("503")
            case "ask for patience":
                self.error = NotifyError("429", retry_after=20.0)
            case "accept":
                self.error = None
            case "away":
                self.shelf.away = database_away()
            case "back":
                self.shelf.come_back()
                self.outbox.wake({"oncall"})
            case "die":
                self.deadly = True
            case _:
                await self.stop()
                self.deadly = False
                self.start()
        await self.clock.settle()


async def play(story: list[tuple[str, float]]) -> Stage:
    stage = Stage()
    stage.start()
    await stage.clock.settle()
    for what, then in story:
        await stage.happen(what)
        await stage.clock.advance(then)
    if stage.deadly:
        await stage.happen("restart")
    await stage.happen("back")
    await stage.happen("accept")
    await stage.clock.advance(11)
    for _ in range(25):
        await stage.clock.jump(seconds=16)  # together longer than the longest backoff
    await stage.stop()
    return stage


@settings(deadline=None, max_examples=40)
@given(STORIES)
def test_every_alert_arrives_and_is_settled_exactly_once(story: list[tuple[str, float]]) -> None:
    stage = asyncio.run(play(story))
    told = [number for message in stage.told for number in message.numbers]
    assert sorted(told) == list(range(1, stage.count + 1))
    assert all(row.queued.sent_at for row in stage.shelf.rows.values())


@settings(deadline=None, max_examples=40)
@given(STORIES)
def test_people_are_not_flooded(story: list[tuple[str, float]]) -> None:
    restarts = any(what == "restart" for what, _ in story)
    times = [message.at for message in asyncio.run(play(story)).told if not message.critical]
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert restarts or all(gap >= timedelta(seconds=10) for gap in gaps)


@settings(deadline=None, max_examples=40)
@given(STORIES)
def test_nothing_is_overtaken_while_the_database_is_there(story: list[tuple[str, float]]) -> None:
    story = [(what, then) for what, then in story if what not in {"away", "critical"}]
    told = [number for message in asyncio.run(play(story)).told for number in message.numbers]
    assert told == sorted(told)


@settings(deadline=None, max_examples=40)
@given(STORIES)
def test_an_alert_of_a_good_day_leaves_within_ten_seconds(story: list[tuple[str, float]]) -> None:
    story = [(what, then) for what, then in story if what in {"alert", "critical"}]
    stage = asyncio.run(play(story))
    left = {number: message.at for message in stage.told for number in message.numbers}
    for row in stage.shelf.rows.values():
        alert = row.queued.alert
        held = timedelta(0) if alert.severity is Severity.CRITICAL else timedelta(seconds=10)
        a_message_a_second = timedelta(seconds=1)
        assert left[int(alert.key)] - alert.created_at <= held + a_message_a_second


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(DEADLY, st.sampled_from([0, 0.5, 11, 70])), max_size=20))
def test_killed_at_any_moment_nothing_is_lost_and_every_repeat_says_that_it_may_be_one(
    story: list[tuple[str, float]],
) -> None:
    stage = asyncio.run(play(story))
    assert {number for message in stage.told for number in message.numbers} == set(range(1, stage.count + 1))
    seen: set[int] = set()
    for message in stage.told:
        for number in message.numbers:
            marked = re.search(rf"n{number} broke \(may be a repeat\)", message.text)
            assert number not in seen or marked
            seen.add(number)
