"""``sign``: one event, freshly signed, to be sent by hand."""

import secrets
from datetime import UTC, datetime
from typing import Annotated

import typer

from monitor.cli import curl, screen
from monitor.cli.loading import load_to_probe
from monitor.cli.options import DEFAULT, ConfigOption
from monitor.cli.probing import find
from monitor.core import event
from monitor.core import sign as signing
from monitor.core.keys import shows_secret
from monitor.core.model import Delivery, Monitor
from monitor.errors import UsageError


def sign(
    monitor: Annotated[str, typer.Argument(help="Id of a monitor.", metavar="ID")],
    *,
    config: ConfigOption = DEFAULT,
) -> None:
    """Print a freshly signed event as a curl command.

    The signature is real, and soon stale: most listeners refuse it after five minutes.
    """
    found = find(load_to_probe(config), monitor)
    if found.heartbeat is not None:
        raise UsageError(
            f"{monitor} has no listener: a job calls us (`webhook-monitor heartbeat url {monitor}`)"
        )
    delivery = _delivery(found)
    for warning in _in_clear(found):
        screen.unwise(screen.err(), warning)
    # As bytes: what was signed must come out unchanged, whatever the terminal's encoding.
    typer.echo(curl.command(delivery).encode("utf-8", "surrogateescape"))


def _delivery(monitor: Monitor) -> Delivery:
    token, now = secrets.token_hex(16), datetime.now(UTC)
    written = event.write(monitor, token=token, at=now)
    return signing.sign(written, monitor, at=now, traceparent=f"00-{token}-{token[:16]}-01")


def _in_clear(monitor: Monitor) -> list[str]:
    """Return what must be said of secrets that a request cannot do without."""
    found = []
    if shows_secret(monitor.provider.scheme):
        found.append(f"{monitor.provider.title} sends its secret as it is: the command below holds it")
    if monitor.hidden:
        found.append("the URL, headers or body hold secrets: the command below shows them")
    return found
