"""``notify test``: does an alert really arrive?"""

import asyncio
from datetime import UTC, datetime
from typing import Annotated

import typer

from monitor import logs
from monitor.cli import screen
from monitor.cli.loading import load
from monitor.cli.options import DEFAULT, ConfigOption
from monitor.core import alert
from monitor.core.model import Notifier, Site
from monitor.errors import NotifyError, UsageError
from monitor.notify import Notifiers

app = typer.Typer(no_args_is_help=True)


@app.callback()
def options() -> None:
    """Notifiers: does an alert really arrive?"""


@app.command(name="test")
def try_out(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="A notifier.", show_default="all of them")
    ] = None,
    *,
    config: ConfigOption = DEFAULT,
) -> None:
    """Send a sample alert and show what the service answered.

    Exit code: 0 all accepted, 1 any not, 2 usage or configuration.
    """
    logs.configure("console")
    loaded = load(config)
    chosen = _chosen(loaded.notifiers, name)
    accepted = asyncio.run(_send(chosen, loaded.site))
    raise typer.Exit(0 if accepted else 1)


def _chosen(notifiers: tuple[Notifier, ...], name: str | None) -> tuple[Notifier, ...]:
    """Return the notifiers of that name: a URL with several targets is several."""
    chosen = tuple(one for one in notifiers if name in {None, one.name, one.name.partition("/")[0]})
    if chosen:
        return chosen
    if name is None:
        raise UsageError("no notifier is configured: nobody would be told of an outage")
    known = ", ".join(notifier.name for notifier in notifiers)
    raise UsageError(f"no notifier {name!r}; there are: {known or 'none'}")


async def _send(chosen: tuple[Notifier, ...], site: Site) -> bool:
    """Send to all at once: one that hangs keeps nobody waiting for the others."""
    notifiers = Notifiers(chosen)
    return all(await asyncio.gather(*(_send_one(notifiers, notifier.name, site) for notifier in chosen)))


async def _send_one(notifiers: Notifiers, name: str, site: Site) -> bool:
    message = alert.sample(name, site, datetime.now(UTC)).message
    try:
        answer = await notifiers.send(name, message)
    except NotifyError as error:
        screen.wrong(screen.out(), f"{name}: {error}")
        return False
    screen.well(screen.out(), f"{name}: {answer}")
    return True
