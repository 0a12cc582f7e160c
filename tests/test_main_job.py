"""The main job as its operator runs it: a real process, real listeners, Slack, a mail server."""

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.hook import Hook
from tests.fakes.running import Running, until
from tests.fakes.slack import URL as SLACK
from tests.fakes.slack import FakeSlack
from tests.fakes.smtp import FakeSmtp

pytestmark = [pytest.mark.real, pytest.mark.timeout(180)]

# The clock of the defaults (30 s, 15 s, 10 s), ten times as fast and more.
# Its listeners verify nothing: what hostile checks would find is not what these tests are about.
UNASKED = "{forged: off, tampered: off, unsigned: off, duplicate: off}"
FAST = f"interval: 2s, timeout: 1s, confirm_interval: 1s, notify: [oncall], checks: {UNASKED}"
GENERIC = 'signature: {headers: {X-Signature: "{sig}"}}'


def monitor_yaml(name: str, hook: Hook, extra: str = "") -> str:
    lines = [f"url: {hook.url}", GENERIC, "secret: correct-horse-battery", f"public: {{name: The {name}}}"]
    lines += [extra] if extra else []
    return f"  {name}:\n" + "".join(f"    {line}\n" for line in lines)


def file_with(*monitors: str, notifier: str = SLACK, more: str = "") -> str:
    return f'notifiers:\n  oncall: {{url: "{notifier}"}}\n{more}defaults: {{{FAST}}}\nmonitors:\n' + "".join(
        monitors
    )


@pytest.fixture
def hook() -> Iterator[Hook]:
    with Hook() as listener:
        yield listener


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as channel:
        yield channel


def headlines(slack: FakeSlack) -> list[str]:
    return [str(message["text"]) for message in slack.messages]


def up(job: Running, name: str = "billing") -> None:
    until(lambda: job.status(name) == "up", f"{name} is up\n{job.log}")


def test_a_hang_reaches_slack_in_time_and_its_end_does_too(
    tmp_path: Path, hook: Hook, slack: FakeSlack
) -> None:
    with Running(tmp_path, file_with(monitor_yaml("billing", hook)), slack_url=slack.url) as job:
        up(job)
        hook.hang()
        began = time.monotonic()
        until(lambda: slack.messages, f"no alarm\n{job.log}")
        # 2 s interval + 1 s confirming + 1 s timeout; the rest is a busy machine's.
        assert time.monotonic() - began < 9
        assert "DOWN billing" in headlines(slack)[0]
        assert job.status("billing") == "down"
        assert "The billing" in job.get("/", public=True)
        hook.heal()
        until(lambda: len(slack.messages) == 2, f"no all-clear\n{job.log}")
        assert "RECOVERED billing" in headlines(slack)[1]
    assert slack.complaints == []


def test_a_503_reaches_a_mailbox(tmp_path: Path, hook: Hook) -> None:
    with FakeSmtp() as smtp:
        mail = f"mailto://127.0.0.1:{smtp.port}?from=monitor@example.com&to=team@example.com&mode=insecure"
        with Running(tmp_path, file_with(monitor_yaml("billing", hook), notifier=mail)) as job:
            up(job)
            hook.status = 503
            until(lambda: smtp.mails, f"no mail\n{job.log}", 20)
    assert "DOWN billing" in str(smtp.mails[0]["subject"])


def test_an_address_that_is_refused_for_a_while_is_told_later_and_the_other_once(
    tmp_path: Path, hook: Hook
) -> None:
    with FakeSmtp(unknown={"night@example.com"}) as smtp:
        to = "day@example.com,night@example.com"
        mail = f"mailto://127.0.0.1:{smtp.port}?from=monitor@example.com&to={to}&mode=insecure"
        with Running(tmp_path, file_with(monitor_yaml("billing", hook), notifier=mail)) as job:
            up(job)
            hook.status = 503
            until(lambda: smtp.mails, f"no mail\n{job.log}", 20)
            until(lambda: 'failed"} 1' in job.get("/metrics"), f"one is refused\n{job.log}")
            smtp.unknown.clear()
            until(lambda: len(smtp.mails) == 2, f"no second mail\n{job.log}", 20)
            notifiers = [one["name"] for one in job.api("/notifiers")["items"]]
    assert [str(mail["to"]) for mail in smtp.mails] == ["day@example.com", "night@example.com"]
    assert notifiers == ["oncall", "oncall/2"]


def test_a_bad_edit_changes_nothing_and_says_so_until_it_is_mended(
    tmp_path: Path, hook: Hook, slack: FakeSlack
) -> None:
    good = file_with(monitor_yaml("billing", hook))
    with Running(tmp_path, good, slack_url=slack.url) as job:
        up(job)
        job.edit(good.replace("interval: 2s", "intervall: 2s"))
        state = until(lambda: None if (now := job.api("/config"))["ok"] else now, "the edit is refused")
        assert "interval" in str(state)
        assert job.status("billing") == "up"
        assert "webhook_monitor_config_last_reload_success 0" in job.get("/metrics")
        job.edit(file_with(monitor_yaml("billing", hook), monitor_yaml("orders", hook)))
        until(lambda: job.api("/config")["ok"], "the mended file is taken")
        up(job, "orders")


def test_a_monitor_that_is_removed_takes_its_series_along_and_nobody_hears_that_it_recovered(
    tmp_path: Path, hook: Hook, slack: FakeSlack
) -> None:
    both = file_with(monitor_yaml("billing", hook), monitor_yaml("orders", hook, "enabled: true"))
    with Hook() as other, Running(tmp_path, both, slack_url=slack.url) as job:
        up(job)
        hook.status = 503
        until(lambda: job.status("billing") == "down", "billing is down")
        until(lambda: 'probe_success{monitor="billing"} 0' in job.get("/metrics"), "metrics say so")
        job.edit(file_with(monitor_yaml("orders", other)))
        until(lambda: 'monitor="billing"' not in job.get("/metrics"), f"its series are gone\n{job.log}")
        until(lambda: job.status("orders") == "up", "orders has another listener, and is up")
        parts = [part for item in job.api("/incidents")["items"] for part in item["affected"]]
        assert {part["closing"] for part in parts if part["monitor"] == "billing"} == {"monitor_removed"}
    assert not [line for line in headlines(slack) if "RECOVERED" in line and "billing" in line]


def test_killed_in_an_outage_it_neither_forgets_nor_repeats(
    tmp_path: Path, hook: Hook, slack: FakeSlack
) -> None:
    with Running(tmp_path, file_with(monitor_yaml("billing", hook)), slack_url=slack.url) as job:
        up(job)
        hook.status = 503
        until(lambda: slack.messages, "the alarm")
        until(lambda: job.api("/alerts")["items"][0]["sent_at"], "the alarm is settled")
        job.kill()
        job.start()
        until(lambda: job.status("billing") == "down", "it is still down")
        time.sleep(4)  # two more intervals: time enough to repeat itself
        assert len(slack.messages) == 1
        hook.heal()
        until(lambda: len(slack.messages) == 2, "the all-clear")
    assert "RECOVERED billing" in headlines(slack)[1]
    assert all("#1" in str(message) for message in slack.messages)  # the same incident


def test_what_was_not_measured_is_unknown_and_lowers_coverage_not_uptime(
    tmp_path: Path, hook: Hook, slack: FakeSlack
) -> None:
    with Running(tmp_path, file_with(monitor_yaml("billing", hook)), slack_url=slack.url) as job:
        up(job)
        time.sleep(3)
        job.kill()
        time.sleep(7)  # more than two intervals
        job.start()
        up(job)
        uptime = job.api("/monitors/billing/uptime")
        statuses = [item["status"] for item in job.api("/monitors/billing/transitions")["items"]]
    assert uptime["uptime"] == 1.0
    assert uptime["coverage"] < 1.0
    assert "unknown" in statuses


def test_a_clean_stop_is_quick_and_leaves_nothing_behind(
    tmp_path: Path, hook: Hook, slack: FakeSlack
) -> None:
    with Running(tmp_path, file_with(monitor_yaml("billing", hook)), slack_url=slack.url) as job:
        up(job)
        hook.hang()
        time.sleep(1)
        job.signal(signal.SIGTERM)
        assert job.ended(15) == 0
        assert "Traceback" not in job.log


def test_a_second_process_on_the_same_database_is_refused_by_name(
    tmp_path: Path, hook: Hook, slack: FakeSlack
) -> None:
    yaml = file_with(monitor_yaml("billing", hook))
    with Running(tmp_path, yaml, slack_url=slack.url) as first:
        up(first)
        with Running(tmp_path, yaml, slack_url=slack.url, wait=False) as second:
            assert second.ended(30) == 2
            assert first.process is not None
            assert f"process {first.process.pid}" in second.log


def test_a_standby_is_alive_but_not_ready_and_takes_over(
    tmp_path: Path, hook: Hook, slack: FakeSlack
) -> None:
    yaml = file_with(monitor_yaml("billing", hook))
    with Running(tmp_path, yaml, slack_url=slack.url) as first:
        up(first)
        with Running(tmp_path, yaml, slack_url=slack.url, options=("--standby",)) as second:
            assert "standing by" in second.get("/readyz", public=True)
            second.signal(signal.SIGHUP)  # "reload all of them": a stand-by reads the file when it takes over
            hook.status = 503
            until(lambda: slack.messages, "the alarm of the first")
            until(lambda: first.api("/alerts")["items"][0]["sent_at"], "the alarm is settled")
            first.kill()
            until(lambda: second.get("/readyz", public=True) == '{"ok":true}', "it took over", 40)
            until(lambda: second.status("billing") == "down", "it knows that billing is down")
            hook.heal()
            until(lambda: len(slack.messages) == 2, "the all-clear of the second")
    assert "RECOVERED billing" in headlines(slack)[1]


def test_a_process_that_was_frozen_while_another_took_over_stops_at_once(
    tmp_path: Path, hook: Hook, slack: FakeSlack
) -> None:
    """A SQLite lock is kept by a frozen process: the standby waits for its end, never beside it."""
    yaml = file_with(monitor_yaml("billing", hook))
    with (
        Running(tmp_path, yaml, slack_url=slack.url) as first,
        Running(tmp_path, yaml, slack_url=slack.url, options=("--standby",)) as second,
    ):
        up(first)
        first.signal(signal.SIGSTOP)
        time.sleep(17)
        assert "standing by" in second.get("/readyz", public=True)
        first.signal(signal.SIGCONT)
        up(first)


def test_a_listener_that_accepts_forged_events_is_a_finding_and_not_public(
    tmp_path: Path, hook: Hook, slack: FakeSlack
) -> None:
    yaml = file_with(monitor_yaml("billing", hook, "checks: {forged: 2s}"))
    with Running(tmp_path, yaml, slack_url=slack.url) as job:
        until(lambda: slack.messages, f"the finding\n{job.log}")
        detail = until(lambda: job.api("/monitors/billing").get("findings"), "it is in the API")
        up(job)
        assert "forge" not in job.get("/", public=True).lower()
    assert detail[0]["reason"] == "forgery_accepted"
    assert "SECURITY" in headlines(slack)[0]


def test_no_secret_reaches_the_database_the_logs_or_any_page(
    tmp_path: Path, hook: Hook, slack: FakeSlack
) -> None:
    with Running(tmp_path, file_with(monitor_yaml("billing", hook)), slack_url=slack.url) as job:
        up(job)
        hook.status = 500
        until(lambda: slack.messages, "the alarm")
        shown = [job.get(path) for path in ("/metrics", "/api/v1/monitors/billing", "/api/v1/alerts")]
        shown += [job.get("/api/v1/monitors/billing/results"), job.get("/", public=True), job.log]
        job.signal(signal.SIGTERM)
        job.ended()
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("monitor.db*"))
    for secret in ("correct-horse-battery", "abcdefghijklmnopqrstuvwx"):
        assert secret not in "".join(shown)
        assert secret.encode() not in kept
