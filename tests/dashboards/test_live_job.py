"""A real Prometheus scrapes the real main job on a quiet day, and sees a notifier die."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.dashboards.shipped import HOUSE, expressions, filled
from tests.fakes.ports import free_port
from tests.fakes.programs import needs
from tests.fakes.prometheus import Prometheus, a_prometheus
from tests.fakes.running import Running, until
from tests.fakes.shop import Shop
from tests.fakes.slack import FakeSlack
from tests.test_main_job_heartbeats import address, curl

pytestmark = [pytest.mark.real, pytest.mark.timeout(120)]

FILE = """
notifiers:
  oncall: {url: "slack://T0AAAAAAA/B0BBBBBBB/nosuchhooknosuchhooknosu"}
receipts: {url: "http://127.0.0.1:PORT"}
defaults: {interval: 2s, timeout: 1s, confirm_interval: 1s, notify: [oncall]}
monitors:
  billing:
    url: URL
    signature: {headers: {X-Signature: "{sig}"}}
    secret: correct-horse-battery
    checks:
      {forged: off, tampered: off, unsigned: off, stale: off, receipt: on, traffic: {at_least: 1, per: 3h}}
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
def shop() -> Iterator[Shop]:
    with Shop() as listener:
        yield listener


@pytest.fixture(scope="module")
def job(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Tell a Slack that knows no such hook."""
    directory = tmp_path_factory.mktemp("job")
    port = free_port()
    file = FILE.replace("URL", shop.url).replace("PORT", str(port))
    with FakeSlack() as slack, Running(directory, file, slack_url=slack.url, port=port) as running:
        assert curl("-X", "POST", address(running, "billing"))[0] == 200
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
def test_a_notifier_that_takes_nothing_any_more_fires_its_rule(
    prometheus: Prometheus, job: Running, shop: Shop
) -> None:
    shop.status = 503
    dead = 'webhook_monitor_notifier_up{notifier="oncall"} 0'
    until(lambda: dead in job.get("/metrics"), f"Slack refused it for good\n{job.log}")
    fires = prometheus.wait_for('ALERTS{alertname="WebhookMonitorNotifierDead", alertstate="firing"}')
    assert fires[0]["metric"]["notifier"] == "oncall"
