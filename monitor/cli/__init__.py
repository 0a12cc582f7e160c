"""The command line. Exit codes: 0 well, 1 not well (a listener, a difference), 2 ours (usage, config, fault).

``main_job``  run
``files``     validate, plan, schema
``probing``   probe
``signing``   sign
``providers`` providers
``telling``   notify test, notify preview
``incidents`` incidents list, show, ack, … · ``owner`` asks the main job
``quiet``     maintenance list, add, end; silence list, add, end
``letters``   alerts list, alerts retry
``receipts``  receipts key
``heartbeat`` heartbeat url
``database``  db upgrade, db check
``health``    healthcheck
``demo``      demo serve, prepare, break, heal, inbox
``operator``  the running main job, asked
``pictures``  what a probe looks like · ``curl`` a delivery as a command · ``screen`` the terminal
"""

import sys
import traceback
from typing import Annotated

import typer

from monitor import __version__
from monitor.cli import (
    database,
    demo,
    files,
    health,
    heartbeat,
    incidents,
    letters,
    main_job,
    probing,
    providers,
    quiet,
    receipts,
    screen,
    signing,
    telling,
)
from monitor.errors import ConfigError, MonitorError

CONFIGURATION, LISTENERS, SERVICE = "Configuration", "Listeners", "Service"

app = typer.Typer(
    name="webhook-monitor",
    help="Send every webhook listener signed synthetic events; tell people when a real one would be lost.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command(rich_help_panel=SERVICE)(main_job.run)
app.command(rich_help_panel=SERVICE)(health.healthcheck)
app.command(rich_help_panel=CONFIGURATION)(files.validate)
app.command(rich_help_panel=CONFIGURATION)(files.plan)
app.command(rich_help_panel=CONFIGURATION)(files.schema)
app.command(rich_help_panel=LISTENERS)(probing.probe)
app.command(rich_help_panel=LISTENERS)(signing.sign)
app.command(rich_help_panel=CONFIGURATION)(providers.providers)
app.add_typer(telling.app, name="notify", rich_help_panel=SERVICE)
app.add_typer(incidents.app, name="incidents", rich_help_panel=SERVICE)
app.add_typer(quiet.maintenance, name="maintenance", rich_help_panel=SERVICE)
app.add_typer(quiet.silence, name="silence", rich_help_panel=SERVICE)
app.add_typer(receipts.app, name="receipts", rich_help_panel=SERVICE)
app.add_typer(letters.app, name="alerts", rich_help_panel=SERVICE)
app.add_typer(heartbeat.app, name="heartbeat", rich_help_panel=LISTENERS)
app.add_typer(database.app, name="db", rich_help_panel=SERVICE)
app.add_typer(demo.app, name="demo", rich_help_panel=LISTENERS)


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
    """Send every webhook listener signed synthetic events; tell people when a real one would be lost."""


def main() -> None:
    """Run the command line; whatever is ours to answer for ends in one sentence and exit code 2."""
    screen.never_choke()
    try:
        app()
    except ConfigError as error:
        screen.problems(screen.err(), error.problems)
    except (MonitorError, OSError) as error:
        screen.wrong(screen.err(), str(error))
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception:  # noqa: BLE001  a bug of ours: 1 would say that a listener is down
        traceback.print_exc()
    sys.exit(2)
