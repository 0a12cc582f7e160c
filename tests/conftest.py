"""What all tests share."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import settings

# A busy machine is slow, not wrong; pytest-timeout still ends what never ends.
settings.register_profile("shared-machine", deadline=None)
settings.load_profile("shared-machine")

# What tests start is the program of this tree, wherever it is installed from, and is compiled once.
os.environ["PYTHONPATH"] = str(Path(__file__).parent.parent)
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


@pytest.fixture
def anyio_backend() -> str:
    """The product runs on asyncio alone."""
    return "asyncio"


@pytest.fixture(autouse=True)
def _logging_of_its_own() -> Iterator[None]:
    """A command that a test ran in this process leaves no log configuration to the next test.

    The default would draw every traceback with its local variables, which takes seconds on a busy machine.
    """
    plain = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[structlog.processors.add_log_level, plain])
    yield
    structlog.reset_defaults()
