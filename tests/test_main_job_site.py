"""A whole site as its operator sees it: receipts, a job that calls, a dead man's switch, Slack."""

from pathlib import Path

import pytest

from tests.fakes.ports import free_port
from tests.fakes.postbox import Postbox
from tests.fakes.running import Running, until
from tests.fakes.shop import Shop
from tests.fakes.slack import URL as SLACK
from tests.fakes.slack import FakeSlack
from tests.test_main_job import headlines
from tests.test_main_job_heartbeats import address, curl, reason

pytestmark = [pytest.mark.real, pytest.mark.timeout(180)]

CHECKS = "forged: off, tampered: off, unsigned: off, duplicate: off, receipt: {within: 2s}"
GENERIC = 'signature: {headers: {X-Signature: "{sig}"}}, secret: correct-horse-battery'
NIGHTLY = "kind: heartbeat, every: 20s, grace: 5s, notify: [oncall]"


def site(port: int, switch: Postbox, orders: Shop, billing: Shop) -> str:
    elsewhere = billing.url.replace("127.0.0.1", "localhost")
    return (
        f'notifiers: {{oncall: {{url: "{SLACK}"}}}}\n'
        f'receipts: {{url: "http://127.0.0.1:{port}"}}\n'
        f'watchdog: {{url: "http://{switch.address}/ours", every: 10s}}\n'
        f"defaults: {{interval: 2s, timeout: 1s, confirm_interval: 1s, notify: [oncall]}}\n"
        f"monitors:\n  nightly: {{{NIGHTLY}}}\n"
        f'  orders: {{url: "{orders.url}", {GENERIC}, checks: {{{CHECKS}}}}}\n'
        f'  billing: {{url: "{elsewhere}", {GENERIC}, checks: {{{CHECKS}}}}}\n'
    )


def processed(job: Running, monitor: str) -> bool:
    return reason(job, monitor, "receipt") == "processed"


def test_an_address_that_nobody_gets_through_to_is_told_once_and_no_job_is_blamed(tmp_path: Path) -> None:
    port = free_port()
    with FakeSlack() as slack, Postbox() as switch, Shop() as orders, Shop() as billing:
        yaml = site(port, switch, orders, billing)
        with Running(tmp_path, yaml, slack_url=slack.url, port=port) as job:
            until(lambda: switch.posts, f"a sign of life\n{job.log}", 20)
            until(lambda: processed(job, "orders") and processed(job, "billing"), f"receipts\n{job.log}")
            assert curl(address(job, "nightly"))[0] == 200
            for shop in (orders, billing):
                shop.working.clear()
            until(lambda: reason(job, "nightly") == "own_fault", f"the job is overdue\n{job.log}", 60)
            assert [line for line in headlines(slack) if line.startswith("DOWN")] == []
            told = [
                line for line in headlines(slack) if line.startswith("MONITOR: no receipt of any monitor")
            ]
            assert len(told) == 1
            for shop in (orders, billing):
                shop.working.set()
            until(lambda: "receipts arrive again" in str(slack.messages), f"its end\n{job.log}", 40)
            until(lambda: "DOWN nightly" in str(slack.messages), f"now it is silence\n{job.log}", 60)
            assert 'webhook_monitor_last_heard_timestamp_seconds{monitor="nightly"}' in job.get("/metrics")
        assert slack.complaints == []
