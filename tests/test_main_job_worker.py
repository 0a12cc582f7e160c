"""Accepted is not processed: the demo's orders, with a real queue and a real worker, to break and to heal."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor import demo
from monitor.demo import Fault, Listener
from monitor.demo.places import url_of
from tests.fakes import demo as demo_process
from tests.fakes.ports import free_port, free_ports
from tests.fakes.running import Running, until
from tests.fakes.slack import URL as SLACK
from tests.fakes.slack import FakeSlack

pytestmark = [pytest.mark.real, pytest.mark.timeout(180)]

# What the shipped monitors.yaml says of its orders, at another pace.
YAML = """
site: {{name: Shop, url: "http://127.0.0.1:{port}"}}
notifiers: {{oncall: {{url: "{slack}"}}}}
defaults: {{interval: 2s, timeout: 1s, confirm_interval: 1s, notify: [oncall]}}
monitors:
  orders:
    url: {url}
    signature:
      message: "{{timestamp}}.{{body}}"
      headers: {{X-Acme-Signature: "t={{timestamp}},v1={{sig}}"}}
    secret: {{file: {secret}}}
    event: {{type: probe.ping, body: {{order: "{{id}}", receipt: "{{receipt_url}}"}}}}
    expect: {{status: 202}}
    checks: {{receipt: {{within: 3s}}, duplicate: 3s, forged: {forged}, tampered: off, unsigned: off}}
"""


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[demo_process.Running]:
    """The demo; only its orders are watched."""
    started = demo_process.start(tmp_path / "shop", free_ports(len(Listener) + 1))
    yield started
    demo_process.stop(started)


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as channel:
        yield channel


def watching(
    shop: demo_process.Running, slack: FakeSlack, directory: Path, *, forged: str = "off"
) -> Running:
    port = free_port()
    yaml = YAML.format(
        port=port,
        slack=SLACK,
        url=url_of(Listener.ORDERS, shop.port),
        secret=shop.directory / "secrets" / Listener.ORDERS,
        forged=forged,
    )
    return Running(directory, yaml, slack_url=slack.url, port=port)


def reasons(job: Running) -> dict[str, str]:
    return {check["check"]: check["reason"] for check in job.api("/monitors/orders")["health"]}


def told(slack: FakeSlack, job: Running, what: str) -> str:
    """Return the whole of the message whose headline says this."""
    return until(
        lambda: next((str(message) for message in slack.messages if what in str(message["text"])), None),
        f"{what}: {[message['text'] for message in slack.messages]}\n{job.log}",
        40,
    )


def test_a_worker_that_stops_while_the_web_side_answers_is_told_and_so_is_its_return(
    tmp_path: Path, shop: demo_process.Running, slack: FakeSlack
) -> None:
    with watching(shop, slack, tmp_path) as job:
        until(lambda: reasons(job).get("receipt") == "processed", f"it is processed\n{job.log}", 30)
        demo.break_(Listener.ORDERS, Fault.STOP_WORKER, port=shop.port)
        alarm = told(slack, job, "DOWN orders")
        assert "accepted, but not processed" in alarm
        assert re.search(r"within 3 s; the last was processed at \d\d:\d\d:\d\d UTC", alarm)
        assert reasons(job)["delivery"] == "accepted"
        demo.heal(Listener.ORDERS, port=shop.port)
        assert re.search(r"RECOVERED orders: .* after [\d.]+ s", told(slack, job, "RECOVERED orders"))
        until(lambda: job.status("orders") == "up", f"it is up\n{job.log}")
    assert len(slack.messages) == 2
    assert slack.complaints == []


def test_a_worker_that_works_twice_is_found(
    tmp_path: Path, shop: demo_process.Running, slack: FakeSlack
) -> None:
    demo.break_(Listener.ORDERS, Fault.PROCESS_TWICE, port=shop.port)
    with watching(shop, slack, tmp_path) as job:
        told(slack, job, "orders")
        (finding,) = job.api("/monitors/orders")["findings"]
        assert (finding["check"], finding["reason"]) == ("duplicate", "processed_twice")
        assert job.status("orders") == "up"


def test_a_forged_event_that_is_refused_and_processed_all_the_same_is_critical(
    tmp_path: Path, shop: demo_process.Running, slack: FakeSlack
) -> None:
    demo.break_(Listener.ORDERS, Fault.PROCESS_FORGED, port=shop.port)
    with watching(shop, slack, tmp_path, forged="2s") as job:
        assert "must be refused" in told(slack, job, "SECURITY orders")
        (finding,) = job.api("/monitors/orders")["findings"]
        assert (finding["reason"], finding["severity"]) == ("forgery_processed", "critical")
        assert job.status("orders") == "up"
