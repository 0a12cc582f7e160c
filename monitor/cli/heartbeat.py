"""``heartbeat url``: the address that a job, or a listener, calls."""

from typing import Annotated

import typer

from monitor import logs
from monitor.cli import screen
from monitor.cli.loading import load_to_probe
from monitor.cli.options import DEFAULT, ConfigOption
from monitor.cli.probing import find
from monitor.config import settings_from
from monitor.core.model import Config, Monitor
from monitor.core.tokens import heartbeat_token
from monitor.errors import UsageError

app = typer.Typer(no_args_is_help=True)


@app.callback()
def options() -> None:
    """Signs of life: what calls us from outside."""


@app.command()
def url(
    monitor: Annotated[str, typer.Argument(help="Id of a monitor.", metavar="ID")],
    *,
    config: ConfigOption = DEFAULT,
    database: Annotated[
        str | None, typer.Option(help="Its key is the one used.", show_default="sqlite:///webhook-monitor.db")
    ] = None,
) -> None:
    """Print the address that a job calls, or that real events are reported to.

    It does not expire. Whoever knows it can give signs of life: keep it like a password.

    Exit code: 0, 2 usage.
    """
    from monitor.app.keyring import keyring_of  # noqa: PLC0415  loads the whole house

    logs.configure("console")
    loaded = load_to_probe(config)
    found = find(loaded, monitor)
    settings = settings_from(config=config, database=database)
    base = loaded.receipts_url or loaded.site.url
    if base is None:
        base = f"http://{settings.host}:{settings.port}"
        warning = "set `site: {url: …}` to where the public socket is reached from outside; this is only here"
        screen.unwise(screen.err(), warning)
    typer.echo(f"{base}/hb/{heartbeat_token(keyring_of(settings), found.id)}{_what(loaded, found)}")


def _what(loaded: Config, monitor: Monitor) -> str:
    """A job calls the address itself; real events have a word of their own."""
    if monitor.heartbeat is not None:
        return ""
    if monitor.traffic is not None:
        return "/event"
    others = ", ".join(one.id for one in loaded.monitors if one.heartbeat or one.traffic) or "none"
    raise UsageError(
        f"nothing calls {monitor.id}: it is no `kind: heartbeat` and has no `checks: {{traffic: …}}`; "
        f"those that have: {others}"
    )
