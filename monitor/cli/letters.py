"""``alerts``: what waits to be told, what nobody took, and another try."""

from typing import Annotated, Any
from urllib.parse import urlencode

import typer

from monitor.cli import screen
from monitor.cli.owner import Host, Owner, Port
from monitor.errors import UsageError

MOST = 1000

app = typer.Typer(no_args_is_help=True)


@app.callback()
def options() -> None:
    """Alerts that did not arrive: dead letters, and another try."""


@app.command(name="list")
def show(*, operator_host: Host = None, operator_port: Port = None) -> None:
    """List what still waits to be told, and what was given up, newest first.

    Exit code: 0 none was given up, 1 some were, 2 usage, or no main job is running.
    """
    owner = Owner(operator_host, operator_port)
    found = {
        state: owner.get(f"/alerts?{urlencode({'state': state, 'limit': MOST})}")["items"]
        for state in ("waiting", "given_up")
    }
    for alert in found["waiting"]:
        screen.unwise(screen.out(), f"waiting  {_line(alert)}")
    for alert in found["given_up"]:
        screen.wrong(screen.out(), f"given up  {_line(alert)}")
    if not any(found.values()):
        screen.well(screen.out(), "every alert was taken")
    raise typer.Exit(1 if found["given_up"] else 0)


@app.command()
def retry(
    keys: Annotated[list[str] | None, typer.Argument(metavar="KEY…", help="As `list` shows them.")] = None,
    *,
    all_: Annotated[bool, typer.Option("--all", help="All that was given up.")] = False,
    operator_host: Host = None,
    operator_port: Port = None,
) -> None:
    """Try again what was given up, at once.

    Exit code: 0 it is on its way, 2 usage, no such dead letter, or no main job is running.
    """
    if bool(keys) == all_:
        raise UsageError("name the keys of what is to be tried again, or say --all")
    asked = {"all": True} if all_ else {"keys": keys}
    answer = Owner(operator_host, operator_port).post("/alerts/retry", asked)
    for key in answer["retried"]:
        screen.well(screen.out(), f"on its way again: {key}")
    if all_ and not answer["retried"]:
        screen.well(screen.out(), "there was nothing to try again")
    if unknown := [key for key in keys or () if key not in answer["retried"]]:
        raise UsageError(f"no dead letter has this key: {', '.join(unknown)}")


def _line(alert: dict[str, Any]) -> str:
    refused = f": {alert['error']}" if alert["error"] else ""
    return f"{alert['created_at']}  {alert['notifier']}  {alert['headline']}{refused}\n    {alert['key']}"
