"""``incidents …``: what is open, and what people do about it. It goes through the running main job."""

import getpass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from monitor.cli import screen
from monitor.cli.owner import Host, Owner, Port
from monitor.core.times import duration
from monitor.errors import UsageError

STYLES = {"critical": "bold red", "major": "red", "minor": "yellow", "warning": "yellow", "note": "dim"}
KINDS = {"opened": "red", "joined": "red", "worsened": "red", "recovered": "green", "ended": "bold green"}
NAMED = 3  # monitors in one line

app = typer.Typer(no_args_is_help=True)
Number = Annotated[int, typer.Argument(metavar="N", min=1, help="As alerts name it.")]
Who = Annotated[
    str | None, typer.Option("--who", metavar="NAME", help="Who does it.", show_default="your user name")
]
Word = Annotated[str, typer.Option("--text", metavar="WORDS", help="A word to go with it.")]


@app.callback()
def options() -> None:
    """Incidents: what is open, and who has it in hand."""


@app.command(name="list")
def list_(
    *,
    all_: Annotated[bool, typer.Option("--all", help="Those that are over, too.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")] = 50,
    host: Host = None,
    port: Port = None,
) -> None:
    """List what is open, newest first."""
    wanted = f"/incidents?limit={limit}" + ("" if all_ else "&open=true")
    found = Owner(host, port).get(wanted)["items"]
    if not found:
        screen.well(screen.out(), "there is no incident" if all_ else "nothing is open")
        return
    table = _table("#", "severity", "since", "for", "monitors", "what", "in hand")
    for one in found:
        table.add_row(
            Text(str(one["number"])),
            Text(one["severity"], style=STYLES[one["severity"]]),
            _at(one["started_at"]),
            _for(one),
            Text(_monitors(one)),
            Text(one["message"]),
            _in_hand(one),
        )
    screen.out().print(table)


@app.command()
def show(number: Number, *, host: Host = None, port: Port = None) -> None:
    """Show one incident: what is affected, and all that happened."""
    _show(Owner(host, port).get(f"/incidents/{number}"))


@app.command()
def ack(number: Number, *, who: Who = None, text: Word = "", host: Host = None, port: Port = None) -> None:
    """Acknowledge: reminders and escalation stop, checking goes on."""
    done = _post(Owner(host, port), number, "acknowledge", {"text": text}, who)
    screen.well(screen.out(), f"#{done['number']} is acknowledged by {done['acknowledged_by']}")


@app.command()
def note(
    number: Number,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What there is to say.")],
    *,
    who: Who = None,
    host: Host = None,
    port: Port = None,
) -> None:
    """Write a line into its timeline."""
    done = _post(Owner(host, port), number, "note", {"text": text}, who)
    screen.well(screen.out(), f"noted in #{done['number']}")


@app.command()
def assign(
    number: Number,
    to: Annotated[str, typer.Argument(metavar="WHO", help="Who is to see to it.")],
    *,
    who: Who = None,
    host: Host = None,
    port: Port = None,
) -> None:
    """Name who is to see to it."""
    done = _post(Owner(host, port), number, "assign", {"to": to}, who)
    screen.well(screen.out(), f"#{done['number']} is assigned to {done['assignee']}")


@app.command()
def resolve(
    number: Number, *, who: Who = None, text: Word = "", host: Host = None, port: Port = None
) -> None:
    """Say that it is over. What still fails becomes a new incident once that is confirmed."""
    done = _post(Owner(host, port), number, "resolve", {"text": text}, who)
    screen.well(screen.out(), f"#{done['number']} is resolved by {done['resolved_by']}")


@app.command()
def reopen(number: Number, *, who: Who = None, text: Word = "", host: Host = None, port: Port = None) -> None:
    """Say that it is not over. It stays open until it is resolved by hand."""
    done = _post(Owner(host, port), number, "reopen", {"text": text}, who)
    screen.well(screen.out(), f"#{done['number']} is open again")


@app.command()
def merge(
    number: Number,
    into: Annotated[int, typer.Argument(metavar="INTO", min=1, help="The incident that stays.")],
    *,
    who: Who = None,
    host: Host = None,
    port: Port = None,
) -> None:
    """Let all of one incident belong to another."""
    done = _post(Owner(host, port), number, "merge", {"into": into}, who)
    screen.well(screen.out(), f"#{number} is part of #{done['number']}")


@app.command(name="post-mortem")
def post_mortem(  # noqa: PLR0913  one parameter per option
    number: Number,
    *,
    file: Annotated[
        Path,
        typer.Option("--file", metavar="F", help="Its text.", exists=True, dir_okay=False, allow_dash=True),
    ],
    public: Annotated[bool, typer.Option("--public", help="Let the public page show it.")] = False,
    who: Who = None,
    host: Host = None,
    port: Port = None,
) -> None:
    """Keep what was learned; the last text is the one that counts. `-` is standard input."""
    try:
        text = typer.get_text_stream("stdin").read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise UsageError(f"{file} cannot be read: {error}") from None
    done = _post(Owner(host, port), number, "post-mortem", {"text": text, "public": public}, who)
    screen.well(
        screen.out(), f"the post-mortem of #{done['number']} is kept{' and public' if public else ''}"
    )


def _post(owner: Owner, number: int, action: str, body: dict[str, Any], who: str | None) -> Any:  # noqa: ANN401  JSON
    return owner.post(f"/incidents/{number}/{action}", {"who": who or _me(), **body})


def _me() -> str:
    """Return the name of the user. Raises UsageError where there is none (a container without an entry)."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        raise UsageError("who are you? say it with --who NAME") from None


# --- showing ------------------------------------------------------------------------------------------------


def _show(one: dict[str, Any]) -> None:
    console = screen.out()
    style = STYLES[one["severity"]]
    head = Text.assemble((f"#{one['number']} ", "bold"), (one["severity"], style), f"  {_monitors(one)}")
    console.print(head)
    state = f"over since {_said(one['ended_at'])} ({one['closing']})" if one["ended_at"] else "open"
    if one["reopened_at"]:
        state = f"open: reopened {_said(one['reopened_at'])}"
    lines = [("state", state), ("since", _said(one["started_at"])), ("for", _for(one).plain)]
    lines += [("in hand", in_hand)] if (in_hand := _in_hand(one).plain) else []
    lines += [("what", one["message"]), ("means", one["meaning"]), ("first", one["first"])]
    if (probe := one["evidence"]) and probe["event_id"]:
        lines.append(("event", probe["event_id"]))
    for label, said in lines:
        console.print(Text.assemble((f"{label:8}", "dim"), said), soft_wrap=True)
    console.print()
    table = _table("affected", "check", "joined", "severity", "from", "for", "what")
    for part in one["affected"]:
        table.add_row(
            Text(part["monitor"]),
            Text(part["check"]),
            Text(part["joined"] or "first"),
            Text(part["severity"], style=STYLES[part["severity"]]),
            _at(part["started_at"]),
            _for(part),
            Text(part["message"]),
        )
    console.print(table)
    console.print()
    table = _table("at", "what happened", "who", "where", "words")
    for line in one["timeline"]:
        table.add_row(
            _at(line["at"]),
            Text(line["kind"].replace("_", " "), style=KINDS.get(line["kind"], "")),
            Text(line["who"] or ""),
            Text(f"{line['monitor']} {line['check']}" if line["monitor"] else ""),
            Text(line["words"] if line["kind"] != "post_mortem" else "see below"),
        )
    console.print(table)
    if one["post_mortem"]:
        console.print(Text(f"\npost-mortem{' (public)' if one['post_mortem_public'] else ''}", style="bold"))
        console.print(Text(one["post_mortem"]), soft_wrap=True)


def _table(*columns: str) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False)
    for column in columns[:-1]:
        table.add_column(column, no_wrap=column not in {"monitors", "what"})
    table.add_column(columns[-1], overflow="fold")
    return table


def _monitors(one: dict[str, Any]) -> str:
    names = list(dict.fromkeys(part["monitor"] for part in one["affected"]))
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more:,} more" if more > 0 else "")


def _in_hand(one: dict[str, Any]) -> Text:
    said = [f"{one['acknowledged_by']}"] if one["acknowledged_by"] else []
    said += [f"for {one['assignee']}"] if one["assignee"] else []
    return Text(", ".join(said))


def _for(one: dict[str, Any]) -> Text:
    return Text(duration(timedelta(seconds=round(one["duration_seconds"]))))


def _at(text: str) -> Text:
    return Text(_said(text))


def _said(text: str) -> str:
    return f"{datetime.fromisoformat(text).astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
