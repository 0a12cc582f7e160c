"""What all tests share."""

from collections.abc import Iterator

import pytest
import structlog
from hypothesis import settings

# A busy machine is slow, not wrong; pytest-timeout still ends what never ends.
settings.register_profile("shared-machine", deadline=None)
settings.load_profile("shared-machine")


@pytest.fixture
def anyio_backend() -> str:
    """The product runs on asyncio alone."""
    return "asyncio"


@pytest.fixture(autouse=True)
def _logging_of_its_own() -> Iterator[None]:
    """A command that a test ran in this process leaves no log configuration to the next test."""
    yield
    structlog.reset_defaults()
