"""``notify test``: does an alert really arrive?"""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from monitor import logs
from monitor.app.wiring import load, utc_now
from monitor.core import alert
from monitor.core.model import Config
from monitor.errors import NotifyError, UsageError
from monitor.notify import Notifiers

app = typer.Typer(help="Notifiers.", no_args_is_help=True)


@app.callback()
def options() -> None:
    """Hold the group together: it has one command so far."""


@app.command(name="test")
def try_out(
    name: Annotated[str | None, typer.Argument(help="A notifier. [default: all]")] = None,
    *,
    config: Annotated[Path, typer.Option(help="The configuration file.")] = Path("monitors.yaml"),
) -> None:
    """Send a sample alert and show what the service answered. Exit 0 all accepted, 1 any not, 2 config."""
    logs.configure("console")
    loaded = load(config)
    names = [notifier.name for notifier in loaded.notifiers]
    if name is not None and name not in names:
        raise UsageError(f"no notifier {name!r}; there are: {', '.join(names) or 'none'}")
    accepted = asyncio.run(_send(loaded, [name] if name else names))
    raise typer.Exit(0 if accepted else 1)


async def _send(config: Config, names: list[str]) -> bool:
    notifiers, console = Notifiers(config.notifiers), Console(highlight=False)
    accepted = True
    for name in names:
        message = alert.sample(name, config.site, utc_now()).message
        try:
            answer = await notifiers.send(name, message)
        except NotifyError as error:
            accepted = False
            console.print("[bold red]✗[/]", name, str(error), soft_wrap=True)
        else:
            console.print("[bold green]✓[/]", name, answer, soft_wrap=True)
    return accepted
