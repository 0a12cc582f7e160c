"""A real Prometheus scrapes a busy page as the shipped files say, and every panel has something to show."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import yaml

from monitor.core.model import (
    Check,
    CheckKey,
    CheckPlan,
    Config,
    Health,
    Incident,
    Monitor,
    Notifier,
    Phases,
    Public,
    Pulse,
    Queue,
    Reason,
    Reply,
    Result,
    Secret,
    Severity,
    Snapshot,
    Status,
    TrafficPlan,
    Verdict,
)
from monitor.metrics import CONTENT_TYPE, Gauges, Metrics
from tests.dashboards.shipped import HOUSE, expressions, filled
from tests.fakes.programs import needs
from tests.fakes.prometheus import Prometheus, a_prometheus
from tests.makers import BAD, GOOD, a_monitor, a_reply, a_result

TOKEN = "let-me-scrape-this"
STATUSES = {
    "billing": Status.UP,
    "slow": Status.DEGRADED,
    "broken": Status.DOWN,
    "unseen": Status.UNKNOWN,
    "asleep": Status.PAUSED,
}
ONCALL = Notifier(name="oncall", url=Secret("json://localhost"))
PROCESSED = Verdict(status=Status.UP, reason=Reason.PROCESSED, message="processed 2.5 s after it was sent")
REFUSED = Verdict(status=Status.UP, reason=Reason.REFUSED, message="answered 401")


class Busy:
    """A service with something of everything, that counts on with each scrape."""

    def __init__(self) -> None:
        self.metrics = Metrics()
        self.metrics.reloaded(ok=True, at=datetime.now(UTC))
        self.scrapes = 0
        self.monitors = tuple(
            a_monitor(
                id=name,
                enabled=status is not Status.PAUSED,
                public=Public(name=name, group="Money in"),
                checks=(
                    CheckPlan(check=Check.DELIVERY, every=timedelta(seconds=30)),
                    CheckPlan(check=Check.FORGED, every=timedelta(hours=1)),
                    CheckPlan(check=Check.RECEIPT, every=timedelta(seconds=90)),
                ),
                traffic=TrafficPlan(at_least=1, per=timedelta(hours=3)),
            )
            for name, status in STATUSES.items()
        )

    def page(self) -> bytes:
        self.scrapes += 1
        now = datetime.now(UTC)
        results = [self._delivery(monitor, now) for monitor in self.monitors if monitor.id != "unseen"]
        results.append(a_result(REFUSED, at=now, check=Check.FORGED))
        far_end = Reply(started_at=now, phases=Phases(wait=2.5))
        results.append(a_result(PROCESSED, at=now, check=Check.RECEIPT, reply=far_end))
        by_id = {monitor.id: monitor for monitor in self.monitors}
        for result in results:
            self.metrics.probe_finished(result, by_id[result.monitor])
            self.metrics.tick(0.004)
        self.metrics.skipped("overlap")
        self.metrics.missed(1)
        self.metrics.alert_sent("oncall", "sent", 0.2)
        waiting = now - timedelta(seconds=20)
        queues = tuple(Queue(notifier=name, depth=2, oldest_at=waiting) for name in ("oncall", "gone"))
        gauges = Gauges(queues=queues, writer_queue=3, checks_running=1, loop_lag_seconds=0.001)
        return self.metrics.render(self._snapshot(results, now), gauges)

    def _delivery(self, monitor: Monitor, now: datetime) -> Result:
        verdict = BAD if monitor.id == "broken" else GOOD
        expiry = now + timedelta(days=10)
        reply = a_reply(200 if verdict.good else 503, certificate_expires_at=expiry)
        return a_result(verdict, at=now, monitor=monitor.id, reply=reply)

    def _snapshot(self, results: list[Result], now: datetime) -> Snapshot:
        forged = Incident(
            number=1,
            monitor="broken",
            check=Check.FORGED,
            started_at=now,
            confirmed_at=now,
            severity=Severity.CRITICAL,
            reason=Reason.FORGERY_ACCEPTED,
            message="a forged event was accepted",
        )
        return Snapshot(
            config=Config(monitors=self.monitors, notifiers=(ONCALL,)),
            healths={
                CheckKey("billing", Check.RECEIPT): Health(status=Status.UP, last_result_at=now),
                **{
                    CheckKey(name, Check.DELIVERY): Health(status=status, last_result_at=now)
                    for name, status in STATUSES.items()
                },
            },
            last_results={CheckKey(result.monitor, result.check): result for result in results},
            open_incidents={CheckKey("broken", Check.FORGED): forged},
            pulses={"billing": Pulse(monitor="billing", since=now, heard_at=now, events=25 * self.scrapes)},
            taken_at=now,
        )


@pytest.fixture(scope="module")
def target() -> Iterator[str]:
    """Serve the busy page to whoever shows the token."""
    busy = Busy()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path != "/metrics" or self.headers["Authorization"] != f"Bearer {TOKEN}":
                self.send_error(403)
                return
            page = busy.page()
            self.send_response(200)
            self.send_header("Content-Type", CONTENT_TYPE)
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name it is called by
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield f"127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def prometheus(target: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    """Run what is shipped; only the pace, the target and the place of the token differ."""
    directory = tmp_path_factory.mktemp("prometheus")
    (directory / "token").write_text(TOKEN)
    config = yaml.safe_load((HOUSE / "prometheus.yml").read_text(encoding="utf-8"))
    config["global"] = {"scrape_interval": "300ms", "scrape_timeout": "300ms", "evaluation_interval": "300ms"}
    config["rule_files"] = [str(HOUSE / name) for name in config["rule_files"]]
    (job,) = config["scrape_configs"]
    job["authorization"]["credentials_file"] = str(directory / "token")
    job["static_configs"][0]["targets"] = [target]
    with a_prometheus(directory, yaml.safe_dump(config)) as server:
        server.wait_for('increase(webhook_monitor_results_total{monitor="billing"}[5s]) > 0')
        server.wait_for("webhook_monitor:schedule_lag_seconds:p99 >= 0")
        yield server


@pytest.mark.real
@needs("prometheus")
@pytest.mark.parametrize("expression", [pytest.param(text, id=name) for name, text in expressions()])
def test_every_panel_has_data(prometheus: Prometheus, expression: str) -> None:
    busiest = "broken" if "finding" in expression else "billing"
    values = {"__rate_interval": "5s", "__range": "30s", "monitor": busiest, "group": ".*"}
    samples = prometheus.query(filled(expression, **values))
    assert samples
    assert all(sample["value"][1] != "NaN" for sample in samples)


@pytest.mark.real
@needs("prometheus")
def test_the_overview_counts_the_monitors_of_each_status(prometheus: Prometheus) -> None:
    wanted = {
        "Up A": "1",
        "Degraded A": "1",
        "Down A": "1",
        "Unknown A": "1",
        "Paused A": "1",
        "Findings A": "1",
    }
    texts = dict(expressions())
    for title, count in wanted.items():
        (sample,) = prometheus.query(filled(texts[f"overview: {title}"], group=".*"))
        assert sample["value"][1] == count, title


@pytest.mark.real
@needs("prometheus")
def test_a_group_that_was_not_chosen_is_not_counted(prometheus: Prometheus) -> None:
    (sample,) = prometheus.query(filled(dict(expressions())["overview: Down A"], group="Other"))
    assert sample["value"][1] == "0"


@pytest.mark.real
@needs("prometheus")
def test_dashboards_made_for_blackbox_exporter_find_the_monitor_as_the_instance(
    prometheus: Prometheus, target: str
) -> None:
    (probe,) = prometheus.query('probe_success{instance="broken"}')
    assert probe["value"][1] == "0"
    (own,) = prometheus.query("webhook_monitor_owner")
    assert own["metric"]["instance"] == target


@pytest.mark.real
@needs("prometheus")
def test_every_rule_is_healthy_and_the_right_ones_fire(prometheus: Prometheus) -> None:
    assert {rule["health"] for rule in prometheus.rules()} == {"ok"}
    fires = {
        (sample["metric"]["alertname"], sample["metric"].get("monitor"))
        for sample in prometheus.query('ALERTS{alertstate="firing"}')
    }
    assert {
        ("WebhookListenerDown", "broken"),
        ("WebhookForgeryAccepted", "broken"),
        ("WebhookCertificateExpiring", "billing"),
    } <= fires
    assert ("WebhookListenerDown", "asleep") not in fires
    assert ("WebhookMonitorDown", None) not in fires
