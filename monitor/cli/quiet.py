"""``maintenance`` and ``silence``: what keeps alarms back, listed, begun and ended while it runs."""

from datetime import datetime
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from monitor.cli import screen
from monitor.cli.owner import Host, Owner, Port
from monitor.config.amounts import duration
from monitor.config.tree import Text as Written
from monitor.core.model import Check
from monitor.errors import UsageError

maintenance = typer.Typer(no_args_is_help=True)
silence = typer.Typer(no_args_is_help=True)

Monitors = Annotated[
    list[str] | None, typer.Option("--monitor", metavar="ID", help="Of this monitor; repeatable.")
]
Groups = Annotated[
    list[str] | None, typer.Option("--group", metavar="NAME", help="Of this group; repeatable.")
]
Tags = Annotated[
    list[str] | None, typer.Option("--tag", metavar="TAG", help="Of what has this tag; repeatable.")
]
Everything = Annotated[bool, typer.Option("--all", help="Of every monitor.")]
Number = Annotated[int, typer.Argument(metavar="NUMBER", help="As `list` shows it.")]


def _length(value: str | None) -> float | None:
    """Read a duration as the configuration file has them."""
    if value is None:
        return None
    try:
        return float(duration(Written.make(value)).total_seconds())
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


Length = Annotated[str | None, typer.Option("--for", metavar="DURATION", help="How long, such as 90m.")]


@maintenance.callback()
def about_maintenance() -> None:
    """Announced work: what fails meanwhile is told when it is over."""


@maintenance.command(name="list")
def list_windows(*, operator_host: Host = None, operator_port: Port = None) -> None:
    """Show what work goes on and what comes, of the file and of operators.

    Exit code: 0 shown, 2 no main job is running.
    """
    windows = Owner(operator_host, operator_port).get("/maintenance")["items"]
    if not windows:
        screen.out().print("no work is announced")
        return
    table = _table("number", "name", "of", "from", "until", "repeats")
    for one in windows:
        first = one["times"][0]
        opened = f"{_moment(first['start'])}{' (now)' if one['open'] else ''}"
        repeats = f"{one['repeat']} ({one['timezone']})" if one["repeat"] else ""
        table.add_row(
            *map(
                Text,
                (
                    str(one["number"] or "file"),
                    one["name"],
                    _whom(one),
                    opened,
                    _moment(first["end"]),
                    repeats,
                ),
            )
        )
    screen.out().print(table)


@maintenance.command(name="add")
def add_window(  # noqa: PLR0913  one parameter per option
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the work is called.")],
    *,
    monitor: Monitors = None,
    group: Groups = None,
    tag: Tags = None,
    everything: Everything = False,
    start: Annotated[
        str | None, typer.Option(metavar="TIME", help="Such as 2026-12-06T02:00.", show_default="now")
    ] = None,
    end: Annotated[str | None, typer.Option(metavar="TIME", help="When it ends; this or --for.")] = None,
    length: Length = None,
    timezone: Annotated[
        str, typer.Option(metavar="ZONE", help="Whose clock, such as Europe/Berlin.")
    ] = "UTC",
    repeat: Annotated[
        str | None, typer.Option(metavar="RULE", help="RFC 5545, such as FREQ=WEEKLY;BYDAY=SU.")
    ] = None,
    public: Annotated[
        str | None, typer.Option(metavar="WORDS", help="What the public page says of it.")
    ] = None,
    operator_host: Host = None,
    operator_port: Port = None,
) -> None:
    """Announce work. It outlives a restart.

    Exit code: 0 announced, 2 refused, or no main job is running.
    """
    made = Owner(operator_host, operator_port).post(
        "/maintenance",
        {
            "name": name,
            **_scope(monitor, group, tag, everything=everything),
            "start": start,
            "end": end,
            "duration_seconds": _length(length),
            "timezone": timezone,
            "repeat": repeat,
            "public": public,
        },
    )
    first = made["times"][0]
    screen.well(
        screen.out(), f"maintenance {made['number']}: {_moment(first['start'])} to {_moment(first['end'])}"
    )


@maintenance.command(name="end")
def end_window(number: Number, *, operator_host: Host = None, operator_port: Port = None) -> None:
    """End announced work now, with all its repetitions.

    Exit code: 0 ended, 2 there is none of that number, or no main job is running.
    """
    ended = Owner(operator_host, operator_port).post(f"/maintenance/{number}/end")
    screen.well(screen.out(), f"{ended['name']} is over")


@silence.callback()
def about_silence() -> None:
    """Alarms that nobody wants to hear of for a while; status and uptime go on."""


@silence.command(name="list")
def list_silences(*, operator_host: Host = None, operator_port: Port = None) -> None:
    """Show what is silenced now.

    Exit code: 0 shown, 2 no main job is running.
    """
    silences = Owner(operator_host, operator_port).get("/silences")["items"]
    if not silences:
        screen.out().print("nothing is silenced")
        return
    table = _table("number", "reason", "of", "until")
    for one in silences:
        table.add_row(*map(Text, (str(one["number"]), one["reason"], _whom(one), _moment(one["until"]))))
    screen.out().print(table)


@silence.command(name="add")
def add_silence(  # noqa: PLR0913  one parameter per option
    reason: Annotated[str, typer.Argument(metavar="REASON", help="Why nobody wants to hear of it.")],
    *,
    monitor: Monitors = None,
    group: Groups = None,
    tag: Tags = None,
    everything: Everything = False,
    check: Annotated[
        list[Check] | None, typer.Option("--check", help="Of this check alone; repeatable.")
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="TIME", help="When it ends, in UTC; this or --for.")
    ] = None,
    length: Length = None,
    operator_host: Host = None,
    operator_port: Port = None,
) -> None:
    """Silence alarms for a while. What still fails at its end is told then.

    Exit code: 0 silenced, 2 refused, or no main job is running.
    """
    made = Owner(operator_host, operator_port).post(
        "/silences",
        {
            "reason": reason,
            **_scope(monitor, group, tag, everything=everything),
            "checks": check or [],
            "until": until,
            "duration_seconds": _length(length),
        },
    )
    screen.well(screen.out(), f"silence {made['number']} until {_moment(made['until'])}")


@silence.command(name="end")
def end_silence(number: Number, *, operator_host: Host = None, operator_port: Port = None) -> None:
    """End a silence now. What still fails is told.

    Exit code: 0 ended, 2 there is none of that number, or no main job is running.
    """
    ended = Owner(operator_host, operator_port).post(f"/silences/{number}/end")
    screen.well(screen.out(), f"the silence is over: {ended['reason']}")


def _scope(
    monitors: list[str] | None, groups: list[str] | None, tags: list[str] | None, *, everything: bool
) -> dict[str, Any]:
    if not (monitors or groups or tags or everything):
        raise UsageError("say of what: --monitor ID, --group NAME, --tag TAG or --all")
    return {"monitors": monitors or [], "groups": groups or [], "tags": tags or [], "all": everything}


def _whom(shown: dict[str, Any]) -> str:
    """Say whom it means: "billing, group Payments, tag eu"."""
    if shown["all"]:
        named = ["all"]
    else:
        groups = [f"group {name}" for name in shown["groups"]]
        named = [*shown["monitors"], *groups, *(f"tag {name}" for name in shown["tags"])]
    checks = f" ({', '.join(shown['checks'])})" if shown.get("checks") else ""
    return ", ".join(named) + checks


def _moment(text: str) -> str:
    return f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M:%S} UTC"


def _table(*titles: str) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False)
    for title in titles:
        table.add_column(title)
    return table
