"""The main job when its own house is in trouble: a locked file, a dead server, a lost lock, dead names."""

import asyncio
import signal
import sqlite3
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.app.wiring import network_of, outside, utc_now
from monitor.core.model import Check, CheckKey, CheckPlan, Config, Recollection, Record, Status
from monitor.pipeline import Pipeline
from monitor.probe import Prober
from monitor.schedule import Clock
from monitor.telling.quiet import Quiet
from monitor.watch import Watch
from tests.fakes.dns import name_server
from tests.fakes.hook import Hook
from tests.fakes.postgres import Postgres, postgres
from tests.fakes.running import Running, until
from tests.fakes.slack import FakeSlack
from tests.makers import a_monitor
from tests.test_main_job import file_with, headlines, monitor_yaml, up

__all__ = ["postgres"]

pytestmark = [pytest.mark.real, pytest.mark.timeout(180)]


@pytest.fixture(name="hook")
def a_hook() -> Iterator[Hook]:
    with Hook() as listener:
        yield listener


@pytest.fixture(name="slack")
def a_slack() -> Iterator[FakeSlack]:
    with FakeSlack() as channel:
        yield channel


def told(slack: FakeSlack, word: str) -> int:
    return sum(word in line for line in headlines(slack))


def results(job: Running, monitor: str, since: datetime, end: datetime) -> list[dict[str, object]]:
    """Return what was written of the probes that started between the two."""
    items = job.api(f"/monitors/{monitor}/results?limit=200")["items"]
    return [one for one in items if since <= datetime.fromisoformat(one["started_at"]) <= end]


# --- SQLite -------------------------------------------------------------------------------------------------


def test_a_locked_database_silences_nobody_and_is_nobodys_fault_but_ours(
    tmp_path: Path, hook: Hook, slack: FakeSlack
) -> None:
    with Hook() as healthy:
        yaml = file_with(monitor_yaml("billing", hook), monitor_yaml("orders", healthy))
        with Running(tmp_path, yaml, slack_url=slack.url) as job:
            up(job)
            up(job, "orders")
            lock = sqlite3.connect(tmp_path / "monitor.db", isolation_level=None)
            lock.execute("BEGIN IMMEDIATE")
            began, probed = datetime.now(UTC), healthy.taken
            hook.status = 503
            until(lambda: told(slack, "DOWN billing"), f"the alarm, from memory\n{job.log}", 12)
            assert "the database is away" in job.get("/readyz", public=True)
            assert job.get("/healthz", public=True) == '{"ok":true}'
            until(
                lambda: told(slack, "MONITOR: the database is away"), f"the operator is told\n{job.log}", 20
            )
            assert healthy.taken - probed >= 4
            assert job.status("orders") == "up"
            ended = datetime.now(UTC)
            lock.execute("COMMIT")
            lock.close()
            until(lambda: job.get("/readyz", public=True) == '{"ok":true}', "it is ready again")
            until(lambda: told(slack, "MONITOR: the database is back"), "the operator is told of the end")
            assert len(results(job, "orders", began, ended)) >= 4
            assert len(results(job, "billing", began, ended)) >= 3
            hook.heal()
            until(lambda: told(slack, "RECOVERED billing"), "the all-clear")
            statuses = [one["status"] for one in job.api("/monitors/orders/transitions")["items"]]
            sent = [one["sent_at"] for one in job.api("/alerts")["items"]]
    assert len(slack.messages) == 4  # the alarm, two of our own, the all-clear: each once
    assert "down" not in statuses
    assert len(sent) == 4
    assert all(sent)


# --- PostgreSQL ---------------------------------------------------------------------------------------------


def test_on_postgresql_an_outage_is_told_remembered_and_ended(
    tmp_path: Path, hook: Hook, slack: FakeSlack, postgres: Postgres
) -> None:
    yaml = file_with(monitor_yaml("billing", hook))
    with Running(tmp_path, yaml, database=postgres.emptied(), slack_url=slack.url) as job:
        up(job)
        hook.status = 503
        until(lambda: slack.messages, f"the alarm\n{job.log}")
        until(lambda: job.api("/alerts")["items"][0]["sent_at"], "the alarm is settled")
        job.signal(signal.SIGTERM)
        assert job.ended() == 0
        job.start()
        until(lambda: job.status("billing") == "down", "it is still down")
        hook.heal()
        until(lambda: told(slack, "RECOVERED billing"), f"the all-clear\n{job.log}")
        (incident,) = job.api("/incidents")["items"]
    assert len(slack.messages) == 2
    assert incident["closing"] == "recovered"


def test_a_server_that_is_gone_for_a_moment_costs_nothing(
    tmp_path: Path, hook: Hook, slack: FakeSlack, postgres: Postgres
) -> None:
    yaml = file_with(monitor_yaml("billing", hook))
    with Running(tmp_path, yaml, database=postgres.emptied(), slack_url=slack.url) as job:
        up(job)
        began = datetime.now(UTC)
        postgres.stop()
        try:
            until(lambda: "the database is away" in job.get("/readyz", public=True), "readyz says so")
            time.sleep(7)
            ended = datetime.now(UTC)
        finally:
            postgres.start()
        until(lambda: job.get("/readyz", public=True) == '{"ok":true}', f"it is ready again\n{job.log}")
        assert len(results(job, "billing", began, ended)) >= 3
        statuses = {one["status"] for one in job.api("/monitors/billing/transitions")["items"]}
        assert job.status("billing") == "up"
        assert statuses == {"up"}
    assert slack.messages == []


def test_a_lost_lock_is_taken_again(tmp_path: Path, hook: Hook, slack: FakeSlack, postgres: Postgres) -> None:
    def holders() -> list[int]:
        with postgres.connect("emptied") as connection:
            rows = connection.execute("SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted")
            return [pid for (pid,) in rows]

    yaml = file_with(monitor_yaml("billing", hook))
    with Running(tmp_path, yaml, database=postgres.emptied(), slack_url=slack.url) as job:
        up(job)
        (before,) = holders()
        with postgres.connect("emptied") as connection:
            connection.execute("SELECT pg_terminate_backend(%s)", (before,))
        until(lambda: [pid for pid in holders() if pid != before], f"somebody holds the lock\n{job.log}")
        with Running(tmp_path, yaml, database=job.database, slack_url=slack.url, wait=False) as second:
            assert second.ended(40) == 2
        assert job.status("billing") == "up"


def test_an_owner_that_froze_is_relieved_and_stops_when_it_wakes(
    tmp_path: Path, hook: Hook, slack: FakeSlack, postgres: Postgres
) -> None:
    yaml = file_with(monitor_yaml("billing", hook))
    first = Running(tmp_path, yaml, database=postgres.emptied(), slack_url=slack.url)
    second = Running(tmp_path, yaml, database=first.database, slack_url=slack.url, options=("--standby",))
    with first, second:
        up(first)
        first.signal(signal.SIGSTOP)
        began = time.monotonic()
        until(lambda: second.get("/readyz", public=True) == '{"ok":true}', f"it took over\n{second.log}", 40)
        assert time.monotonic() - began < 25
        first.signal(signal.SIGCONT)
        assert first.ended(20) == 2
        assert "now belongs to" in first.log
        assert "Traceback" not in first.log
        up(second)
        hook.status = 503
        until(lambda: slack.messages, "the alarm of the second")
        time.sleep(3)
    assert len(slack.messages) == 1


# --- names --------------------------------------------------------------------------------------------------


async def test_fifty_names_that_never_answer_delay_nobody_else(hook: Hook) -> None:
    """The blackholed ones wait for their name server; the healthy one is probed on the second, each time."""
    silent = {f"hook{number}.blackhole.test": None for number in range(50)}
    dead = tuple(a_monitor(id=name, url=f"https://{name}/hook", **every(4, timeout=3)) for name in silent)
    config = Config(monitors=(*dead, a_monitor(id="healthy", url=hook.url, **every(1, timeout=0.5))))
    nothing = Recollection(healths={}, open_incidents={}, last_incident=0, measured_until=None)
    due: list[tuple[str, datetime]] = []
    records: list[Record] = []
    skipped: list[str] = []
    missed: list[int] = []
    async with name_server(silent) as server:
        prober = Prober(utc_now, nameservers=[server.address])
        watch = Watch(config, nothing)
        told = outside(send=prober.send, record=records.append, skipped=skipped.append)
        pipeline = Pipeline(
            outside=told, network=network_of(prober, config), watch=watch, quiet=Quiet(watch=watch)
        )

        def start(key: CheckKey, at: datetime) -> None:
            due.append((key.monitor, at))
            pipeline.start(key, at)

        clock = Clock(now=utc_now, start=start, missed=missed.append)
        clock.plan(watch.due)
        await asyncio.sleep(10)
        clock.stop()
        await pipeline.drain(5)
        await prober.close()
    seen = [one.result for one in records if one.result and one.result.monitor == "healthy"]
    wanted = [at for monitor, at in due if monitor == "healthy"]
    late = [(result.started_at - at).total_seconds() for result, at in zip(seen, wanted, strict=True)]
    assert len(seen) >= 9
    assert {result.verdict.status for result in seen} == {Status.UP}
    assert max(late) < 0.5  # a second of our own being busy would be 0.5 too much
    assert missed == []
    assert {monitor for monitor, _ in due} == {*silent, "healthy"}  # the others were asked as well


def every(seconds: float, *, timeout: float) -> dict[str, Any]:
    interval = timedelta(seconds=seconds)
    return {
        "interval": interval,
        "timeout": timedelta(seconds=timeout),
        "checks": (CheckPlan(check=Check.DELIVERY, every=interval),),
    }
