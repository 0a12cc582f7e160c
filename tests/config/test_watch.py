"""Files are replaced in many ways; each is noticed once, and other files are not."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from monitor.config import watch

pytestmark = pytest.mark.real  # a real file system, with its own sense of time

ARMED = 0.4  # seconds until the watch stands
QUIET = 0.7  # seconds in which a change would have been told


class Ear:
    """Counts what the watch tells."""

    def __init__(self, names: list[Path]) -> None:
        self.names = names
        self.heard = asyncio.Queue[None]()

    async def listen(self) -> None:
        async for _ in watch(lambda: list(self.names)):
            self.heard.put_nowait(None)

    async def hears_one(self) -> None:
        async with asyncio.timeout(10):
            await self.heard.get()
        await self.hears_nothing()

    async def hears_nothing(self) -> None:
        await asyncio.sleep(QUIET)
        assert self.heard.empty()


@asynccontextmanager
async def listening(*names: Path) -> AsyncIterator[Ear]:
    ear = Ear(list(names))
    task = asyncio.create_task(ear.listen())
    await asyncio.sleep(ARMED)
    yield ear
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_file_written_in_place_and_one_replaced_by_rename(tmp_path: Path) -> None:
    path = tmp_path / "monitors.yaml"
    path.write_text("one")
    async with listening(path) as ear:
        path.write_text("two")
        await ear.hears_one()
        (tmp_path / ".monitors.yaml.swp").write_text("three")
        (tmp_path / ".monitors.yaml.swp").rename(path)
        await ear.hears_one()


async def test_a_file_that_goes_and_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("one")
    async with listening(path) as ear:
        path.unlink()
        await ear.hears_one()
        path.write_text("two")
        await ear.hears_one()


async def test_neighbours_make_no_noise(tmp_path: Path) -> None:
    path = tmp_path / "monitors.yaml"
    path.write_text("one")
    async with listening(path) as ear:
        (tmp_path / "webhook-monitor.db-wal").write_text("x")
        path.read_text()
        await ear.hears_nothing()


async def test_a_busy_neighbour_does_not_hide_a_change(tmp_path: Path) -> None:
    path = tmp_path / "monitors.yaml"
    path.write_text("one")

    async def database() -> None:
        while True:
            (tmp_path / "webhook-monitor.db-wal").write_text("x")
            await asyncio.sleep(0.02)

    async with listening(path) as ear:
        noise = asyncio.create_task(database())
        path.write_text("two")
        await ear.hears_one()
        noise.cancel()


async def test_a_config_map_swaps_a_link_to_a_directory(tmp_path: Path) -> None:
    for generation in ("..1", "..2", "..3"):
        (tmp_path / generation).mkdir()
        (tmp_path / generation / "monitors.yaml").write_text(generation)
    (tmp_path / "..data").symlink_to("..1")
    path = tmp_path / "monitors.yaml"
    path.symlink_to("..data/monitors.yaml")
    async with listening(path) as ear:
        for generation in ("..2", "..3"):
            (tmp_path / "..tmp").symlink_to(generation)
            os.replace(tmp_path / "..tmp", tmp_path / "..data")  # noqa: PTH105 - as the kubelet does
            await ear.hears_one()


async def test_a_directory_replaced_whole(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    path = tmp_path / "secrets" / "stripe"
    path.write_text("one")
    async with listening(path) as ear:
        (tmp_path / "secrets").rename(tmp_path / "old")
        (tmp_path / "next").mkdir()
        (tmp_path / "next" / "stripe").write_text("two")
        (tmp_path / "next").rename(tmp_path / "secrets")
        await ear.hears_one()
        path.write_text("three")
        await ear.hears_one()


async def test_a_file_that_joins_is_watched_from_then_on(tmp_path: Path) -> None:
    first, second = tmp_path / "monitors.yaml", tmp_path / "elsewhere" / "secret"
    second.parent.mkdir()
    first.write_text("one")
    second.write_text("one")
    async with listening(first) as ear:
        ear.names.append(second)
        first.write_text("two")
        await ear.hears_one()
        second.write_text("two")
        await ear.hears_one()


async def test_a_file_in_a_directory_that_is_not_there_yet(tmp_path: Path) -> None:
    path = tmp_path / "later" / "secret"
    async with listening(path) as ear:
        path.parent.mkdir()
        path.write_text("here")
        await ear.hears_one()
