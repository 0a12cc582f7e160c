"""A real Prometheus scrapes the real main job on a quiet day, and sees the first alert that is given up."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.dashboards.shipped import HOUSE, expressions, filled
from tests.fakes.hook import Hook
from tests.fakes.programs import needs
from tests.fakes.prometheus import Prometheus, a_prometheus
from tests.fakes.running import Running, until
from tests.fakes.slack import FakeSlack

pytestmark = [pytest.mark.real, pytest.mark.timeout(120)]

FILE = """
notifiers:
  oncall: {url: "slack://T0AAAAAAA/B0BBBBBBB/nosuchhooknosuchhooknosu"}
defaults: {interval: 2s, timeout: 1s, confirm_interval: 1s, notify: [oncall]}
monitors:
  billing:
    url: URL
    signature: {headers: {X-Signature: "{sig}"}}
    secret: correct-horse-battery
    checks: {forged: off, tampered: off, unsigned: off, stale: off, fidelity: off}
"""
# Nothing to show on a quiet day without TLS.
EVENTFUL = {
    "monitor: Certificate expires in A",
    "overview: Monitors E",
    "overview: Findings by monitor A",
    "overview: Notifier calls A",
    "overview: Notifier latency A",
    "overview: Missed, skipped, broken off B",
}


@pytest.fixture(scope="module")
def hook() -> Iterator[Hook]:
    with Hook() as listener:
        yield listener


@pytest.fixture(scope="module")
def job(hook: Hook, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Tell a Slack that knows no such hook."""
    directory = tmp_path_factory.mktemp("job")
    yaml = FILE.replace("URL", hook.url)
    with FakeSlack() as slack, Running(directory, yaml, slack_url=slack.url) as running:
        until(lambda: running.status("billing") == "up", f"billing is up\n{running.log}")
        yield running


@pytest.fixture(scope="module")
def prometheus(job: Running, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    """Run what is shipped, faster; this operator has no token."""
    config = yaml.safe_load((HOUSE / "prometheus.yml").read_text(encoding="utf-8"))
    config["global"] = {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"}
    config["rule_files"] = [str(HOUSE / name) for name in config["rule_files"]]
    (scrape,) = config["scrape_configs"]
    del scrape["authorization"]
    scrape["static_configs"][0]["targets"] = [f"127.0.0.1:{job.operator_port}"]
    directory: Path = tmp_path_factory.mktemp("prometheus")
    with a_prometheus(directory, yaml.safe_dump(config)) as server:
        server.wait_for('increase(webhook_monitor_results_total{monitor="billing"}[10s]) > 0')
        yield server


@needs("prometheus")
@pytest.mark.parametrize(
    "expression", [pytest.param(text, id=name) for name, text in expressions() if name not in EVENTFUL]
)
def test_every_panel_has_data_on_a_quiet_day(prometheus: Prometheus, expression: str) -> None:
    values = {"__rate_interval": "10s", "__range": "30s", "monitor": "billing", "group": ".*"}
    assert prometheus.query(filled(expression, **values))


@needs("prometheus")
def test_the_first_alert_that_is_given_up_fires_its_rule(
    prometheus: Prometheus, job: Running, hook: Hook
) -> None:
    hook.status = 503
    until(lambda: 'outcome="given_up"' in job.get("/metrics"), f"Slack refused it for good\n{job.log}")
    fires = prometheus.wait_for('ALERTS{alertname="WebhookMonitorAlertGivenUp", alertstate="firing"}')
    assert fires[0]["metric"]["notifier"] == "oncall"
