"""``validate``, ``plan``, ``schema``: the configuration file, before anything runs."""

import json
import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from monitor import config as configuration
from monitor.app.wiring import bad_notifiers
from monitor.core import changes
from monitor.core.model import Config
from monitor.core.summary import worst_case_detection
from monitor.errors import ConfigError, Problem

File = Annotated[Path, typer.Argument(help="The configuration file.")]
DEFAULT = Path("monitors.yaml")


def validate(
    file: File = DEFAULT,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """Check a configuration file: every error with its place. Exit 0 good, 2 bad."""
    config, errors, warnings = _examine(file)
    if as_json:
        typer.echo(json.dumps(_report(config, errors, warnings), ensure_ascii=False))
    else:
        _show(file, config, errors, warnings)
    raise typer.Exit(2 if errors else 0)


def _examine(file: Path) -> tuple[Config | None, tuple[Problem, ...], tuple[Problem, ...]]:
    try:
        config, warnings = configuration.load_with_warnings(file, os.environ)
    except ConfigError as error:
        return None, error.problems, ()
    return config, bad_notifiers(config, str(file)), warnings


def _report(
    config: Config | None, errors: tuple[Problem, ...], warnings: tuple[Problem, ...]
) -> dict[str, object]:
    return {
        "ok": not errors,
        "errors": [_problem(problem) for problem in errors],
        "warnings": [_problem(problem) for problem in warnings],
        "monitors": [
            {"id": monitor.id, "worst_case_detection_seconds": worst_case_detection(monitor).total_seconds()}
            for monitor in (config.monitors if config else ())
        ],
    }


def _problem(problem: Problem) -> dict[str, str | int]:
    return {
        "file": problem.file,
        "line": problem.line,
        "column": problem.column,
        "path": problem.path,
        "message": problem.message,
    }


def _show(
    file: Path, config: Config | None, errors: tuple[Problem, ...], warnings: tuple[Problem, ...]
) -> None:
    out, err = Console(highlight=False), Console(stderr=True, highlight=False)
    for problem in errors:
        err.print("[bold red]✗[/]", str(problem), markup=True, soft_wrap=True)
    for problem in warnings:
        err.print("[bold yellow]![/]", str(problem), soft_wrap=True)
    if config is None or errors:
        err.print(f"[bold]{file}[/]: {len(errors)} error{'s' if len(errors) != 1 else ''}")
        return
    table = Table(box=None, header_style="dim")
    for title in ("monitor", "provider", "checks", "told", "detected within"):
        table.add_column(title)
    for monitor in config.monitors:
        checks = ", ".join(plan.check for plan in monitor.checks) if monitor.enabled else "paused"
        seconds = f"{worst_case_detection(monitor).total_seconds():g} s"
        table.add_row(monitor.id, monitor.provider.id, checks, ", ".join(monitor.notify) or "nobody", seconds)
    out.print(table)
    out.print(f"[bold green]✓[/] {file} is good")


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
