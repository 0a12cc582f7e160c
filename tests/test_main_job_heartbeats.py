"""Heartbeats as their users know them: a real main job, curl, Slack."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.hook import Hook
from tests.fakes.running import Running, until
from tests.fakes.slack import URL as SLACK
from tests.fakes.slack import FakeSlack
from tests.test_main_job import file_with, headlines, monitor_yaml

pytestmark = [pytest.mark.real, pytest.mark.timeout(180)]

NIGHTLY = "  nightly: {kind: heartbeat, every: 30s, grace: 5s, notify: [oncall], public: {name: Import}}\n"
TRAFFIC = (
    "checks: {forged: off, tampered: off, unsigned: off, duplicate: off, traffic: {at_least: 1, per: 5m}}"
)


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as channel:
        yield channel


def address(job: Running, monitor: str) -> str:
    """Ask the command line, as an operator does."""
    command = [sys.executable, "-m", "monitor", "heartbeat", "url", monitor, "--config", str(job.file)]
    said = subprocess.run(
        [*command, "--database", job.database], capture_output=True, text=True, check=True, timeout=60
    )
    return said.stdout.strip().replace(":8080/", f":{job.port}/")


def curl(*words: str) -> tuple[int, str]:
    said = subprocess.run(
        ["curl", "-s", "-m", "10", "-w", "\n%{http_code}", *words], capture_output=True, text=True, check=True
    )
    body, _, status = said.stdout.rpartition("\n")
    return int(status), body


def reason(job: Running, monitor: str, check: str = "heartbeat") -> str:
    shown = json.loads(job.get(f"/api/v1/monitors/{monitor}"))
    return next((str(one["reason"]) for one in shown["health"] if one["check"] == check), "")


def test_a_job_that_falls_silent_reaches_slack_and_so_does_its_return(
    tmp_path: Path, slack: FakeSlack
) -> None:
    with Running(tmp_path, file_with(NIGHTLY, notifier=SLACK), slack_url=slack.url) as job:
        url = address(job, "nightly")
        for words in (("-I",), ("-X", "POST"), ()):
            status, body = curl(url, *words)
            assert status == 200
        assert body == "OK\n"
        until(lambda: reason(job, "nightly") == "accepted", f"it was heard of\n{job.log}")
        until(lambda: slack.messages, f"no alarm\n{job.log}", 70)
        assert headlines(slack)[0].startswith("DOWN nightly: no call by ")
        assert "It has given no sign of life in time." in job.get("/", public=True)
        job.kill()  # what was heard and what is open outlives us
        job.start()
        assert curl(url)[0] == 200
        until(lambda: len(slack.messages) == 2, f"no all-clear\n{job.log}", 40)
        assert headlines(slack)[1].startswith("RECOVERED nightly: it gives signs of life again, after ")
        assert curl("--data-binary", f"oops: {url}", f"{url}/3")[0] == 200
        until(lambda: len(slack.messages) == 3, f"no failure\n{job.log}", 40)
        assert "that it failed: exit status 3; oops: http://" in headlines(slack)[2]
        token = url.rpartition("/")[2]
        assert token not in json.dumps(slack.messages) + job.log + job.get("/api/v1/results")


def test_real_events_are_counted_and_outlive_us(tmp_path: Path) -> None:
    with Hook() as hook, Running(tmp_path, file_with(monitor_yaml("shop", hook, TRAFFIC))) as job:
        url = address(job, "shop")
        assert url.endswith("/event")
        assert curl("-d", '{"count": 25}', url) == (200, "OK\n")
        assert curl("-X", "POST", url)[0] == 200
        assert curl(url)[0] == 405  # an address that somebody's preview fetches is no event
        assert curl("-d", '{"count": -1}', url)[0] == 400
        assert curl("-X", "POST", url.removesuffix("/event"))[0] == 404
        until(lambda: reason(job, "shop", "traffic") == "accepted", f"events arrive\n{job.log}", 60)
        job.kill()
        job.start()
        assert 'webhook_monitor_real_events_total{monitor="shop"} 26' in job.get("/metrics")
        counted = json.loads(job.get("/api/v1/monitors/shop/events"))
        assert sum(hour["count"] for hour in counted["hours"]) == 26
