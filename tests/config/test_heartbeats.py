"""`kind: heartbeat`, `checks: {traffic, provider}`: what is read, and what is refused in words."""

from datetime import time, timedelta
from pathlib import Path

import pytest

from monitor import cron
from monitor.config import Judges, load
from monitor.core.model import Check, Cron, HeartbeatPlan, Monitor, QuietTime, Secret, StatusPlan, TrafficPlan
from monitor.errors import ConfigError
from tests.config.editor import disagreements
from tests.config.files import written

HOUR = timedelta(hours=1)
JUDGES = Judges(cron=cron.problem)


def whole(monitor: str, *, defaults: str = "{notify: []}") -> str:
    return f"defaults: {defaults}\nmonitors:\n  job: {{{monitor}}}\n"


def job(directory: Path, monitor: str, *, defaults: str = "{notify: []}") -> Monitor:
    text = whole(monitor, defaults=defaults)
    assert disagreements(text) == []
    return load(written(directory, text), {}, judges=JUDGES).monitors[0]


def listener(directory: Path, checks: str, provider: str = "github") -> Monitor:
    text = f"url: http://127.0.0.1:1/hook, provider: {provider}, secret: correct-horse, checks: {{{checks}}}"
    return job(directory, text)


@pytest.mark.parametrize(
    ("text", "plan"),
    [
        ("every: 1d", HeartbeatPlan(rhythm=24 * HOUR, grace=HOUR)),
        ("every: 1m", HeartbeatPlan(rhythm=HOUR / 60, grace=HOUR / 60)),
        ("every: 1m, grace: 5m", HeartbeatPlan(rhythm=HOUR / 60, grace=HOUR / 12)),
        ('cron: "0 3 * * *"', HeartbeatPlan(rhythm=Cron(expression="0 3 * * *", zone="UTC"), grace=HOUR)),
        (
            'cron: "0 3 * * mon-fri", timezone: Europe/Berlin, grace: 90m',
            HeartbeatPlan(rhythm=Cron(expression="0 3 * * mon-fri", zone="Europe/Berlin"), grace=1.5 * HOUR),
        ),
    ],
)
def test_a_job_is_expected_as_it_is_written(tmp_path: Path, text: str, plan: HeartbeatPlan) -> None:
    monitor = job(tmp_path, f"kind: heartbeat, {text}")
    assert monitor.heartbeat == plan
    assert [one.check for one in monitor.checks] == [Check.HEARTBEAT]
    assert (monitor.url, monitor.secrets, monitor.provider.id) == ("", (), "heartbeat")


def test_of_the_defaults_a_heartbeat_takes_what_it_knows(tmp_path: Path) -> None:
    defaults = "{interval: 10s, timeout: 2s, headers: {X: y}, checks: {forged: 1h}, tags: [eu], notify: []}"
    monitor = job(tmp_path, "kind: heartbeat, every: 1h", defaults=defaults)
    assert monitor.tags == ("eu",)
    assert monitor.headers == ()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("kind: hartbeat, every: 1h", "kind: 'hartbeat' is not known (did you mean heartbeat?)"),
        ("kind: heartbeat", "every: is missing (or `cron`)"),
        ('kind: heartbeat, every: 1h, cron: "* * * * *"', "cron: one of `every` and `cron`, not both"),
        ('kind: heartbeat, cron: "61 * * * *"', "cron: is no cron expression: bad minute"),
        ('kind: heartbeat, cron: "* * *"', "needs five fields"),
        ('kind: heartbeat, cron: "* * * * *", timezone: Europe/Berln', "(did you mean Europe/Berlin?)"),
        ("kind: heartbeat, every: 1h, timezone: UTC", "timezone: belongs to `cron`: remove it"),
        ("kind: heartbeat, every: 1s", "every: a job calls every 10s at most"),
        ("kind: heartbeat, every: 1h, url: http://x.example/", "url: unknown key"),
        ("kind: heartbeat, every: 1h, notify: [oncall]", "no notifier is named oncall"),
    ],
)
def test_what_cannot_be_meant_of_a_job_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(written(tmp_path, whole(text)), {}, judges=JUDGES)
    assert problem in "\n".join(map(str, caught.value.problems))


WEEKEND, NIGHT = QuietTime(days=frozenset({5, 6})), QuietTime(start=time(22), until=time(6))


@pytest.mark.parametrize(
    ("text", "quiet"),
    [
        ("sat-sun", (WEEKEND,)),
        ("[22:00-06:00, 'sat, sun']", (NIGHT, WEEKEND)),
        ("mon-fri 20:00-24:00", (QuietTime(days=frozenset(range(5)), start=time(20), until=time(0)),)),
        ("sun-mon 00:00-12:00", (QuietTime(days=frozenset({0, 6}), start=time(0), until=time(12)),)),
        ("fri 00:00-24:00", (QuietTime(days=frozenset({4})),)),
    ],
)
def test_quiet_times_are_hours_days_or_both(tmp_path: Path, text: str, quiet: tuple[QuietTime, ...]) -> None:
    monitor = listener(
        tmp_path, f"traffic: {{at_least: 2, per: 3h, except: {text}, timezone: Europe/Berlin}}"
    )
    assert monitor.traffic == TrafficPlan(at_least=2, per=3 * HOUR, quiet=quiet, zone="Europe/Berlin")
    assert Check.TRAFFIC in [plan.check for plan in monitor.checks]


def test_the_token_of_the_provider_is_hidden(tmp_path: Path) -> None:
    monitor = listener(tmp_path, "provider: {endpoint: acme/shop/1, token: ghp_12345678}")
    assert monitor.provider_status == StatusPlan(
        endpoint="acme/shop/1", token=Secret("ghp_12345678"), api="https://api.github.com"
    )
    assert Secret("ghp_12345678") in monitor.hidden
    assert "ghp_12345678" not in repr(monitor)


def test_neither_is_asked_unless_it_is_asked_for(tmp_path: Path) -> None:
    monitor = listener(tmp_path, "traffic: off, provider: off")
    assert monitor.traffic is None
    assert monitor.provider_status is None
    assert not {plan.check for plan in monitor.checks} & {Check.TRAFFIC, Check.PROVIDER, Check.HEARTBEAT}


@pytest.mark.parametrize(
    ("checks", "provider", "problem"),
    [
        ("traffic: 3h", "github", "checks.traffic: needs its options in a mapping, or off, not '3h'"),
        ("traffic: {per: 3h}", "github", "checks.traffic.at_least: is missing"),
        ("traffic: {at_least: 1, per: 1m}", "github", "checks.traffic.per: 1m is not between 5m and 14d"),
        ("traffic: {at_least: 0, per: 1h}", "github", "needs a whole number from 1"),
        (
            "traffic: {at_least: 1, per: 1h, except: mon-sun}",
            "github",
            "except: leaves less than 1h in 60 days",
        ),
        ("traffic: {at_least: 1, per: 5m, except: 00:00-24:00}", "github", "silence would never be told"),
        ("traffic: {at_least: 1, per: 14d, except: 01:00-24:00}", "github", "except less, or shorten per"),
        ("traffic: {at_least: 1, per: 1h, except: 22-6}", "github", "'22-6' is no quiet time"),
        ("traffic: {at_least: 1, per: 1h, except: 06:00-06:00}", "github", "begins when it ends"),
        ("traffic: {at_least: 1, per: 1h, except: 22:00-24:30}", "github", "no clock shows that"),
        ("provider: on", "github", "needs its options in a mapping"),
        ("provider: {endpoint: acme, token: ghp_12345678}", "github", "one looks like acme/shop/12345678"),
        ("provider: {endpoint: we_1, token: short}", "stripe", "a token has at least 8 characters"),
        ("provider: {endpoint: we_1, token: rk_12345678, every: 5s}", "stripe", "5s is too often"),
        ("provider: {endpoint: x, token: rk_12345678}", "zoom", "no API of Zoom tells"),
        ("heartbeat: 1h", "github", "checks.heartbeat: unknown key"),
    ],
)
def test_what_cannot_be_meant_of_them_is_refused(
    tmp_path: Path, checks: str, provider: str, problem: str
) -> None:
    text = f"url: http://127.0.0.1:1/hook, provider: {provider}, secret: correct-horse, checks: {{{checks}}}"
    with pytest.raises(ConfigError) as caught:
        load(written(tmp_path, whole(text)), {}, judges=JUDGES)
    assert problem in "\n".join(map(str, caught.value.problems))
