"""What all tests share."""

import pytest
from hypothesis import settings

# A busy machine is slow, not wrong; pytest-timeout still ends what never ends.
settings.register_profile("shared-machine", deadline=None)
settings.load_profile("shared-machine")


@pytest.fixture
def anyio_backend() -> str:
    """The product runs on asyncio alone."""
    return "asyncio"
