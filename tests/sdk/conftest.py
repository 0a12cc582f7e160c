"""The programs with the providers' libraries, started once for all tests here."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack

import pytest

from tests.sdk import vectors
from tests.sdk.keys import KEYS
from tests.sdk.oracle import SIDES, Oracle


@pytest.fixture(scope="session")
def oracles() -> Iterator[Mapping[str, Oracle]]:
    """Those that are installed, by side. A scheme's name is a listener with its key of ``keys.py``."""
    settings = {
        **{scheme: {"scheme": scheme, "secret": key.listener} for scheme, key in KEYS.items()},
        **vectors.settings(),
    }
    with ExitStack() as programs:
        started = {name: Oracle(side, settings) for name, side in SIDES.items() if side.ready}
        yield {name: programs.enter_context(oracle) for name, oracle in started.items()}
