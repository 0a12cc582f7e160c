"""The command line. Exit codes: 0 well, 1 not well (a listener, a difference), 2 ours (usage, config, fault).

``main_job``  run
``files``     validate, plan, schema
``probing``   probe, sign
``telling``   notify test
``database``  db upgrade, db check
``demo``      demo serve, prepare, break, heal, inbox
"""

import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from monitor import __version__
from monitor.cli import database, demo, files, main_job, probing, telling
from monitor.errors import ConfigError, MonitorError

app = typer.Typer(
    name="webhook-monitor",
    help="Send every webhook listener signed synthetic events; tell people when a real one would be lost.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(main_job.run)
app.command()(files.validate)
app.command()(files.plan)
app.command()(files.schema)
app.command()(probing.probe)
app.command()(probing.sign)
app.add_typer(telling.app, name="notify")
app.add_typer(database.app, name="db")
app.add_typer(demo.app, name="demo")


def _version(wanted: bool) -> None:  # noqa: FBT001  the shape Typer calls
    if wanted:
        typer.echo(f"webhook-monitor {__version__}")
        raise typer.Exit


@app.callback()
def options(
    *,
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Hold what comes before any command."""


def main() -> None:
    """Run the command line; whatever is ours to answer for ends in one sentence and exit code 2."""
    console = Console(stderr=True, highlight=False)
    try:
        app()
    except ConfigError as error:
        for problem in error.problems:
            console.print(f"[bold red]✗[/] {escape(str(problem))}", soft_wrap=True)
        sys.exit(2)
    except MonitorError as error:
        console.print(f"[bold red]✗[/] {escape(str(error))}", soft_wrap=True)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
