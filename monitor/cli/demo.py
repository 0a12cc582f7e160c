"""``demo``: listeners to break and to heal, and an inbox to see the alerts arrive."""

from pathlib import Path
from typing import Annotated

import typer

from monitor import demo
from monitor.cli import screen
from monitor.demo import Fault, Listener
from monitor.errors import UsageError

app = typer.Typer(help="Demo listeners that really verify, and an inbox for alerts.", no_args_is_help=True)
Directory = Annotated[Path, typer.Option(help="Where its secrets and its inbox are kept.")]
DEFAULT = Path(".demo")


@app.command()
def prepare(directory: Directory = DEFAULT) -> None:
    """Create the secrets of the demo listeners, if they are not there yet."""
    try:
        demo.prepare(directory)
    except OSError as error:
        raise UsageError(f"{directory} cannot hold the demo's secrets: {error.strerror}") from error


@app.command()
def serve(directory: Directory = DEFAULT) -> None:
    """Run the demo listeners until stopped."""
    prepare(directory)
    demo.serve(directory)


@app.command(name="break")
def break_(
    listener: Listener,
    *,
    fault: Annotated[Fault, typer.Option("--with", help="How.")] = Fault.SERVER_ERROR,
) -> None:
    """Break a demo listener."""
    demo.break_(listener, fault)
    screen.wrong(screen.out(), f"{listener} is broken: {fault}")


@app.command()
def heal(listener: Listener) -> None:
    """Mend a demo listener."""
    demo.heal(listener)
    screen.well(screen.out(), f"{listener} is well again")


@app.command()
def inbox() -> None:
    """Show the alerts that arrived, as a person would see them."""
    demo.show(screen.out(), demo.inbox())
