"""Figures as a table."""

import math
from collections.abc import Callable, Sequence

from rich.table import Table

from benchmarks.scenario import Figures

NOTHING = "–"

ROWS: tuple[tuple[str, Callable[[Figures], str]], ...] = (
    ("recorded probes a second", lambda one: f"{one.probes / one.seconds:,.0f}"),
    ("CPU per recorded probe", lambda one: _milliseconds(one.cpu_per_probe)),
    ("share of one core", lambda one: f"{one.cpu_per_probe * one.probes / one.seconds:.0%}"),
    ("lag p50", lambda one: _milliseconds(one.lag_p50)),
    ("lag p99", lambda one: _milliseconds(one.lag_p99)),
    ("RSS", lambda one: f"{one.rss / 1e6:,.0f} MB"),
    ("written to disk per probe", lambda one: f"{one.written_per_probe:,.0f} B"),
    ("database grown per probe", lambda one: f"{one.grown_per_probe:,.0f} B"),
    ("full coverage after", lambda one: f"{one.covered_after:.1f} s" if one.covered_after else NOTHING),
    ("probes missed", lambda one: f"{one.missed:,}"),
    ("results dropped", lambda one: f"{one.dropped:,}"),
    ("records waiting at the end", lambda one: f"{one.waiting:,}"),
)


def table(seen: Sequence[Figures]) -> Table:
    """One column for each scenario."""
    shown = Table(title="webhook-monitor")
    shown.add_column("")
    for one in seen:
        shown.add_column(one.scenario.name, justify="right")
    for heading, say in ROWS:
        shown.add_row(heading, *(say(one) for one in seen))
    return shown


def peers(pairs: Sequence[tuple[Figures, float | None]]) -> Table:
    """Ours beside blackbox_exporter and Prometheus, where they were there to be measured."""
    shown = Table(title="CPU per probe, beside blackbox_exporter + Prometheus")
    for heading in ("scenario", "ours", "theirs", "ours / theirs"):
        shown.add_column(heading, justify="left" if heading == "scenario" else "right")
    for one, theirs in pairs:
        ratio = f"{one.cpu_per_probe / theirs:.2f}" if theirs else NOTHING
        shown.add_row(one.scenario.name, _milliseconds(one.cpu_per_probe), _milliseconds(theirs), ratio)
    return shown


def missed(one: Figures) -> bool:
    """Return whether a probe cost more than it may."""
    return one.scenario.bar is not None and one.cpu_per_probe > one.scenario.bar


def bar(one: Figures) -> str:
    """Say whether the bar of a scenario was met; nothing where there is none."""
    if one.scenario.bar is None:
        return ""
    cost, allowed = _milliseconds(one.cpu_per_probe), _milliseconds(one.scenario.bar)
    word = "missed" if missed(one) else "met"
    return f"{one.scenario.name}: bar {word}: {cost} of processor time per recorded probe, {allowed} allowed"


def _milliseconds(seconds: float | None) -> str:
    return NOTHING if seconds is None or math.isnan(seconds) else f"{seconds * 1000:.2f} ms"
