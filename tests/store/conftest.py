"""A store on each database that we promise to run on."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from monitor.store import Store
from tests.fakes.postgres import postgres
from tests.store.records import Clock

__all__ = ["postgres"]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.real)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'monitor.db'}"
    found: str = request.getfixturevalue("postgres").emptied()
    return found


@pytest.fixture
def clock() -> Clock:
    return Clock()


Opener = Callable[..., Awaitable[Store]]


@pytest.fixture
async def opened(url: str, clock: Clock) -> AsyncIterator[Opener]:
    """Open stores on the same database; they are closed when the test ends."""
    stores: list[Store] = []

    async def open_store(*, holder: str | None = None) -> Store:
        store = await Store.open(url, now=clock)
        stores.append(store)
        if holder:
            await store.acquire(holder)
        return store

    yield open_store
    for store in stores:
        await store.close()


@pytest.fixture
async def store(opened: Opener) -> Store:
    """A store that owns its clock."""
    return await opened(holder="one")
