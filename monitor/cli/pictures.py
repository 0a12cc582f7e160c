"""What a probe looks like on a terminal."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table
from rich.text import Text

from monitor.core.judge import in_words
from monitor.core.model import Delivery, Monitor, Phase, Phases, Reason, Reply, Result, Status, Verdict
from monitor.core.redact import Redactor

COLOURS = {Status.UP: "green", Status.DEGRADED: "yellow", Status.DOWN: "red"}
PHASE_COLOURS = dict(zip(Phase, ("cyan", "blue", "magenta", "yellow", "green", "bright_green"), strict=True))
BAR_WIDTH = 40
BODY_SHOWN = 2000  # characters of a reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One probe as it went. ``delivery`` is None where nothing was sent."""

    monitor: Monitor
    delivery: Delivery | None
    result: Result


def show(console: Console, seen: Sequence[Seen]) -> None:
    """Show one probe in full, several in a table."""
    if len(seen) > 1:
        console.print(_table(seen))
        return
    for one in seen:
        _in_full(console, one)


def was_skipped(result: Result) -> bool:
    """Return whether there was nothing to ask."""
    return result.verdict.reason is Reason.SKIPPED


def status_word(result: Result) -> str:
    """Return up, degraded, down, unknown or skipped."""
    return "skipped" if was_skipped(result) else result.verdict.status


def said(verdict: Verdict) -> str:
    """Return what happened, and what explains it."""
    return f"{verdict.message}. {verdict.diagnosis}" if verdict.diagnosis else verdict.message


def _in_full(console: Console, seen: Seen) -> None:
    """Show request (secrets masked), reply, phases, and the verdict last: it stands above the prompt."""
    if seen.delivery is not None:
        _request(console, seen.monitor, seen.delivery)
    _reply(console, seen.result.reply)
    _phases(console, seen.result.reply.phases)
    verdict = seen.result.verdict
    _print(console, Text.assemble(_word(seen.result), " ", (verdict.reason, "bold")))
    _print(console, Text(said(verdict)))


def _request(console: Console, monitor: Monitor, delivery: Delivery) -> None:
    masked = Redactor(delivery.hidden).text
    if delivery.handshake_only:
        _print(console, Text(f"TLS handshake with {masked(monitor.url)}\n", style="bold"))
        return
    _print(console, Text(f"{delivery.method} {masked(delivery.url)}", style="bold"))
    _headers(console, [(name, masked(value)) for name, value in delivery.headers])
    _print(console, Text(f"\n{masked(delivery.body.decode(errors='replace'))}\n"))


def _reply(console: Console, reply: Reply) -> None:
    if reply.http_status is None:
        return
    _print(console, Text(f"HTTP {reply.http_status}", style="bold"))
    _headers(console, reply.headers)
    if reply.body:
        cut = reply.truncated or len(reply.body) > BODY_SHOWN
        _print(console, Text(f"\n{reply.body[:BODY_SHOWN]}{'…' if cut else ''}"))
    console.print()


def _headers(console: Console, headers: Sequence[tuple[str, str]]) -> None:
    for name, value in headers:
        _print(console, Text.assemble((f"{name}: ", "dim"), value))


def _phases(console: Console, phases: Phases) -> None:
    total = phases.total
    if total <= 0:
        return
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column()
    table.add_column(justify="right")
    table.add_column()
    before = 0.0
    for phase, seconds in zip(Phase, phases.seconds(), strict=True):
        if seconds is None:
            continue
        start = min(round(before / total * BAR_WIDTH), BAR_WIDTH - 1)
        width = max(1, round(seconds / total * BAR_WIDTH))
        table.add_row(phase, _short(seconds), Text(" " * start + "█" * width, style=PHASE_COLOURS[phase]))
        before += seconds
    table.add_row("total", _short(total), "")
    console.print(table)
    console.print()


def _short(seconds: float) -> str:
    """Return a phase's length: next to a bar, a tenth of a millisecond is worth showing."""
    return in_words(seconds) if seconds >= 0.1 else f"{seconds * 1000:.1f} ms"


def _table(seen: Sequence[Seen]) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False)
    for title in ("", "monitor", "reason", "latency", "what happened"):
        table.add_column(title, no_wrap=title in {"", "monitor", "reason", "latency"})
    for one in seen:
        result = one.result
        total = result.reply.phases.total
        latency = in_words(total) if total > 0 else ""
        row = (result.monitor, result.verdict.reason, latency, said(result.verdict))
        table.add_row(_word(result), *(Text(cell) for cell in row))
    return table


def _word(result: Result) -> Text:
    return Text(status_word(result).upper(), style=f"bold {COLOURS.get(result.verdict.status, 'dim')}")


def _print(console: Console, text: Text) -> None:
    """Print without breaking lines: what is shown can be copied."""
    console.print(text, soft_wrap=True)
