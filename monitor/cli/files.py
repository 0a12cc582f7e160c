"""``validate``, ``plan``, ``schema``: the configuration file, before anything runs."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from monitor import config as configuration
from monitor.cli import screen
from monitor.cli.loading import load, load_to_probe, report
from monitor.cli.options import DEFAULT, VARIABLE
from monitor.config import Report
from monitor.core import changes
from monitor.core.model import Check, Config, Monitor
from monitor.core.possible import OFF_UNLESS_ASKED, impossible
from monitor.core.summary import worst_case_detection
from monitor.errors import UsageError

FEW = 3  # names that are read at a glance; more are counted
STYLES = {"+": "green", "-": "red", "~": "yellow"}


def validate(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", envvar=VARIABLE, show_envvar=False, help=f"The configuration; else {VARIABLE}."
        ),
    ] = DEFAULT,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """Check a configuration file: every error with its place.

    Shows how soon an outage of each monitor is detected in the worst case.

    Exit code: 0 good (warnings or not), 2 bad.
    """
    found = report(file)
    if as_json:
        typer.echo(json.dumps(found.to_json()))
    else:
        _show(file, found)
    raise typer.Exit(0 if found.ok else 2)


def _show(file: Path, found: Report) -> None:
    err = screen.err()
    screen.problems(err, found.errors)
    for problem in found.warnings:
        screen.unwise(err, str(problem))
    if found.config is None:
        count = len(found.errors)
        screen.wrong(err, f"{file}: {count} error{'' if count == 1 else 's'}")
        return
    out = screen.out()
    out.print(_overview(found.config))
    screen.well(out, f"{file} is good")


def _overview(config: Config) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False)
    for title in ("monitor", "provider", "checks", "told", "detected within"):
        table.add_column(title)
    for monitor in config.monitors:
        table.add_row(*(Text(cell) for cell in _row(monitor)))
    return table


def _row(monitor: Monitor) -> tuple[str, ...]:
    told = ", ".join(monitor.notify) or "nobody"
    if not monitor.enabled:
        return (monitor.id, monitor.provider.id, "paused", told, "")
    worst = worst_case_detection(monitor)
    soon = f"{worst.total_seconds():g} s" if worst else "-"
    return (monitor.id, monitor.provider.id, _checks(monitor), told, soon)


def _checks(monitor: Monitor) -> str:
    """Say in a few words which questions are asked of those that could be."""
    could = [check for check in Check if impossible(check, monitor) is None]
    asked = [plan.check for plan in monitor.checks if plan.check in could]
    off = [check for check in could if check not in (*asked, *OFF_UNLESS_ASKED)]
    later = (
        ", nothing hostile (verified after the answer)"
        if monitor.verifies_later and monitor.receipt is None
        else ""
    )
    if len(asked) <= FEW or not off:
        return (", ".join(asked) if len(asked) <= FEW else f"all {len(asked)}") + later
    if len(off) <= FEW:
        return f"{len(asked)}, not {', '.join(off)}{later}"
    return f"{len(asked)} of {len(asked) + len(off)}{later}"


def plan(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The configuration to come.")],
    *,
    against: Annotated[
        Path,
        typer.Option(
            metavar="FILE", envvar=VARIABLE, show_envvar=False, help=f"What runs now; else {VARIABLE}."
        ),
    ] = DEFAULT,
) -> None:
    """Show what a reload with FILE would add, change, remove.

    Exit code: 0 nothing, 1 changes, 2 either file is bad.
    """
    new = load(file)
    lines = changes.diff(load_to_probe(against), new).lines
    out = screen.out()
    for line in lines:
        out.print(Text(line, style=STYLES.get(line[:1], "")), soft_wrap=True)
    if not lines:
        out.print("nothing would change")
    raise typer.Exit(1 if lines else 0)


def schema(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="Where to write it.", show_default="standard output")
    ] = None,
) -> None:
    """Write the JSON schema of the configuration file.

    Editors complete and check from it.
    """
    text = json.dumps(configuration.json_schema(), indent=2, ensure_ascii=False) + "\n"
    if file is None:
        typer.echo(text.encode(), nl=False)
        return
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}") from error
