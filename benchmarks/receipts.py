"""``python -m benchmarks.receipts [--quick] [--fresh]``: thousands of receipts a second, while it probes.

The real main job probes 1,000 listeners; then workers report, 2,000 times a second for half a minute. Is
every receipt in the database that was answered? Are the probes on time? The same load then goes to a bare
Starlette, which answers only, or keeps a row for each.

The events are older than the main job, as when workers return to a backlog: each receipt is judged and
recorded, and not only counted.
"""

import argparse
import json
import os
import secrets
import sqlite3
import subprocess
import sys
import time
import urllib.error
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.processes import Listener, Usage, fetch, listening, running
from benchmarks.scenario import OTHERS, free_ports
from benchmarks.scrape import Page, lag_between
from monitor.core.model import Check, Secret
from monitor.core.tokens import Claim, Keyring, receipt_token

SETTLE = 10.0
PATIENCE = 120.0
SECRET = "whsec_YmVuY2htYXJrYmVuY2htYXJrYmVuY2htYXJr"  # noqa: S105  of a listener that verifies nothing
REPORTING = "reports"  # the monitor whose receipts come in; its own probes are rare


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """So many receipts a second, for so long (seconds), beside so many monitors."""

    rate: int = 2000
    seconds: int = 30
    monitors: int = 1000
    interval: int = 30
    fresh: bool = False


NOTHING = "–"
QUICK = Scenario(rate=500, seconds=5, monitors=100, interval=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the workers saw, and what it cost the server. ``kept``: rows in the database, if there is one."""

    said: dict[str, Any]
    cpu: float  # seconds a receipt, over what the server uses without any
    kept: int | None = None
    lag: tuple[tuple[float, float], ...] = ()  # p50 and p99: without the load, with it
    missed: int = 0

    @property
    def taken(self) -> int:
        taken: int = self.said["statuses"].get("204", 0)
        return taken

    @property
    def asked(self) -> int:
        asked: int = self.said["asked"]
        return asked

    @property
    def lost(self) -> int:
        """Answered with 204, and not in the database."""
        return 0 if self.kept is None else max(0, self.taken - self.kept)


def write_config(scenario: Scenario, listener: Listener, path: Path, port: int) -> None:
    others = ", ".join(f"{check}: off" for check in OTHERS)
    asked = f"{{receipt: {{within: 12h}}, {others}}}"
    lines = [
        f'site: {{name: Benchmark, url: "http://127.0.0.1:{port}"}}',
        f"defaults: {{interval: {scenario.interval}s, timeout: 3s}}",
        "monitors:",
        f"  {REPORTING}: {{url: '{listener.url(0)}', provider: standard, secret: {SECRET}, checks: {asked}}}",
    ]
    lines += [
        f"  monitor-{number:05d}: {{url: '{listener.url(number)}', provider: stripe, "
        f"secret: whsec_benchmark{number:05d}, checks: {{{others}}}}}"
        for number in range(scenario.monitors)
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def addresses(scenario: Scenario, key: str) -> list[str]:
    """Return an address for each receipt, as the main job would make them."""
    keyring, now = Keyring((Secret(key),)), datetime.now(UTC)
    claim = Claim(monitor=REPORTING, event_id="", kind=Check.DELIVERY, sent_at=now)
    return [
        f"/r/{receipt_token(keyring, replace(claim, event_id=f'msg_probe_{number:032x}'))}"
        for number in range(scenario.rate * scenario.seconds)
    ]


def load(scenario: Scenario, port: int, paths: list[str]) -> dict[str, Any]:
    """Let the workers report; they are a process of their own."""
    asked = {"port": port, "rate": scenario.rate, "fresh": scenario.fresh, "paths": paths}
    command = [sys.executable, "-m", "benchmarks.workers"]
    line = json.dumps(asked) + "\n"
    done = subprocess.run(command, input=line, stdout=subprocess.PIPE, text=True, check=True)
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def ours(scenario: Scenario, listener: Listener, directory: Path) -> Seen:
    key, (port, operator_port) = secrets.token_urlsafe(32), free_ports()
    config, database = directory / "monitors.yaml", directory / "benchmark.db"
    write_config(scenario, listener, config, port)
    paths = addresses(scenario, key)
    command = [
        *(sys.executable, "-m", "monitor", "run", f"--config={config}", f"--database=sqlite:///{database}"),
        *(f"--port={port}", f"--operator-port={operator_port}"),
    ]
    metrics = f"http://127.0.0.1:{operator_port}/metrics"
    environment = {**os.environ, "WEBHOOK_MONITOR_KEY": key}
    with running(command, directory / "run.log", environment) as process:
        _wait(lambda: listener.counted()[1] >= scenario.monitors)
        time.sleep(SETTLE)
        before, usage = Page.read(fetch(metrics)), Usage.of(process.pid)
        time.sleep(scenario.seconds)
        between, used = Page.read(fetch(metrics)), Usage.of(process.pid)
        said = load(scenario, port, paths)
        after, at_the_end = Page.read(fetch(metrics)), Usage.of(process.pid)
    idle = (used.cpu - usage.cpu) / scenario.seconds
    with closing(sqlite3.connect(database)) as opened:
        ((kept,),) = opened.execute("SELECT count(*) FROM receipt WHERE monitor = ?", (REPORTING,))
    return Seen(
        said=said,
        cpu=(at_the_end.cpu - used.cpu - idle * said["seconds"]) / _answered(said),
        kept=kept,
        lag=tuple(
            (lag_between(first, last, 0.5), lag_between(first, last, 0.99))
            for first, last in ((before, between), (between, after))
        ),
        missed=after.missed - between.missed,
    )


def bare(scenario: Scenario, directory: Path, *database: str) -> Seen:
    port, _ = free_ports()
    paths = addresses(scenario, secrets.token_urlsafe(32))
    command = [sys.executable, "-m", "benchmarks.bare", str(port), *database]
    with running(command, directory / "bare.log") as process:
        _wait(lambda: _answers(port))
        usage = Usage.of(process.pid)
        said = load(scenario, port, paths)
        used = Usage.of(process.pid)
    return Seen(said=said, cpu=(used.cpu - usage.cpu) / _answered(said))


ROWS: tuple[tuple[str, Callable[[Seen], str]], ...] = (
    ("asked", lambda seen: f"{seen.asked:,}"),
    ("answered 204", lambda seen: f"{seen.taken:,}"),
    ("anything else", lambda seen: f"{sum(seen.said['statuses'].values()) - seen.taken:,}"),
    ("answered, and not in the database", lambda seen: NOTHING if seen.kept is None else f"{seen.lost:,}"),
    ("answered a second", lambda seen: f"{seen.taken / seen.said['seconds']:,.0f}"),
    ("answer p50", lambda seen: _milliseconds(seen.said["p50"])),
    ("answer p99", lambda seen: _milliseconds(seen.said["p99"])),
    ("answer, the longest", lambda seen: _milliseconds(seen.said["longest"])),
    ("CPU per receipt", lambda seen: _milliseconds(seen.cpu)),
    ("share of one core at this rate", lambda seen: f"{seen.cpu * seen.asked / seen.said['due_for']:.0%}"),
    ("probe lag p50 / p99 without", lambda seen: _lag(seen, 0)),
    ("probe lag p50 / p99 with", lambda seen: _lag(seen, 1)),
    ("probes missed", lambda seen: f"{seen.missed:,}" if seen.lag else NOTHING),
)


def table(seen: Mapping[str, Seen]) -> Table:
    shown = Table(title="receipts")
    shown.add_column("")
    for name in seen:
        shown.add_column(name, justify="right")
    for heading, say in ROWS:
        shown.add_row(heading, *(say(one) for one in seen.values()))
    return shown


def main() -> int:
    """Return 1 if a receipt was lost or refused, else 0."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.receipts", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small one, in half a minute")
    parser.add_argument("--fresh", action="store_true", help="a new connection for each receipt")
    arguments = parser.parse_args()
    scenario = replace(QUICK if arguments.quick else Scenario(), fresh=arguments.fresh)
    with TemporaryDirectory(prefix="webhook-monitor-benchmark-") as name, listening() as listener:
        directory = Path(name)
        seen = {
            "webhook-monitor": ours(scenario, listener, directory),
            "bare, answers only": bare(scenario, directory),
            "bare, a row for each": bare(scenario, directory, str(directory / "bare.db")),
        }
    Console(width=None if sys.stdout.isatty() else 120).print(table(seen))
    mine = seen["webhook-monitor"]
    return int(mine.taken < scenario.rate * scenario.seconds or mine.lost > 0)


def _answered(said: Mapping[str, Any]) -> int:
    answered: int = sum(said["statuses"].values())
    return max(1, answered)


def _lag(seen: Seen, which: int) -> str:
    return " / ".join(_milliseconds(lag) for lag in seen.lag[which]) if seen.lag else NOTHING


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.2f} ms"


def _wait(found: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not found():
        if time.monotonic() > end:
            raise TimeoutError("it did not come up")
        time.sleep(0.25)


def _answers(port: int) -> bool:
    try:
        fetch(f"http://127.0.0.1:{port}/r/1")
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
