"""Incidents with the real main job: what fails together, the link in Slack, the command line, a restart."""

import json
import re
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

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


def started(directory: Path, hook: Hook, slack: FakeSlack) -> Running:
    """Two monitors of one host, and a site that has an address."""
    job = Running(directory, "", slack_url=slack.url)
    site = f'site: {{name: Acme, url: "http://127.0.0.1:{job.port}"}}\n'
    job.file.write_text(site + file_with(monitor_yaml("billing", hook), monitor_yaml("orders", hook)))
    return job


def said(job: Running, *words: str) -> tuple[int, str]:
    """Run ``incidents …`` as a program of its own against the running main job."""
    command = [
        sys.executable,
        "-m",
        "monitor",
        "incidents",
        *words,
        "--operator-port",
        str(job.operator_port),
    ]
    done = subprocess.run(
        command, cwd=job.directory, capture_output=True, text=True, timeout=60, check=False,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(Path(__file__).parents[1]), "NO_COLOR": "1"},
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def link_in(message: object) -> str:
    found = re.search(r"http://127\.0\.0\.1:\d+/ack/[\w.-]+", json.dumps(message))
    assert found, message
    return found.group()


def fetched(url: str, form: dict[str, str] | None = None) -> tuple[int, str, dict[str, str]]:
    body = urllib.parse.urlencode(form).encode() if form else None
    try:
        with urllib.request.urlopen(url, body, timeout=10) as answer:  # noqa: S310  (ours)
            return answer.status, answer.read().decode(), dict(answer.headers)
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), dict(error.headers)


def test_what_fails_together_is_acknowledged_from_slack_and_told_to_be_over_once(
    tmp_path: Path, hook: Hook, slack: FakeSlack
) -> None:
    with started(tmp_path, hook, slack) as job:
        up(job)
        up(job, "orders")
        hook.status = 503
        until(
            lambda: (
                len(job.api("/incidents?open=true")["items"][0]["affected"]) == 2
                if job.api("/incidents")["items"]
                else None
            ),
            f"both fail\n{job.log}",
        )
        until(lambda: slack.messages, f"no alarm\n{job.log}")
        link = link_in(slack.messages[0])

        status, page, headers = fetched(link)  # what a preview does
        assert status == 200
        assert "Acknowledge incident #1?" in page
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-robots-tag"] == "noindex, nofollow"
        assert job.api("/incidents/1")["acknowledged_by"] is None

        token = link.rpartition("/")[2]
        assert fetched(link, {"token": token[:-2], "who": "Mallory"})[0] == 403
        status, page, _ = fetched(link, {"token": token, "who": "Anna"})
        assert status == 200
        assert "Anna has it in hand" in page
        assert job.api("/incidents/1")["acknowledged_by"] == "Anna"
        assert said(job, "ack", "1", "--who", "ben") == (2, "✗ #1 is acknowledged already, by Anna\n")

        hook.heal()
        until(
            lambda: any("RECOVERED 2 monitors" in line for line in headlines(slack)), f"no end\n{job.log}", 40
        )
        assert sum("RECOVERED" in line for line in headlines(slack)) == 1
        assert fetched(link)[0] == 410
        kinds = [line["kind"] for line in job.api("/incidents/1")["timeline"]]
        assert kinds.index("opened") < kinds.index("acknowledged") < kinds.index("ended")
        assert "told" in kinds
        assert token not in (tmp_path / "monitor.db").read_bytes().decode("latin-1")
        assert token not in job.log
    assert slack.complaints == []


def test_what_people_did_outlives_a_kill_and_the_monitor(
    tmp_path: Path, hook: Hook, slack: FakeSlack
) -> None:
    with started(tmp_path, hook, slack) as job:
        up(job)
        hook.status = 503
        until(lambda: job.api("/incidents?open=true")["items"], f"it fails\n{job.log}")
        assert said(job, "ack", "1", "--who", "anna", "--text", "looking") == (
            0,
            "✓ #1 is acknowledged by anna\n",
        )
        assert said(job, "note", "1", "the disk is full", "--who", "anna")[0] == 0
        assert said(job, "assign", "1", "ben", "--who", "anna") == (0, "✓ #1 is assigned to ben\n")
        job.kill()
        job.start()
        up_again = until(lambda: job.api("/incidents?open=true")["items"], f"still open\n{job.log}")
        assert (up_again[0]["acknowledged_by"], up_again[0]["assignee"]) == ("anna", "ben")
        with Hook() as well:
            job.edit(file_with(monitor_yaml("other", well)))
            until(lambda: job.api("/incidents/1")["ended_at"], f"closed\n{job.log}")
            up(job, "other")
            assert job.api("/incidents/1")["closing"] == "monitor_removed"
            (tmp_path / "text.md").write_text("The disk was full.\n")
            assert said(job, "post-mortem", "1", "--file", "text.md", "--who", "anna")[0] == 0
            code, shown = said(job, "show", "1")
            assert code == 0
            for word in ("acknowledged", "the disk is full", "ben", "unwatched", "The disk was full."):
                assert word in shown
            assert said(job, "list") == (0, "✓ nothing is open\n")
            assert "billing" in said(job, "list", "--all")[1]


def test_resolving_is_believed_until_the_next_probes_say_otherwise(
    tmp_path: Path, hook: Hook, slack: FakeSlack
) -> None:
    with started(tmp_path, hook, slack) as job:
        up(job)
        hook.status = 503
        until(lambda: job.api("/incidents?open=true")["items"], f"it fails\n{job.log}")
        assert said(job, "resolve", "1", "--who", "anna") == (0, "✓ #1 is resolved by anna\n")
        until(lambda: job.api("/incidents/2").get("number"), f"still failing\n{job.log}")
        until(lambda: any("resolved" in line.lower() for line in headlines(slack)), f"told\n{job.log}", 30)
        assert said(job, "reopen", "1", "--who", "anna")[0] == 0
        code, told = said(job, "merge", "2", "1", "--who", "anna")
        assert (code, told) == (0, "✓ #2 is part of #1\n")
        assert job.api("/incidents/2")["number"] == 1
        assert said(job, "show", "9") == (2, "✗ there is no incident 9\n")


def test_with_nothing_running_it_says_so(tmp_path: Path) -> None:
    job = Running(tmp_path, "")
    code, told = said(job, "list")
    assert code == 2
    assert "no webhook-monitor answers at 127.0.0.1" in told
