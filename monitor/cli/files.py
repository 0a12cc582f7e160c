"""``validate``, ``plan``, ``schema``: the configuration file, before anything runs."""

import json
import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from monitor import config as configuration
from monitor.app.wiring import bad_notifiers
from monitor.config import Report
from monitor.core import changes
from monitor.core.model import Config
from monitor.core.summary import worst_case_detection

File = Annotated[Path, typer.Argument(help="The configuration file.")]
DEFAULT = Path("monitors.yaml")


def validate(
    file: File = DEFAULT,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """Check a configuration file: every error with its place. Exit 0 good, 2 bad."""
    found = examine(file)
    if as_json:
        typer.echo(json.dumps(found.to_json(), ensure_ascii=False))
    else:
        _show(file, found)
    raise typer.Exit(0 if found.ok else 2)


def examine(file: Path) -> Report:
    """Judge a file, and what Apprise makes of its notifiers."""
    found = configuration.report(file, os.environ)
    if found.config is None:
        return found
    problems = bad_notifiers(found.config, str(file))
    return Report(config=None, errors=problems, warnings=found.warnings) if problems else found


def _show(file: Path, found: Report) -> None:
    out, err = Console(highlight=False), Console(stderr=True, highlight=False)
    for problem in found.errors:
        err.print("[bold red]✗[/]", escape(str(problem)), soft_wrap=True)
    for problem in found.warnings:
        err.print("[bold yellow]![/]", escape(str(problem)), soft_wrap=True)
    if found.config is None:
        count = len(found.errors)
        err.print(f"[bold]{file}[/]: {count} error{'s' if count != 1 else ''}")
        return
    out.print(_overview(found.config))
    out.print(f"[bold green]✓[/] {file} is good")


def _overview(config: Config) -> Table:
    table = Table(box=None, header_style="dim")
    for title in ("monitor", "provider", "checks", "told", "detected within"):
        table.add_column(title)
    for monitor in config.monitors:
        checks = ", ".join(plan.check for plan in monitor.checks) if monitor.enabled else "paused"
        seconds = f"{worst_case_detection(monitor).total_seconds():g} s"
        table.add_row(monitor.id, monitor.provider.id, checks, ", ".join(monitor.notify) or "nobody", seconds)
    return table


def plan(
    file: File,
    *,
    against: Annotated[Path, typer.Option(help="The configuration that runs now.")] = DEFAULT,
) -> None:
    """Show what a reload with FILE would add, change, remove. Exit 0 nothing, 1 changes, 2 bad."""
    new, old = configuration.load(file, os.environ), configuration.load(against, os.environ)
    lines = changes.diff(old, new).words()
    console = Console(highlight=False)
    for line in lines:
        console.print(line, style=_style(line), markup=False)
    if not lines:
        console.print("nothing would change")
    raise typer.Exit(1 if lines else 0)


def _style(line: str) -> str:
    return {"+": "green", "-": "red", "~": "yellow"}.get(line[:1], "")


def schema(
    file: Annotated[Path | None, typer.Argument(help="Where to write it. [default: standard output]")] = None,
) -> None:
    """Write the JSON schema of the configuration file; editors complete and check from it."""
    text = json.dumps(configuration.json_schema(), indent=2, ensure_ascii=False) + "\n"
    if file is None:
        typer.echo(text, nl=False)
        return
    file.write_text(text, encoding="utf-8")
