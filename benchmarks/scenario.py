"""One run of the main job as its own process, and what it cost."""

import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.processes import Listener, Usage, fetch, running
from benchmarks.scrape import Page, lag_between

SCRAPE_EVERY = 15.0
SETTLE = 10.0  # seconds after full coverage before we look: the start is not the rule
OTHERS = ("certificate", "forged", "tampered", "unsigned", "stale", "duplicate")  # what is asked by itself
PATIENCE = 240.0  # seconds to full coverage, then we give up


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """So many monitors at this interval, looked at for so long (seconds). ``aged``: rows it begins with.

    ``bar``: what a recorded probe may cost here, in seconds of processor time.
    """

    name: str
    monitors: int
    interval: int = 30
    window: float = 60.0
    aged: int = 0
    saturating: bool = False
    bar: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What was seen. Seconds, bytes, and per probe where it says so; None where there is nothing to say."""

    scenario: Scenario
    covered_after: float | None
    probes: int
    seconds: float
    cpu_per_probe: float
    lag_p50: float | None
    lag_p99: float | None
    rss: int
    written_per_probe: float
    grown_per_probe: float
    missed: int
    dropped: int
    waiting: int


def write_config(scenario: Scenario, listener: Listener, path: Path) -> None:
    """Write a monitors.yaml: signed deliveries to the loopback listener, and nobody to tell."""
    timeout = min(10, scenario.interval - 1)
    others = ", ".join(f"{check}: off" for check in OTHERS)
    lines = [
        "site: {name: Benchmark}",
        f"defaults: {{interval: {scenario.interval}s, timeout: {timeout}s}}",
        "monitors:",
    ]
    lines += [
        f"  monitor-{number:05d}: {{url: '{listener.url(number)}', provider: stripe, "
        f"secret: whsec_benchmark{number:05d}, checks: {{{others}}}}}"
        for number in range(scenario.monitors)
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def measure(scenario: Scenario, listener: Listener, directory: Path) -> Figures:
    """Run the main job in ``directory`` (its database may be there already) and return what it cost."""
    config, database = directory / "monitors.yaml", directory / "benchmark.db"
    write_config(scenario, listener, config)
    port, operator_port = free_ports()
    command = [
        sys.executable,
        "-m",
        "monitor",
        "run",
        f"--config={config}",
        f"--database=sqlite:///{database}",
    ]
    command += [f"--port={port}", f"--operator-port={operator_port}"]
    seen_before = listener.counted()[1]
    began = time.monotonic()
    with _telling(directory / "run.log"), running(command, directory / "run.log") as process:
        covered = _wait_for_coverage(scenario, listener, seen_before, process.poll)
        if covered is None and not scenario.saturating:
            raise TimeoutError("some listeners were never probed")
        time.sleep(SETTLE)
        address = f"http://127.0.0.1:{operator_port}/metrics"
        first, usage, size = Page.read(fetch(address)), Usage.of(process.pid), _size(database)
        looked = time.monotonic()
        _scrape_for(scenario.window, address)
        last, used = Page.read(fetch(address)), Usage.of(process.pid)
        seconds = time.monotonic() - looked
        grown = _size(database) - size
    probes = max(1, last.recorded - first.recorded)
    return Figures(
        scenario=scenario,
        covered_after=covered - began if covered else None,
        probes=probes,
        seconds=seconds,
        cpu_per_probe=(used.cpu - usage.cpu) / probes,
        lag_p50=lag_between(first, last, 0.5),
        lag_p99=lag_between(first, last, 0.99),
        rss=used.rss,
        written_per_probe=(used.written - usage.written) / probes,
        grown_per_probe=grown / probes,
        missed=last.missed - first.missed,
        dropped=last.dropped - first.dropped,
        waiting=last.waiting,
    )


@contextmanager
def _telling(log: Path) -> Iterator[None]:
    """When something goes wrong, its log is about to be gone: say what stands in it."""
    try:
        yield
    except OSError as error:
        raise RuntimeError(f"{error!r}; the log ends with:\n{log.read_text()[-4000:]}") from error


def _wait_for_coverage(
    scenario: Scenario, listener: Listener, seen_before: int, ended: Callable[[], int | None]
) -> float | None:
    """Return the moment at which the listener had heard from every monitor; None if it never did."""
    patience = scenario.interval * 3 if scenario.saturating else PATIENCE
    end = time.monotonic() + patience
    while time.monotonic() < end and ended() is None:
        if listener.counted()[1] - seen_before >= scenario.monitors:
            return time.monotonic()
        time.sleep(0.25)
    return None


def _scrape_for(seconds: float, address: str) -> None:
    """Let time pass as in real life: with Prometheus asking every 15 s."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        time.sleep(min(SCRAPE_EVERY, left))
        fetch(address)


def _size(database: Path) -> int:
    return sum(path.stat().st_size for path in database.parent.glob(f"{database.name}*"))


def free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]
