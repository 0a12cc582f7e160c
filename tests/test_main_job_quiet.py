"""Announced work and silences against the real main job: by command, across a kill, and told afterwards."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.hook import Hook
from tests.fakes.running import Running, until
from tests.fakes.slack import FakeSlack
from tests.test_main_job import file_with, headlines, monitor_yaml, up

pytestmark = [pytest.mark.real, pytest.mark.timeout(180)]


@pytest.fixture
def hook() -> Iterator[Hook]:
    with Hook() as listener:
        yield listener


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as channel:
        yield channel


def command(job: Running, *words: str) -> tuple[int, str]:
    """Run a command as an operator beside the main job; return its exit code and what it said."""
    ended = subprocess.run(
        [sys.executable, "-m", "monitor", *words, "--operator-port", str(job.operator_port)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Traceback" not in ended.stderr
    return ended.returncode, ended.stdout + ended.stderr


def held(job: Running) -> Any:
    found = json.loads(job.get("/api/v1/incidents?open=true"))["items"]
    return found[0]["held"] if found else None


def test_work_announced_by_command_hushes_outlives_a_kill_and_what_outlives_it_is_told(
    tmp_path: Path, hook: Hook, slack: FakeSlack
) -> None:
    with Running(tmp_path, file_with(monitor_yaml("billing", hook)), slack_url=slack.url) as job:
        up(job)
        code, said = command(job, "maintenance", "add", "new disks", "--monitor", "billing", "--for", "10m")
        assert code == 0, said
        until(lambda: job.status("billing") == "maintenance", "the work begins")
        assert "Service Under Maintenance" in job.get("/", public=True)
        hook.status = 503
        until(lambda: held(job), "the alarm is held back")
        job.kill()
        job.start()
        until(lambda: job.status("billing") == "maintenance", "the work goes on")
        assert held(job)["name"] == "new disks"
        code, said = command(job, "maintenance", "list")
        assert "new disks" in said
        assert slack.messages == []
        assert command(job, "maintenance", "end", "1")[0] == 0
        until(lambda: slack.messages, f"what outlived the work is told\n{job.log}")
        assert "told now: maintenance" in headlines(slack)[0]
        assert "no work is announced" in command(job, "maintenance", "list")[1]
        hook.heal()
        until(lambda: len(slack.messages) == 2, "the all-clear")


def test_a_silence_by_command_hushes_and_is_ended_by_command(
    tmp_path: Path, hook: Hook, slack: FakeSlack
) -> None:
    with Running(tmp_path, file_with(monitor_yaml("billing", hook)), slack_url=slack.url) as job:
        up(job)
        code, said = command(job, "silence", "add", "ticket 7", "--all", "--check", "delivery", "--for", "1h")
        assert code == 0, said
        hook.status = 503
        until(lambda: held(job), "the alarm is held back")
        assert job.status("billing") == "down"
        assert "ticket 7" in command(job, "silence", "list")[1]
        assert command(job, "silence", "end", "1")[0] == 0
        until(lambda: slack.messages, f"it is told\n{job.log}")
        assert "told now: silence, ended early" in headlines(slack)[0]
        assert "nothing is silenced" in command(job, "silence", "list")[1]
        code, said = command(job, "silence", "end", "1")
        assert (code, "there is no silence 1" in said) == (2, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("silence", "add", "why"), "say of what: --monitor ID, --group NAME, --tag TAG or --all"),
        (("silence", "add", "why", "--all", "--for", "30"), "a duration needs a unit"),
        (("maintenance", "list"), "no webhook-monitor answers at 127.0.0.1"),
    ],
)
def test_without_a_main_job_or_without_sense_a_command_says_so(
    tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    job = Running(tmp_path, "")  # not started
    code, told = command(job, *words)
    assert code == 2
    assert said in " ".join(told.split())
