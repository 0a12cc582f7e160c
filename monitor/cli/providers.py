"""``providers``: whose webhooks can be watched, and what is known of each."""

import difflib
import json
from collections.abc import Iterable
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from monitor.cli import screen
from monitor.core.model import Provider
from monitor.core.providers import PROVIDERS, words
from monitor.core.times import duration
from monitor.errors import UsageError

ROOMY = 160  # columns from which the checks have room for their names
CODE = "cyan"


def providers(
    provider: Annotated[
        str | None,
        typer.Argument(metavar="ID", help="The provider to explain.", show_default="all, in short"),
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per line.")] = False,
) -> None:
    """List the providers, or explain one.

    Tells how it signs, what it takes for an acknowledgement, what it does with a listener that fails, and
    which checks cannot be made of it; with a monitor to copy into monitors.yaml.
    """
    rows = [PROVIDERS[name] for name in sorted(PROVIDERS)] if provider is None else [_find(provider)]
    if as_json:
        for row in rows:
            typer.echo(json.dumps(as_object(row)))
    elif provider is None:
        _list(screen.out(), rows)
    else:
        _explain(screen.out(), rows[0])


def _find(name: str) -> Provider:
    """Return the provider of that id. Raises UsageError naming the one that may be meant."""
    if name in PROVIDERS:
        return PROVIDERS[name]
    meant = _meant(name.lower())
    hint = f"did you mean {meant}?" if meant else "all are listed by webhook-monitor providers"
    raise UsageError(f"no provider {name!r}: {hint}")


def _meant(word: str) -> str | None:
    """Return the id that is spelled alike, or whose title has the word in it."""
    titled = [row.id for row in PROVIDERS.values() if word in row.title.lower().split()]
    close = difflib.get_close_matches(word, PROVIDERS, n=1)
    return next(iter([*titled, *close]), None)


def _list(console: Console, rows: Iterable[Provider]) -> None:
    short = console.width < ROOMY
    table = Table(box=None, header_style="dim", pad_edge=False)
    table.add_column("provider", no_wrap=True)
    table.add_column("proof", overflow="fold")
    table.add_column("deadline", no_wrap=True)
    table.add_column("answer", max_width=12 if short else None)
    table.add_column("checks", no_wrap=True)
    for row in rows:
        cells = (row.id, words.proof(row.scheme), duration(row.expect.within), words.brief(row.expect))
        table.add_row(*map(Text, cells), _checks(row, short=short))
    console.print(table)
    if short:
        legend = ", ".join(f"{check[:2]} {check}" for check in words.CHECKS)
        console.print(Text(f"\n{legend}", style="dim"))


def _checks(provider: Provider, *, short: bool) -> Text:
    """Return the checks that are possible, each in a place of its own."""
    impossible = dict(words.impossible(provider))
    named = [(check[:2] if short else check.value, check in impossible) for check in words.CHECKS]
    return Text(" ").join(
        Text("-" * len(name), style="dim") if missing else Text(name, style="green")
        for name, missing in named
    )


def _explain(console: Console, provider: Provider) -> None:
    console.print(Text.assemble((provider.title, "bold"), f" ({provider.id})\n"))
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, said in words.facts(provider):
        table.add_row(name, _painted(said))
    console.print(table)
    for heading, prose in (("Note", provider.note), ("The listener", provider.hint)):
        if prose:
            console.print(Text(f"\n{heading}", style="bold"))
            console.print(_painted(" ".join(prose.split())))
    for heading, text in (("What is sent", words.request), ("In monitors.yaml", words.snippet)):
        console.print(Text(f"\n{heading}", style="bold"))
        console.print(Text(text(provider)), soft_wrap=True)


def _painted(markdown: str) -> Text:
    """Return words with what is code in colour instead of backticks."""
    parts = markdown.split("`")
    return Text.assemble(*((part, CODE if place % 2 else "") for place, part in enumerate(parts)))


def as_object(provider: Provider) -> dict[str, object]:
    """Return what is known of a provider, with all keys always present."""
    scheme, expect = provider.scheme, provider.expect
    impossible = dict(words.impossible(provider))
    return {
        "id": provider.id,
        "title": provider.title,
        "proof": words.proofs(scheme),
        "deadline_seconds": expect.within.total_seconds(),
        "statuses": expect.statuses,
        "acknowledged_by": words.acknowledgement(expect),
        "checks": [check for check in words.CHECKS if check not in impossible],
        "impossible": impossible,
        "age_seconds": scheme.window.total_seconds() if scheme.window else None,
        "facts": dict(words.facts(provider)),
        "hint": provider.hint,
        "note": provider.note,
        "request": words.request(provider),
        "snippet": words.snippet(provider),
    }
