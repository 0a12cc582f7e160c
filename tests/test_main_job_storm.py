"""Many listeners behind one host that dies: a handful of messages, and one that tells the whole recovery."""

from pathlib import Path

import pytest

from tests.fakes.hook import Hook
from tests.fakes.running import Running, until
from tests.fakes.slack import URL as SLACK
from tests.fakes.slack import FakeSlack

pytestmark = [pytest.mark.real, pytest.mark.timeout(180)]

MANY = 60
FILE = f"""
notifiers: {{oncall: {{url: "{SLACK}"}}}}
defaults:
  interval: 4s
  timeout: 2s
  confirm_interval: 2s
  notify: [oncall]
  checks: {{forged: off, tampered: off, unsigned: off, duplicate: off}}
monitors:
"""
SIGNED = 'signature: {headers: {X-Signature: "{sig}"}}, secret: correct-horse-battery'


def statuses(job: Running) -> list[str]:
    return [one["status"] for one in job.api("/monitors?limit=1000")["items"]]


def test_a_dead_host_is_a_handful_of_messages_and_one_recovery_that_names_all(tmp_path: Path) -> None:
    with Hook() as host, FakeSlack(pace=1.0) as slack:
        url = host.url.rstrip("/")
        listeners = "".join(f'  m{n}: {{url: "{url}/{n}", {SIGNED}}}\n' for n in range(MANY))
        with Running(tmp_path, FILE + listeners, slack_url=slack.url) as job:
            until(lambda: statuses(job) == ["up"] * MANY, f"all are up\n{job.log}", 60)
            host.status = 503
            until(lambda: statuses(job) == ["down"] * MANY, f"all are down\n{job.log}", 60)
            told = len(slack.messages)
            host.status = 200
            until(lambda: "RECOVERED" in slack.messages[-1]["text"], f"all is well\n{job.log}", 90)
            incidents = job.api("/incidents")["items"]
    texts = [message["text"] for message in slack.messages]
    assert told <= len(texts) <= 6
    assert texts[-1].startswith(f"RECOVERED {MANY} monitors after ")
    assert sum("RECOVERED" in text for text in texts) == 1
    assert len({one["number"] for one in incidents}) == 1
    assert slack.complaints == []
