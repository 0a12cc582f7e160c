"""Proof of processing as its operator sees it: a real process, a listener with a worker, Slack."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.ports import free_port
from tests.fakes.postgres import Postgres, postgres
from tests.fakes.running import Running, until
from tests.fakes.shop import Shop
from tests.fakes.slack import URL as SLACK
from tests.fakes.slack import FakeSlack

__all__ = ["postgres"]

pytestmark = [pytest.mark.real, pytest.mark.timeout(180)]

FAST = "interval: 2s, timeout: 1s, confirm_interval: 1s, notify: [oncall]"
GENERIC = 'signature: {headers: {X-Signature: "{sig}"}}, secret: correct-horse-battery'
UNASKED = "forged: off, tampered: off, unsigned: off, duplicate: off"


def file_with(shop: Shop, port: int, receipt: str = "{within: 2s}") -> str:
    return (
        f'notifiers:\n  oncall: {{url: "{SLACK}"}}\n'
        f'receipts: {{url: "http://127.0.0.1:{port}"}}\n'
        f"defaults: {{{FAST}}}\n"
        f'monitors:\n  billing: {{url: "{shop.url}", {GENERIC}, checks: {{{UNASKED}, receipt: {receipt}}},'
        " public: {name: Billing}}\n"
    )


@pytest.fixture
def shop() -> Iterator[Shop]:
    with Shop() as listener:
        yield listener


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as channel:
        yield channel


def headlines(slack: FakeSlack) -> list[str]:
    return [str(message["text"]) for message in slack.messages]


def believed(job: Running, check: str) -> dict[str, Any]:
    found = job.api("/monitors/billing")
    return next((one for one in found.get("health", ()) if one["check"] == check), {})


def processed(job: Running) -> None:
    until(lambda: believed(job, "receipt").get("status") == "up", f"events are processed\n{job.log}")


@pytest.mark.parametrize("where", ["sqlite", "postgresql"])
def test_a_worker_that_stops_is_told_while_the_web_side_answers_200_and_its_return_too(
    tmp_path: Path, shop: Shop, slack: FakeSlack, postgres: Postgres, where: str
) -> None:
    port, database = free_port(), postgres.emptied() if where == "postgresql" else ""
    yaml = file_with(shop, port)
    with Running(tmp_path, yaml, slack_url=slack.url, port=port, database=database) as job:
        processed(job)
        shop.working.clear()
        until(lambda: slack.messages, f"no alarm\n{job.log}", 30)
        assert headlines(slack)[0].startswith(
            "DOWN billing: accepted, but not processed within 2 s; the last "
        )
        assert believed(job, "delivery")["status"] == "up"
        page = job.get("/", public=True)
        assert "Events are accepted, but not processed at the moment." in page
        assert "Accepted: Operational · Processed: Down" in page
        shop.working.set()
        until(lambda: len(slack.messages) == 2, f"no all-clear\n{job.log}", 30)
        assert headlines(slack)[1].startswith("RECOVERED billing: events are processed again, after ")
        latency = job.api("/monitors/billing/latency?check=receipt")
        assert latency["count"] > 0
        assert job.api("/monitors/billing")["receipt"]["way"] == "address"
        assert "webhook_monitor_last_processing_seconds{" in job.get("/metrics")
    assert set(shop.answers) == {204}
    assert slack.complaints == []


def test_a_worker_that_fails_is_told_with_its_note_and_without_the_secret_in_it(
    tmp_path: Path, shop: Shop, slack: FakeSlack
) -> None:
    port = free_port()
    note = "no customer <b>7</b>\u202e, key correct-horse-battery\n"
    shop.body = json.dumps({"outcome": "failed", "note": note}).encode()
    with Running(tmp_path, file_with(shop, port), slack_url=slack.url, port=port) as job:
        until(lambda: slack.messages, f"no alarm\n{job.log}", 30)
        assert "accepted, and processing failed after" in headlines(slack)[0]
        everything = json.dumps(slack.messages) + job.get("/api/v1/monitors/billing/results") + job.log
    assert "&lt;b&gt;7&lt;/b&gt;" in everything
    assert "correct-horse" not in everything
    assert "\u202e" not in everything
    assert slack.complaints == []


def test_a_worker_that_does_all_twice_is_told(tmp_path: Path, shop: Shop, slack: FakeSlack) -> None:
    port = free_port()
    shop.runs = 2
    yaml = file_with(shop, port).replace("duplicate: off", "duplicate: 1d")
    with Running(tmp_path, yaml, slack_url=slack.url, port=port) as job:
        until(lambda: slack.messages, f"no alarm\n{job.log}", 30)
        assert "was processed twice by two processing runs" in headlines(slack)[0]


def test_a_worker_that_knows_only_the_id_reports_it_with_the_key_of_its_monitor(
    tmp_path: Path, shop: Shop, slack: FakeSlack
) -> None:
    port = free_port()
    yaml = file_with(shop, port, "{within: 2s, by_id: true}")
    shop.working.clear()  # until it has the key
    with Running(tmp_path, yaml, slack_url=slack.url, port=port) as job:
        command = [sys.executable, "-m", "monitor", "receipts", "key", "billing"]
        named = ["--config", str(job.file), "--database", job.database]
        key = subprocess.run([*command, *named], capture_output=True, text=True, check=True).stdout.strip()
        url, headers = f"http://127.0.0.1:{port}/api/v1/receipts", {"Authorization": f"Bearer {key}"}

        def report(event: dict[str, Any], run: str) -> None:
            said = json.dumps({"event_id": event["id"]}).encode()
            shop.send(url, said, {**headers, "Idempotency-Key": run, "Content-Type": "application/json"})

        shop.report = report
        shop.working.set()
        processed(job)
        shop.send(url, b'{"event_id": "evt_real_1"}', headers)
        shop.send(url, b'{"event_id": "evt_real_1"}', {"Authorization": f"Bearer {key}x"})
    assert set(shop.answers) - {0} <= {204, 401}
    assert shop.answers.count(401) == 1


def test_receipts_outlive_a_power_cut_and_what_was_due_is_held_against_nobody(
    tmp_path: Path, shop: Shop, slack: FakeSlack
) -> None:
    port = free_port()
    yaml = file_with(shop, port)
    with Running(tmp_path, yaml, slack_url=slack.url, port=port) as job:
        processed(job)
        job.kill()
        job.start()
        processed(job)
        assert slack.messages == []
        assert 404 not in shop.answers


def test_a_second_run_is_found_across_a_power_cut_and_a_repeat_is_not_one(
    tmp_path: Path, shop: Shop, slack: FakeSlack
) -> None:
    port, done = free_port(), dict[str, tuple[dict[str, Any], str]]()

    def report(event: dict[str, Any], run: str) -> None:
        if event["id"] not in done:  # it does the work of each event once
            shop.post(event, run)
            done[event["id"]] = event, run

    shop.report = report
    yaml = file_with(shop, port).replace("duplicate: off", "duplicate: 1d")
    with Running(tmp_path, yaml, slack_url=slack.url, port=port) as job:
        processed(job)
        event, run = next(iter(done.values()))
        job.kill()
        job.start()
        shop.post(event, run)
        assert "processed_twice" not in job.get("/api/v1/monitors/billing/results")
        shop.post(event, f"{run}, again")
        results = "/api/v1/monitors/billing/results?check=duplicate"
        until(lambda: "by two processing runs" in job.get(results), f"not found\n{job.log}", 30)
