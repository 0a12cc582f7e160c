"""The standing duties while the house is in trouble: said once, not every few seconds."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from monitor.app import keeping
from monitor.app.keeping import Keeper
from monitor.core.model import Check, CheckKey, Config, Notifier, Queue, Recollection, Record, Secret
from monitor.errors import DatabaseAway, NotOwner
from monitor.schedule import Clock
from monitor.watch import Watch
from tests.makers import SECOND, a_monitor

NOTHING = Recollection(healths={}, open_incidents={}, last_incident=0, measured_until=None)


class Away:
    """A store whose database is away, and back, and away again."""

    lost_ownership: NotOwner | None = None
    away_since: datetime | None = None

    def __init__(self, answers: str = "") -> None:
        self.told: list[str] = []
        self.answers = list(answers)
        self.done = asyncio.Event()

    async def _answer(self) -> bool:
        if not self.answers:
            self.done.set()
            await asyncio.Event().wait()
        if self.answers.pop(0) == "-":
            raise DatabaseAway("connection refused")
        return False

    async def beat(self, _at: datetime) -> None:
        await self._answer()

    async def tidy(self, _at: datetime) -> None:
        await self._answer()

    def record(self, record: Record) -> None:
        self.told += [alert.message.headline for alert in record.alerts]

    async def queues(self) -> tuple[Queue, ...]:
        return ()


def a_clock() -> Clock:
    return Clock(now=lambda: datetime.now(UTC), start=lambda _key, _due: None, missed=lambda _: None)


def keeper(store: Away, clock: Clock, skews: Iterator[timedelta | None] | None = None) -> Keeper:
    notifiers = (Notifier(name="oncall", url=Secret("json://localhost")),)
    watch = Watch(Config(monitors=(a_monitor(),), notifiers=notifiers), NOTHING)
    return Keeper(
        store=store,  # type: ignore[arg-type]  # as much of a store as the duties need
        watch=watch,
        clock=clock,
        clock_set=lambda _: None,
        skew=lambda: next(skews) if skews else None,
        unreached=lambda: None,
    )


@pytest.mark.parametrize("duty", ["beat", "tidy"])
async def test_a_database_that_is_away_for_hours_is_told_once_and_its_return_too(
    duty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "BEAT", 0)
    monkeypatch.setattr(keeping, "TIDY", 0)
    clock, store = a_clock(), Away("+---++-")
    with capture_logs() as logs:
        task = asyncio.create_task(getattr(keeper(store, clock), duty)())
        await store.done.wait()
        task.cancel()
    clock.stop()
    assert [line["log_level"] for line in logs] == ["warning", "info", "warning"]


async def test_a_clock_that_stands_still_is_noticed_whatever_the_time_of_day_says() -> None:
    passed, wall = 0.0, datetime.now(UTC)
    clock = Clock(
        now=lambda: wall, start=lambda _key, _due: None, missed=lambda _: None, monotonic=lambda: passed
    )
    watchful = keeper(Away(), clock)
    assert watchful.stalled() is None
    clock.plan({CheckKey("billing", Check.DELIVERY): 30 * SECOND})
    wall -= timedelta(hours=1)
    passed = 59.0
    assert watchful.stalled() is None
    passed = 61.0
    assert watchful.stalled() == "the clock has not ticked for 61 s"
    clock.stop()


async def test_a_clock_of_ours_that_is_wrong_is_told_once_and_once_when_it_is_right() -> None:
    store, clock = Away(), a_clock()
    ahead = iter([None, SECOND, 90 * SECOND, 91 * SECOND, SECOND, -20 * SECOND])
    watchful = keeper(store, clock, ahead)
    for _ in range(6):
        watchful._tell_the_time(datetime.now(UTC))
    clock.stop()
    assert store.told == [
        "MONITOR: our clock is 90 s behind that of the listeners",
        "MONITOR: our clock is right again",
        "MONITOR: our clock is 20 s ahead of that of the listeners",
    ]
