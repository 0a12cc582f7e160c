"""``notify test``: does an alert really arrive? ``notify preview``: what does it say?"""

import asyncio
import json
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer

from monitor import logs
from monitor.cli import screen
from monitor.cli.loading import load
from monitor.cli.options import DEFAULT, ConfigOption
from monitor.core import alert
from monitor.core.model import Config, Message, Notifier, Site
from monitor.errors import NotifyError, UsageError
from monitor.notify import Notifiers

app = typer.Typer(no_args_is_help=True)
PREVIEWED = "oncall"  # who is told in a preview


@app.callback()
def options() -> None:
    """Notifiers: does an alert really arrive, and what does it say?"""


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
    accepted = asyncio.run(_send(chosen, loaded))
    raise typer.Exit(0 if accepted else 1)


class Form(StrEnum):
    """As what an alert is shown."""

    TEXT = "text"
    MAIL = "mail"
    HTML = "html"
    SLACK = "slack"


@app.command()
def preview(
    name: Annotated[
        str | None, typer.Argument(metavar="EXAMPLE", help="What is told.", show_default="name them")
    ] = None,
    *,
    form: Annotated[
        Form, typer.Option("--as", help="Plain text, a mail's text, a mail's HTML, or Slack's payload.")
    ] = Form.TEXT,
    config: ConfigOption = DEFAULT,
) -> None:
    """Show what an alert says, in your templates and your time zone. Nothing is sent."""
    loaded = load(config)
    known = alert.examples(loaded.site)
    if name is None:
        width = max(map(len, known))
        for each, example in known.items():
            typer.echo(f"{each:{width}} {example.message.headline}")
        return
    if name not in known:
        raise UsageError(f"no example {name!r}; there are: {', '.join(known)}")
    typer.echo(_shown(known[name].message, loaded, form))


def _shown(message: Message, loaded: Config, form: Form) -> str:
    from monitor.notify.dress import Dress, as_slack  # noqa: PLC0415  loads Jinja2

    told = Dress(loaded.site, loaded.templates).on(message, PREVIEWED)
    headline = told.message.headline
    match form:
        case Form.TEXT:
            return f"{headline}\n\n{told.words('plain.txt')}"
        case Form.MAIL:
            return f"Subject: {told.words('subject.txt')}\n\n{told.words('mail.txt')}"
        case Form.HTML:
            return told.words("mail.html")
        case Form.SLACK:
            return json.dumps(as_slack(told)[0], indent=1, ensure_ascii=False)


def _chosen(notifiers: tuple[Notifier, ...], name: str | None) -> tuple[Notifier, ...]:
    """Return the notifiers of that name: a URL with several targets is several."""
    chosen = tuple(one for one in notifiers if name in {None, one.name, one.name.partition("/")[0]})
    if chosen:
        return chosen
    if name is None:
        raise UsageError("no notifier is configured: nobody would be told of an outage")
    known = ", ".join(notifier.name for notifier in notifiers)
    raise UsageError(f"no notifier {name!r}; there are: {known or 'none'}")


async def _send(chosen: tuple[Notifier, ...], loaded: Config) -> bool:
    """Send to all at once: one that hangs keeps nobody waiting for the others."""
    notifiers = Notifiers(chosen, site=loaded.site, templates=loaded.templates)
    sending = (_send_one(notifiers, notifier.name, loaded.site) for notifier in chosen)
    return all(await asyncio.gather(*sending))


async def _send_one(notifiers: Notifiers, name: str, site: Site) -> bool:
    message = alert.sample(name, site, datetime.now(UTC)).message
    try:
        answer = await notifiers.send(name, message)
    except NotifyError as error:
        screen.wrong(screen.out(), f"{name}: {error}")
        return False
    screen.well(screen.out(), f"{name}: {answer}")
    return True
