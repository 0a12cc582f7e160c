"""``run``: the main job."""

import asyncio
import subprocess
import sys
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from monitor import app, logs
from monitor.config import settings_from


def run(  # noqa: PLR0913  one parameter per option
    *,
    config: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The configuration.", show_default="monitors.yaml")
    ] = None,
    database: Annotated[
        str | None,
        typer.Option(help="SQLite or PostgreSQL URL.", show_default="sqlite:///webhook-monitor.db"),
    ] = None,
    host: Annotated[str | None, typer.Option(help="Public socket.", show_default="127.0.0.1")] = None,
    port: Annotated[int | None, typer.Option(help="Public socket.", show_default="8080")] = None,
    operator_host: Annotated[
        str | None, typer.Option(help="Operator socket.", show_default="127.0.0.1")
    ] = None,
    operator_port: Annotated[int | None, typer.Option(help="Operator socket.", show_default="8081")] = None,
    standby: Annotated[
        bool | None, typer.Option("--standby", help="Wait for the owner to fall silent.")
    ] = None,
    demo: Annotated[bool, typer.Option("--demo", help="Start the demo listeners beside it.")] = False,
) -> None:
    """Run the main job until SIGTERM.

    Probes, judges, records, tells, shows. Reloads when the file changes, and on SIGHUP.

    Every option but --demo can be given as WEBHOOK_MONITOR_… in the environment, too (--operator-port is
    WEBHOOK_MONITOR_OPERATOR_PORT); the command line wins.
    """
    settings = settings_from(
        config=config,
        database=database,
        host=host,
        port=port,
        operator_host=operator_host,
        operator_port=operator_port,
        standby=standby,
    )
    logs.configure(settings.log_format)
    with _demo(settings.config.parent / ".demo") if demo else _nothing():
        _loop(app.run(settings))


def _loop(work: Coroutine[Any, Any, None]) -> None:
    if sys.platform == "win32":
        asyncio.run(work)
        return
    import uvloop  # noqa: PLC0415  not made for every platform

    uvloop.run(work)


@contextmanager
def _nothing() -> Iterator[None]:
    yield


@contextmanager
def _demo(directory: Path) -> Iterator[None]:
    """Run the demo listeners as a process of their own, for as long as the main job runs."""
    command = [sys.executable, "-m", "monitor", "demo", "serve", "--directory", str(directory)]
    # A session of its own: Ctrl-C must not take the listeners away while the main job still drains.
    process = subprocess.Popen(command, start_new_session=True)  # noqa: S603  our own program
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=10)
