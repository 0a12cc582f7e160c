"""``python -m benchmarks [--quick]``: run every scenario, print what it cost. Loopback only."""

import argparse
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from benchmarks import blackbox
from benchmarks.aged import age
from benchmarks.processes import listening
from benchmarks.report import bar, missed, peers, table
from benchmarks.scenario import Figures, Scenario, measure

QUICK = (Scenario(name="quick", monitors=200, interval=5, window=15),)
FULL = (
    Scenario(name="1,000 @ 30 s", monitors=1000),
    Scenario(name="10,000 @ 30 s", monitors=10_000, bar=0.0015),
    Scenario(name="10,000 @ 30 s, aged", monitors=10_000, aged=2_000_000),
    Scenario(name="saturation", monitors=20_000, interval=10, window=45, saturating=True),
)


def main() -> int:
    """Return 1 if a bar was missed, else 0."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one small run, in a minute and a half")
    parser.add_argument("--only", metavar="TEXT", default="", help="only scenarios with this in their name")
    arguments = parser.parse_args()
    scenarios = [one for one in (QUICK if arguments.quick else FULL) if arguments.only in one.name]
    console = Console(width=None if sys.stdout.isatty() else 120)
    seen: list[Figures] = []
    for scenario in scenarios:
        console.print(f"[dim]{scenario.name} …[/dim]")
        seen.append(_run(scenario, console))
        console.print(table(seen[-1:]))
    console.rule("all")
    console.print(table(seen))
    console.print(peers([(one, _peer(one.scenario, console)) for one in _typical(seen)]))
    for one in seen:
        if said := bar(one):
            console.print(said)
    return int(any(missed(one) for one in seen))


def _run(scenario: Scenario, console: Console) -> Figures:
    with _directory() as directory, listening() as listener:
        if scenario.aged:
            _grow_old(scenario, Path(directory), console)
        return measure(scenario, listener, Path(directory))


def _grow_old(scenario: Scenario, directory: Path, console: Console) -> None:
    database = directory / "benchmark.db"
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task("ageing the database", total=scenario.aged)
        age(
            database,
            monitors=scenario.monitors,
            results=scenario.aged,
            progress=lambda count: progress.advance(task, count),
        )
    console.print(f"[dim]{scenario.aged:,} results, {database.stat().st_size / 1e6:,.0f} MB[/dim]")


def _typical(seen: list[Figures]) -> list[Figures]:
    """A fresh database and no saturation: what can be compared with others."""
    return [one for one in seen if not one.scenario.saturating and not one.scenario.aged]


def _peer(scenario: Scenario, console: Console) -> float | None:
    if not blackbox.installed():
        return None
    console.print(f"[dim]blackbox_exporter + Prometheus, {scenario.name} …[/dim]")
    with _directory() as directory, listening() as listener:
        return blackbox.measure(
            listener,
            Path(directory),
            targets=scenario.monitors,
            interval=scenario.interval,
            window=scenario.window,
        )


def _directory() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="webhook-monitor-benchmark-")


if __name__ == "__main__":
    sys.exit(main())
