"""``db upgrade`` and ``db check``: the tables."""

from typing import Annotated

import typer

from monitor.cli import screen
from monitor.config import settings_from

app = typer.Typer(help="Tables of the database.", no_args_is_help=True)

Url = Annotated[
    str | None,
    typer.Option(
        "--database",
        help="SQLite or PostgreSQL URL; else WEBHOOK_MONITOR_DATABASE.",
        show_default="sqlite:///webhook-monitor.db",
    ),
]


@app.command()
def upgrade(database: Url = None) -> None:
    """Bring the tables up to this version.

    `run` does so by itself.
    """
    from monitor import store  # noqa: PLC0415  takes a second to load

    store.upgrade(_url(database))
    screen.well(screen.out(), "the tables are those of this version")


@app.command()
def check(database: Url = None) -> None:
    """Say whether the tables are those of this version.

    Exit code: 0 yes, 2 no.
    """
    from monitor import store  # noqa: PLC0415  takes a second to load

    store.check_schema(_url(database))
    screen.well(screen.out(), "the tables are those of this version")


def _url(given: str | None) -> str:
    return settings_from(database=given).database
