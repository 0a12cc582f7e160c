"""Files are replaced in many ways; each is noticed once, and other files are not."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from monitor.config import watch
from monitor.config.files import print_of
from monitor.core.model import Print

pytestmark = pytest.mark.real  # a real file system, with its own sense of time

ARMED = 0.4  # seconds until the watch stands
QUIET = 0.7  # seconds in which a change would have been told


class Ear:
    """Counts what the watch tells."""

    def __init__(self, *names: Path) -> None:
        self.files: dict[str, Print] = {}
        self.heard = asyncio.Queue[None]()
        for name in names:
            self.reads(name)

    def reads(self, name: Path) -> None:
        """A configuration names this file, too, and has read it as it is now."""
        self.files[str(name)] = print_of(str(name))

    async def listen(self) -> None:
        async for _ in watch(lambda: dict(self.files)):
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
    ear = Ear(*names)
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
        ear.reads(second)
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


async def test_a_file_that_changed_before_it_could_be_watched_has_changed(tmp_path: Path) -> None:
    first, second, missing = (tmp_path / name for name in ("monitors.yaml", "secret", "missing"))
    first.write_text("one")
    second.write_text("one")
    async with listening(first) as ear:
        ear.reads(second)
        ear.reads(missing)
        second.write_text("two, while the configuration that names it was still being read")
        first.write_text("two")
        await ear.hears_one()
        await ear.hears_nothing()
        missing.write_text("here")
        await ear.hears_one()


async def test_a_missing_file_that_appears_before_it_could_be_watched_has_changed(tmp_path: Path) -> None:
    first, missing = tmp_path / "monitors.yaml", tmp_path / "missing"
    first.write_text("one")
    ear = Ear(first)
    ear.reads(missing)
    missing.write_text("here")
    task = asyncio.create_task(ear.listen())
    await ear.hears_one()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_file_that_joins_without_any_other_change_is_watched_within_seconds(tmp_path: Path) -> None:
    first, second = tmp_path / "monitors.yaml", tmp_path / "elsewhere" / "secret"
    second.parent.mkdir()
    first.write_text("one")
    second.write_text("one")
    async with listening(first) as ear:
        ear.reads(second)
        second.write_text("two")
        await ear.hears_one()
