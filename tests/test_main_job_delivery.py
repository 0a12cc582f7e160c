"""The main job while nobody takes its alerts, or while it dies: a real process, Slack, a mail server."""

import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.hook import Hook
from tests.fakes.postbox import Postbox, Reply
from tests.fakes.postgres import Postgres, postgres
from tests.fakes.running import Running, until
from tests.fakes.slack import URL as SLACK
from tests.fakes.slack import FakeSlack
from tests.fakes.smtp import FakeSmtp
from tests.test_main_job import FAST, file_with, headlines, monitor_yaml, up

__all__ = ["postgres"]

pytestmark = [pytest.mark.real, pytest.mark.timeout(240)]

GONE = SLACK.replace("abcdefghijklmnopqrstuvwx", "zzzzzzzzzzzzzzzzzzzzzzzz")  # a hook that nobody has
DOWN = [Reply(status=503, body=b"service_unavailable")] * 500


@pytest.fixture(name="hook")
def a_hook() -> Iterator[Hook]:
    with Hook() as listener:
        yield listener


@pytest.fixture(name="slack")
def a_slack() -> Iterator[FakeSlack]:
    with FakeSlack() as channel:
        yield channel


def with_fallback(hook: Hook, url: str, smtp: FakeSmtp) -> str:
    notifiers = f'notifiers:\n  oncall: {{url: "{url}", fallback: mail}}\n  mail: {{url: "{smtp.url}"}}\n'
    return f"{notifiers}defaults: {{{FAST}}}\nmonitors:\n{monitor_yaml('billing', hook)}"


def mailed(smtp: FakeSmtp) -> str:
    """Return all subjects and texts."""
    told = []
    for mail in smtp.mails:
        text = mail.get_body(("plain",))
        told += [str(mail["Subject"]), text.get_content() if text else ""]
    return "\n".join(told)


def alerts(job: Running, *words: str) -> subprocess.CompletedProcess[str]:
    """Run ``webhook-monitor alerts …`` beside the main job."""
    command = [sys.executable, "-m", "monitor", "alerts", *words, "--operator-port", str(job.operator_port)]
    environ = {**os.environ, "NO_COLOR": "1"}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environ, timeout=60)


def sent(job: Running) -> list[bool]:
    return [one["state"] == "sent" for one in job.api("/alerts")["items"]]


def settled(job: Running, count: int) -> None:
    until(lambda: sent(job) == [True] * count, f"{count} settled\n{job.log}", 30)


# --- killed -------------------------------------------------------------------------------------------------


def test_killed_between_slacks_taking_it_and_our_settling_it_is_told_twice_and_says_so(
    tmp_path: Path, hook: Hook, slack: FakeSlack
) -> None:
    with Running(tmp_path, file_with(monitor_yaml("billing", hook)), slack_url=slack.url) as job:
        up(job)
        slack.box.hold()
        hook.status = 503
        until(lambda: slack.box.posts, f"Slack has it\n{job.log}")
        job.kill()
        slack.box.let_go()  # it takes it, and there is nobody to hear that
        until(lambda: slack.messages, "Slack takes it")
        job.start()
        until(lambda: len(slack.messages) == 2, f"the repeat\n{job.log}", 30)
        settled(job, 1)
        hook.heal()
        until(lambda: len(slack.messages) == 3, f"the all-clear\n{job.log}", 30)
    first, repeat, recovered = headlines(slack)
    assert first.startswith("DOWN billing")
    assert "may be a repeat" not in first
    assert repeat.startswith("DOWN billing")
    assert repeat.endswith("(may be a repeat)")
    assert "RECOVERED billing" in recovered
    assert "#1" in str(slack.messages[0])
    assert "#1" in str(slack.messages[1])  # the same incident


def test_killed_while_slack_refuses_it_is_told_once_and_unmarked(
    tmp_path: Path, hook: Hook, slack: FakeSlack
) -> None:
    with Running(tmp_path, file_with(monitor_yaml("billing", hook)), slack_url=slack.url) as job:
        up(job)
        slack.box.next.extend(DOWN)
        hook.status = 503
        until(lambda: "alert refused" in job.log, f"it is refused\n{job.log}")
        until(lambda: job.api("/alerts")["items"][0]["error"], "and that is written down")
        job.kill()
        slack.box.next.clear()
        job.start()
        settled(job, 1)
    (told,) = headlines(slack)
    assert told.startswith("DOWN billing")
    assert "repeat" not in told


def test_an_outage_that_slack_slept_through_across_two_restarts_is_one_honest_message(
    tmp_path: Path, hook: Hook, slack: FakeSlack
) -> None:
    with Running(tmp_path, file_with(monitor_yaml("billing", hook)), slack_url=slack.url) as job:
        up(job)
        slack.box.next.extend(DOWN)
        hook.status = 503
        until(lambda: "alert refused" in job.log, f"it is refused\n{job.log}")
        job.kill()
        job.start()
        until(lambda: job.status("billing") == "down", "it is still down")
        hook.heal()
        until(lambda: job.status("billing") == "up", "it is up, and nobody heard of it")
        job.signal(signal.SIGTERM)
        assert job.ended(30) == 0
        assert slack.messages == []
        slack.box.next.clear()
        job.start()
        settled(job, 2)
    (told,) = slack.messages
    assert "RECOVERED billing" in told["text"]
    assert "could not tell you earlier" in str(told)


# --- dead ---------------------------------------------------------------------------------------------------


def test_a_dead_hook_is_told_by_mail_shown_everywhere_and_mended_by_an_edit(
    tmp_path: Path, hook: Hook, slack: FakeSlack
) -> None:
    with (
        FakeSmtp() as smtp,
        Running(tmp_path, with_fallback(hook, GONE, smtp), slack_url=slack.url) as job,
    ):
        up(job)
        assert 'webhook_monitor_notifier_up{notifier="oncall"} 1' in job.get("/metrics")
        hook.status = 503
        until(lambda: "billing: answered 503" in mailed(smtp), f"by mail\n{job.log}", 30)
        assert "notifier oncall is dead" in mailed(smtp)
        dead = until(
            lambda: next((one for one in job.api("/notifiers")["items"] if one["state"] == "dead"), None),
            "the API says so",
        )
        assert (dead["name"], dead["fallback"]) == ("oncall", ["mail"])
        assert "no_service" in dead["last_error"]
        until(lambda: 'webhook_monitor_notifier_up{notifier="oncall"} 0' in job.get("/metrics"), "metrics")
        job.edit(with_fallback(hook, SLACK, smtp))
        until(
            lambda: 'webhook_monitor_notifier_up{notifier="oncall"} 1' in job.get("/metrics"), "alive again"
        )
        hook.heal()
        until(lambda: slack.messages, f"Slack hears of the end\n{job.log}", 30)
        assert "zzzzzzzz" not in job.log + mailed(smtp) + str(job.api("/notifiers"))
    (told,) = slack.messages
    assert "could not tell you earlier" in str(told)  # it never heard of the beginning


def test_dead_letters_are_listed_and_tried_again(tmp_path: Path, hook: Hook, slack: FakeSlack) -> None:
    with Running(tmp_path, file_with(monitor_yaml("billing", hook)), slack_url=slack.url) as job:
        up(job)
        assert alerts(job, "list").returncode == 0
        slack.box.next.extend([Reply(status=400, body=b"no_text")] * 2)  # neither dressed nor bare
        hook.status = 503
        until(lambda: "alerts given up" in job.log, f"it is given up\n{job.log}")
        until(lambda: job.api("/alerts?state=given_up")["items"], "a dead letter")
        listed = alerts(job, "list")
        assert listed.returncode == 1
        assert "DOWN billing" in listed.stdout
        assert "no_text" in listed.stdout
        unknown = alerts(job, "retry", "nonsense")
        assert (unknown.returncode, slack.messages) == (2, [])
        retried = alerts(job, "retry", "--all")
        assert retried.returncode == 0, retried.stderr
        settled(job, 1)
        assert alerts(job, "list").returncode == 0
    assert headlines(slack)[0].startswith("DOWN billing")


def test_with_nothing_running_it_says_so(tmp_path: Path) -> None:
    job = Running(tmp_path, "")
    for words in (("list",), ("retry", "--all")):
        asked = alerts(job, *words)
        assert asked.returncode == 2
        assert "no webhook-monitor answers at 127.0.0.1" in asked.stderr


def test_a_server_that_refuses_the_sender_is_a_dead_notifier(
    tmp_path: Path, hook: Hook, slack: FakeSlack
) -> None:
    with FakeSmtp(senders=["550 not yours"] * 50) as smtp:
        notifiers = f'  oncall: {{url: "{smtp.url}", fallback: chat}}\n  chat: {{url: "{SLACK}"}}\n'
        yaml = f"notifiers:\n{notifiers}defaults: {{{FAST}}}\nmonitors:\n{monitor_yaml('billing', hook)}"
        with Running(tmp_path, yaml, slack_url=slack.url) as job:
            up(job)
            hook.status = 503
            until(lambda: "billing: answered 503" in str(slack.messages), f"in chat\n{job.log}", 30)
    assert "550 not yours" in str(slack.messages)


# --- slow, hanging ------------------------------------------------------------------------------------------


def test_slack_that_asks_for_patience_is_asked_when_it_said(
    tmp_path: Path, hook: Hook, slack: FakeSlack
) -> None:
    with Running(tmp_path, file_with(monitor_yaml("billing", hook)), slack_url=slack.url) as job:
        up(job)
        slack.box.next.append(Reply(status=429, body=b"rate_limited", headers={"Retry-After": "3"}))
        hook.status = 503
        settled(job, 1)
        (alert,) = job.api("/alerts")["items"]
    assert alert["attempts"] == 2
    (told,) = headlines(slack)
    assert "repeat" not in told


def test_a_notifier_that_hangs_is_told_again_with_a_mark_and_delays_no_other(
    tmp_path: Path, hook: Hook, slack: FakeSlack
) -> None:
    with Postbox() as slow:
        slow.hold()
        chat = f'  chat: {{url: "json://{slow.address}/"}}\n'
        yaml = file_with(monitor_yaml("billing", hook)).replace("defaults:", f"{chat}defaults:")
        with Running(tmp_path, yaml.replace("[oncall]", "[oncall, chat]"), slack_url=slack.url) as job:
            up(job)
            hook.status = 503
            until(lambda: slack.messages, f"Slack does not wait\n{job.log}", 20)
            until(lambda: "may have been taken" in job.log or "alert refused" in job.log, "given up", 40)
            assert len(slack.messages) == 1
            slow.let_go()
            settled(job, 2)


# --- the database -------------------------------------------------------------------------------------------


def test_an_alarm_of_a_database_that_is_away_is_told_once_and_known_afterwards(
    tmp_path: Path, hook: Hook, slack: FakeSlack, postgres: Postgres
) -> None:
    yaml = file_with(monitor_yaml("billing", hook))
    with Running(tmp_path, yaml, database=postgres.emptied(), slack_url=slack.url) as job:
        up(job)
        postgres.stop()
        try:
            until(lambda: "the database is away" in job.get("/readyz", public=True), "readyz says so", 30)
            hook.status = 503
            until(lambda: "DOWN billing" in str(slack.messages), f"from memory\n{job.log}", 30)
        finally:
            postgres.start()
        until(lambda: job.get("/readyz", public=True) == '{"ok":true}', f"it is back\n{job.log}", 30)
        until(lambda: job.api("/alerts")["items"] and all(sent(job)), f"all settled\n{job.log}", 40)
    assert sum("DOWN billing" in line for line in headlines(slack)) == 1


# --- the dead man's switch ----------------------------------------------------------------------------------


def test_the_dead_mans_switch_hears_nothing_while_nothing_can_be_written(
    tmp_path: Path, hook: Hook, slack: FakeSlack
) -> None:
    with Postbox() as switch:
        url = f"http://{switch.address}/a-secret-path-of-ours"
        yaml = file_with(monitor_yaml("billing", hook), more=f'watchdog: {{url: "{url}", every: 10s}}\n')
        with Running(tmp_path, yaml, slack_url=slack.url) as job:
            until(lambda: switch.posts, f"a sign of life at the start\n{job.log}", 10)
            lock = sqlite3.connect(tmp_path / "monitor.db", isolation_level=None)
            lock.execute("BEGIN IMMEDIATE")
            until(lambda: 'pings_total{outcome="withheld"}' in job.get("/metrics"), "nothing is said", 40)
            heard = len(switch.posts)
            until(lambda: pings(job, "withheld") >= 2, "still nothing", 30)
            assert len(switch.posts) == heard
            lock.execute("COMMIT")
            lock.close()
            until(lambda: len(switch.posts) > heard, f"it is heard again\n{job.log}", 40)
            heard = len(switch.posts)
            job.signal(signal.SIGTERM)
            assert job.ended(30) == 0
        assert len(switch.posts) == heard  # a stop is no sign of life
        assert {post.path for post in switch.posts} == {"/a-secret-path-of-ours"}
        assert "a-secret-path" not in job.log


def pings(job: Running, outcome: str) -> float:
    found = re.search(rf'pings_total{{outcome="{outcome}"}} (\S+)', job.get("/metrics"))
    return float(found[1]) if found else 0.0
