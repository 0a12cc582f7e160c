"""What a probe looks like on a terminal."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from monitor.core.judge import in_words
from monitor.core.model import Delivery, Monitor, Phase, Reason, Result, Status

COLOURS = {Status.UP: "green", Status.DEGRADED: "yellow", Status.DOWN: "red", Status.UNKNOWN: "dim"}
PHASE_COLOURS = ("cyan", "blue", "magenta", "yellow", "green", "bright_green")
BAR_WIDTH = 40
BODY_SHOWN = 2000


def one(console: Console, monitor: Monitor, delivery: Delivery | None, result: Result) -> None:
    """Show everything about one probe: request (secret masked), reply, phases, verdict."""
    if delivery is not None and not delivery.handshake_only:
        _request(console, monitor, delivery)
    _reply(console, result)
    _phases(console, result)
    word = _word(result)
    console.print(Text.assemble((f"{word} ", f"bold {_colour(result)}"), (result.verdict.reason, "bold")))
    console.print(Text(result.verdict.message))


def _request(console: Console, monitor: Monitor, delivery: Delivery) -> None:
    console.print(Text(f"{delivery.method} {masked(monitor.url, delivery)}", style="bold"))
    for name, value in delivery.headers:
        console.print(Text.assemble((f"{name}: ", "dim"), masked(value, delivery)))
    console.print(Text(f"\n{masked(delivery.body.decode(errors='replace'), delivery)}\n"))


def masked(text: str, delivery: Delivery) -> str:
    """Return the text without anything that must not be seen."""
    for hidden in sorted(delivery.hidden, key=len, reverse=True):
        if hidden:
            text = text.replace(hidden, "•••")
    return text


def _reply(console: Console, result: Result) -> None:
    reply = result.reply
    if reply.http_status is None:
        return
    console.print(Text(f"HTTP {reply.http_status}", style="bold"))
    for name, value in reply.headers:
        console.print(Text.assemble((f"{name}: ", "dim"), value))
    if reply.body:
        console.print(Text(f"\n{reply.body[:BODY_SHOWN]}"))
    console.print()


def _phases(console: Console, result: Result) -> None:
    phases = result.reply.phases
    total = phases.total
    if total <= 0:
        return
    table = Table(box=None, show_header=False, pad_edge=False)
    before = 0.0
    for phase, seconds, colour in zip(Phase, phases.seconds(), PHASE_COLOURS, strict=True):
        if seconds is None:
            continue
        start, width = round(before / total * BAR_WIDTH), max(1, round(seconds / total * BAR_WIDTH))
        table.add_row(phase, in_words(seconds), Text(" " * start + "█" * width, style=colour))
        before += seconds
    table.add_row("total", in_words(total), "")
    console.print(table)
    console.print()


def many(console: Console, results: list[Result]) -> None:
    """Show one line per probe."""
    table = Table(box=None, header_style="dim", pad_edge=False)
    for title in ("", "monitor", "reason", "latency", "what happened"):
        table.add_column(title)
    for result in results:
        word = Text(_word(result), style=f"bold {_colour(result)}")
        latency = in_words(result.reply.phases.total)
        table.add_row(word, result.monitor, result.verdict.reason, latency, Text(result.verdict.message))
    console.print(table)


def _word(result: Result) -> str:
    return "SKIPPED" if result.verdict.reason is Reason.SKIPPED else result.verdict.status.upper()


def _colour(result: Result) -> str:
    return COLOURS.get(result.verdict.status, "dim")
