"""``run``: the main job."""

import asyncio
import gc
import subprocess
import sys
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from monitor import demo as demo_listeners
from monitor import logs
from monitor.cli import screen
from monitor.cli.demo import prepare
from monitor.config import settings_from
from monitor.errors import UsageError

PATIENCE = 20.0  # seconds for the demo listeners to start, or to stop


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
    from monitor import app  # noqa: PLC0415  takes seconds to load, and the other commands need nothing of it

    logs.configure(settings.log_format)
    with _demo(settings.config.parent / ".demo") if demo else _nothing():
        _loop(app.run(settings))


# Objects to allocate before a full collection: at the default one came every 20 s and held the loop for 100
# to 200 ms with 10,000 monitors. Values are frozen trees without cycles; counting references frees them.
RARE_COLLECTIONS = (50_000, 50, 1000)


def _loop(work: Coroutine[Any, Any, None]) -> None:
    gc.set_threshold(*RARE_COLLECTIONS)
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
    prepare(directory)
    if _demo_answers():  # another main job's, or started by hand: its secrets are here, too
        screen.unwise(screen.err(), "the demo listeners are running already, and are used as they are")
        yield
        return
    command = [sys.executable, "-m", "monitor.demo", str(directory), str(demo_listeners.PORT), "0"]
    # A session of its own: Ctrl-C must not take the listeners away while the main job still drains. But they
    # must not outlive it, even if it is killed: they end when its end of their standard input closes.
    process = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)  # noqa: S603  our own program
    try:
        _wait_for_demo(process)
        yield
    finally:
        _end(process)


def _wait_for_demo(process: subprocess.Popen[bytes]) -> None:
    """Return once it answers: the first probe must not meet a port that is still closed."""
    deadline = time.monotonic() + PATIENCE
    while not _demo_answers():
        if process.poll() is not None or time.monotonic() > deadline:
            raise UsageError("the demo listeners did not start")
        time.sleep(0.05)


def _demo_answers() -> bool:
    try:
        demo_listeners.state()
    except UsageError:
        return False
    return True


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
