"""The terminal: standard output for what was asked, standard error for what is wrong.

Words from outside (files, listeners, services) are printed as they are: no markup or emoji in them is obeyed.
"""

import os
import sys

from rich.console import Console
from rich.text import Text

from monitor.errors import Problem

WIDE = 1000  # columns where nobody looks: a line in a log or a pipe stays one line


def out() -> Console:
    """Return the console for what was asked for."""
    return _console(Console(highlight=False, markup=False, emoji=False))


def err() -> Console:
    """Return the console for what is wrong."""
    return _console(Console(stderr=True, highlight=False, markup=False, emoji=False))


def well(console: Console, *words: str) -> None:
    """Print a line with a tick."""
    _line(console, "✓", "bold green", words)


def wrong(console: Console, *words: str) -> None:
    """Print a line with a cross."""
    _line(console, "✗", "bold red", words)


def unwise(console: Console, *words: str) -> None:
    """Print a line with an exclamation mark."""
    _line(console, "!", "bold yellow", words)


def problems(console: Console, found: tuple[Problem, ...]) -> None:
    """Print each problem on a line of its own."""
    for problem in found:
        wrong(console, str(problem))


def never_choke() -> None:
    """Let a terminal that knows only ASCII show escapes, rather than end in a UnicodeEncodeError."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _line(console: Console, sign: str, style: str, words: tuple[str, ...]) -> None:
    console.print(Text.assemble((sign, style), " ", " ".join(words)), soft_wrap=True)


def _console(console: Console) -> Console:
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = WIDE
    return console
