"""``receipts key``: with what a worker that knows only event ids proves whose they are."""

from typing import Annotated

import typer

from monitor.cli.database import Url
from monitor.cli.loading import load_to_probe
from monitor.cli.options import DEFAULT, ConfigOption
from monitor.config import settings_from
from monitor.core.tokens import by_id_key
from monitor.errors import UsageError

app = typer.Typer(no_args_is_help=True, help="What workers report with.")


@app.callback()
def receipts() -> None:
    """What workers report with."""


@app.command()
def key(
    monitor: Annotated[str, typer.Argument(metavar="ID", help="A monitor with `by_id: true`.")],
    *,
    config: ConfigOption = DEFAULT,
    database: Url = None,
) -> None:
    """Print the key with which the workers of one monitor report event ids.

    It is made from the key of the house: run it where `run` runs, with the same database and environment.

    Exit code: 0 printed, 2 no such monitor, or it does not report by id.
    """
    from monitor.app.keyring import keyring_of  # noqa: PLC0415  takes a second to load

    found = next((one for one in load_to_probe(config).monitors if one.id == monitor), None)
    if found is None:
        raise UsageError(f"{config} has no monitor {monitor!r}")
    if found.receipt is None or not found.receipt.by_id:
        raise UsageError(f"{monitor} does not report by id: set `checks: {{receipt: {{by_id: true}}}}`")
    keyring = keyring_of(settings_from(config=config, database=database))
    typer.echo(f"{monitor}.{by_id_key(keyring, monitor)}")
