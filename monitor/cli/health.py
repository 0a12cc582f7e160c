"""``healthcheck``: is the main job beside us alive?"""

from http.client import HTTPConnection, HTTPException
from typing import Annotated

import typer

from monitor.cli import screen
from monitor.cli.owner import reached
from monitor.config import settings_from

PATIENCE = 4.0  # seconds


def healthcheck(
    *,
    host: Annotated[str | None, typer.Option(help="Public socket.", show_default="127.0.0.1")] = None,
    port: Annotated[int | None, typer.Option(help="Public socket.", show_default="8080")] = None,
) -> None:
    """Ask the running main job whether its clock ticks: for containers.

    It is asked where `run` with the same options and environment listens.

    Exit code: 0 it does, 1 it does not or nobody answers, 2 usage.
    """
    settings = settings_from(host=host, port=port)
    where = reached(settings.host)
    try:
        status, said = _asked(where, settings.port)
    except (OSError, HTTPException) as error:
        screen.wrong(screen.err(), f"nobody answers at {where}, port {settings.port}: {error}")
        raise typer.Exit(1) from None
    if status != 200:
        screen.wrong(screen.err(), f"{status}: {said}")
        raise typer.Exit(1)
    screen.well(screen.out(), "alive")


def _asked(host: str, port: int) -> tuple[int, str]:
    connection = HTTPConnection(host, port, timeout=PATIENCE)
    try:
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        return answer.status, answer.read(1000).decode(errors="replace")
    finally:
        connection.close()
