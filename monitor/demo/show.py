"""The inbox as a person would see it: one card per alert, in the colour of its urgency."""

from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from monitor.demo.inbox import Received

COLOURS = {"failure": "red", "warning": "yellow", "success": "green"}
WIDEST = 100  # columns; longer lines are hard to read
SIGNS = {"failure": "✗", "warning": "!", "success": "✓"}


def show(console: Console, items: Sequence[Received]) -> None:
    """Print the alerts, oldest first, so that the newest stands above the prompt."""
    if not items:
        console.print("No alerts yet. Break something: webhook-monitor demo break stripe --with 503")
        return
    for received in items:
        console.print(_card(received), width=min(console.width, WIDEST))


def _card(received: Received) -> Panel:
    """Words from outside are ``Text``: no markup in them is obeyed."""
    colour = COLOURS.get(received.kind, "blue")
    at = received.at.astimezone().strftime("%a %d %b, %H:%M:%S")
    headline = Text.assemble(
        (SIGNS.get(received.kind, "i"), f"bold {colour}"), " ", received.title or "Alert"
    )
    return Panel(
        Text(received.message.strip()),
        title=headline,
        title_align="left",
        subtitle=Text(at, style="dim"),
        subtitle_align="right",
        border_style=colour,
        box=box.ROUNDED,
        padding=(0, 1),
    )
