"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

DEFAULT = Path("monitors.yaml")
VARIABLE = "WEBHOOK_MONITOR_CONFIG"  # what `run` reads, too

ConfigOption = Annotated[
    Path,
    typer.Option(
        "--config",
        metavar="FILE",
        envvar=VARIABLE,
        show_envvar=False,
        help=f"The configuration; else {VARIABLE}.",
    ),
]
