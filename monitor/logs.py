"""What is written to standard error, and how: console for people, JSON for machines."""

import logging
import sys
from datetime import datetime

import structlog


def configure(form: str) -> None:
    """Set up logging once, at the start of a long-running command. ``form`` is console, json or auto."""
    if form == "auto":
        form = "console" if sys.stderr.isatty() else "json"
    renderer: structlog.typing.Processor = structlog.processors.JSONRenderer()
    if form == "console":
        # The default would print the values of local variables: secrets among them.
        plain = structlog.dev.plain_traceback
        renderer = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info if form == "json" else _as_it_is,
            _iso,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s"
    )
    logging.getLogger("apscheduler").setLevel(logging.WARNING)  # one line per run otherwise


def _iso(_logger: object, _name: str, entry: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Write every moment as a machine reads it; JSON would hold its repr."""
    return {name: said.isoformat() if isinstance(said, datetime) else said for name, said in entry.items()}


def _as_it_is(_logger: object, _name: str, entry: structlog.typing.EventDict) -> structlog.typing.EventDict:
    return entry
