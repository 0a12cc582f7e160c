"""Templates and static files: both come with the package."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.staticfiles import StaticFiles

HERE = Path(__file__).parent


def templates() -> Environment:
    """Return the templates. Everything is escaped; a name that is missing is an error, not a blank."""
    return Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def static_files() -> StaticFiles:
    """Return what is served under /static."""
    return StaticFiles(directory=HERE / "static")
