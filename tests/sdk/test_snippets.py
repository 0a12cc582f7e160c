"""The listeners and workers of docs/receipts.md, as their users run them: real queues, real frameworks."""

import base64
import json
import os
import re
import secrets
import sqlite3
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook

from tests.fakes import redis
from tests.fakes.desk import PATH, Desk
from tests.fakes.ports import free_port
from tests.fakes.programs import needs
from tests.fakes.running import Running, until
from tests.sdk.oracle import HERE, ROOT, SIDES

SNIPPETS = HERE / "snippets"
PAGE = (ROOT / "docs" / "receipts.md").read_text()
SHOWN = {
    "fastapi_app.py",
    "django_app.py",
    "celery_worker.py",
    "shop.py",
    "express_app.mjs",
    "bullmq_worker.mjs",
}

PYTHON = str(ROOT / ".venv-sdk" / "bin" / "python")
CELERY = ("-A", "celery_worker", "worker", "--pool", "solo", "--loglevel", "WARNING", "--without-mingle")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shops:
    """Three listeners and the workers behind them. ``urls`` by the name of the listener's file."""

    folder: Path
    urls: Mapping[str, str]
    secret: str
    redis: str  # of the workers in Node
    monitor: Running

    def post(self, name: str, event: Mapping[str, object], event_id: str, *, secret: str = "") -> int:
        """Send an event, as the provider would; with another secret, a forged one."""
        body, at = json.dumps(event), datetime.now(UTC)
        signature = Webhook(secret or self.secret).sign(event_id, at, body)
        headers = {
            "content-type": "application/json",
            "webhook-id": event_id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": signature,
        }
        return send(self.urls[name], body.encode(), headers)

    def fulfilled(self) -> set[str]:
        """Return the ids of the events that the workers, in Python and in Node, have worked off."""
        with closing(sqlite3.connect(self.folder / "shop.db")) as database:
            found = {str(row[0]) for row in database.execute("SELECT event_id FROM fulfilled")}
        asked = ("redis-cli", "-u", self.redis, "hkeys", "fulfilled")
        return found | set(subprocess.run(asked, capture_output=True, text=True, check=True).stdout.split())


def send(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """Post, and return the status of the answer."""
    request = urllib.request.Request(url, body, dict(headers))  # noqa: S310  loopback
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310  loopback
            status: int = answer.status
    except urllib.error.HTTPError as error:
        with error:
            status = error.code
    return status


@contextmanager
def program(log: Path, *command: str, environment: Mapping[str, str]) -> Iterator[None]:
    """Run one program in the folder of the snippets, for as long as the block lasts."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=SNIPPETS, stdout=output, stderr=output, env={**os.environ, **environment}
        )
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)
            print(f"--- {log.name}\n{log.read_text()[-4000:]}")  # pytest shows it beside a failure


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2):  # noqa: S310  loopback
            return True
    except urllib.error.HTTPError as error:
        error.close()
        return True
    except OSError:
        return False


def configuration(urls: Mapping[str, str], secret: str, monitor: str) -> str:
    checks = "{receipt: {within: 20s}, duplicate: 2s, forged: 2s, tampered: off, unsigned: off, stale: off}"
    lines = [
        f'site: {{name: Shops, url: "{monitor}"}}',
        f"defaults: {{interval: 2s, timeout: 1s, confirm_interval: 1s, checks: {checks}}}",
        "monitors:",
        *(
            f'  {name}: {{url: "{url}", provider: standard, secret: "{secret}"}}'
            for name, url in urls.items()
        ),
    ]
    return "\n".join(lines) + "\n"


@pytest.fixture
def shops(tmp_path: Path) -> Iterator[Shops]:
    folder = tmp_path
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()
    ports = {name: free_port() for name in ("fastapi", "django", "express")}
    port = free_port()
    with ExitStack() as running:
        server = running.enter_context(redis.running(folder))
        common = {
            "WEBHOOK_SECRET": secret,
            "MONITOR_URL": f"http://127.0.0.1:{port}",
            "REDIS_URL": f"{server}/0",
            "SHOP_DATABASE": str(folder / "shop.db"),
        }

        def start(name: str, *command: str, **more: str) -> None:
            environment = {**common, **more}
            running.enter_context(program(folder / f"{name}.log", *command, environment=environment))

        start("celery", PYTHON, "-m", "celery", *CELERY)
        start("fastapi", PYTHON, "-m", "uvicorn", "fastapi_app:app", "--port", str(ports["fastapi"]))
        django = ("runserver", "--noreload", "--settings", "django_site", str(ports["django"]))
        start("django", PYTHON, "-m", "django", *django)
        in_node = {"REDIS_URL": f"{server}/1", "PORT": str(ports["express"])}
        start("express", "node", "express_app.mjs", **in_node)
        start("bullmq", "node", "bullmq_worker.mjs", **in_node)
        urls = {name: f"http://127.0.0.1:{port}/webhooks" for name, port in ports.items()}
        until(lambda: all(map(answers, urls.values())), "all of them answer", 90)
        job = Running(folder, configuration(urls, secret, common["MONITOR_URL"]), port=port)
        yield Shops(
            folder=folder,
            urls=urls,
            secret=secret,
            redis=in_node["REDIS_URL"],
            monitor=running.enter_context(job),
        )


GOOD = {("delivery", "accepted"), ("receipt", "processed"), ("duplicate", "accepted"), ("forged", "refused")}


@pytest.mark.parametrize("name", sorted(SHOWN))
def test_the_page_shows_what_runs_here(name: str) -> None:
    language = {"py": "python", "mjs": "js"}[name.rpartition(".")[2]]
    assert f"```{language}\n{(SNIPPETS / name).read_text()}```\n" in PAGE


def test_the_page_shows_no_code_that_does_not_run_here() -> None:
    assert len(re.findall(r"```(python|js)\n", PAGE)) == len(SHOWN)


@pytest.mark.real
@pytest.mark.timeout(300)
@needs(redis.PROGRAM)
@SIDES["python"].skip
@SIDES["node"].skip
def test_the_listeners_and_workers_of_the_page_do_what_it_says(shops: Shops) -> None:
    """One test, because it takes seven programs: they are started once, whatever runs beside it."""
    for name in shops.urls:
        what_is_accepted_is_reported_by_its_worker_once_and_a_forgery_is_not(shops, name)
        an_address_of_somebody_else_is_not_called_though_the_event_is_true(shops, name)
        what_is_not_the_providers_is_refused_and_not_queued(shops, name)
        garbage_is_refused_without_a_crash(shops, name)


def what_is_accepted_is_reported_by_its_worker_once_and_a_forgery_is_not(shops: Shops, name: str) -> None:
    detail: dict[str, Any] = {}

    def good() -> bool:
        detail.update(shops.monitor.api(f"/monitors/{name}"))
        return {(check["check"], check["reason"]) for check in detail["health"]} >= GOOD

    until(good, f"every check is answered well: {detail.get('health')}", 60)
    assert detail["status"] == "up"
    assert detail["findings"] == []


def an_address_of_somebody_else_is_not_called_though_the_event_is_true(shops: Shops, name: str) -> None:
    elsewhere, port, mine = Desk(), free_port(), shops.monitor.port
    addresses = (
        f"http://127.0.0.1:{port}{PATH}",
        f"http://127.0.0.1:{mine}@127.0.0.1:{port}{PATH}",
        f"http://127.0.0.1:{port}/http://127.0.0.1:{mine}/r/../../{PATH}",
    )
    ids = {f"msg_{secrets.token_hex(8)}": address for address in addresses}
    with elsewhere.serving(port):
        for event_id, address in ids.items():
            event = {"type": "order.paid", "data": {"receipt_url": address}}
            assert shops.post(name, event, event_id) == 202
        until(lambda: shops.fulfilled() >= set(ids), f"they are worked off: {shops.fulfilled()}", 20)
        last = f"msg_{secrets.token_hex(8)}"
        assert shops.post(name, {"type": "order.paid", "data": {}}, last) == 202
        until(lambda: last in shops.fulfilled(), "and what came after them, too", 20)
    assert elsewhere.taken == []


def what_is_not_the_providers_is_refused_and_not_queued(shops: Shops, name: str) -> None:
    event = {"type": "order.paid", "data": {}}
    forged, true = (f"msg_{secrets.token_hex(8)}" for _ in range(2))
    assert shops.post(name, event, forged, secret="whsec_" + base64.b64encode(b"x" * 24).decode()) == 401
    assert shops.post(name, event, true) == 202
    until(lambda: true in shops.fulfilled(), "the true one is worked off", 20)
    assert forged not in shops.fulfilled()


def garbage_is_refused_without_a_crash(shops: Shops, name: str) -> None:
    signed = {"webhook-id": "msg_1", "webhook-timestamp": str(int(time.time()))}
    for signature in (None, "v1", "v1,é", "v1,AAAA"):
        headers = signed if signature is None else {**signed, "webhook-signature": signature}
        assert send(shops.urls[name], b"\xff{", headers) == 401
