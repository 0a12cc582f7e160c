"""Waits for files to change. Editors and ConfigMaps replace files by rename, so directories are watched."""

import asyncio
import os
import time
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from contextlib import aclosing, suppress
from pathlib import Path

from watchfiles import Change, awatch

from monitor.config.files import print_of
from monitor.core.model import Print

_SETTLE_MILLISECONDS = 300  # an editor writes, renames and touches within this
_LATEST_MILLISECONDS = 1500  # a directory that is never quiet (our own database) delays no longer than this
_LOOK_AGAIN_SECONDS = 5.0  # where no event comes: network file systems, a directory that is not there yet
_MAX_LINKS = 20

Files = Callable[[], Mapping[str, Print]]


async def watch(files: Files) -> AsyncGenerator[None, None]:
    """Yield after each change to any of the files, once they are quiet. It never ends by itself.

    ``files`` are absolute paths, and what each looked like when it was read; it is asked again after each
    change: a new configuration names new files. A file has changed when its content may be another:
    replaced, rewritten, gone, there at last, or readable again.
    """
    known = files()
    while True:
        seen = await _next(known, files)
        if any(known[name] != seen[name] for name in seen if name in known):
            yield
        known = seen


async def _next(known: Mapping[str, Print], files: Files) -> Mapping[str, Print]:
    """Return what the files look like as soon as that is not what is known, or others are to be watched.

    One that only joins is known as it was read: what has become of it since is a change.
    """
    async with aclosing(_stirrings(await asyncio.to_thread(_all_places, tuple(known)))) as stirrings:
        while True:
            asked = files()
            if asked.keys() != known.keys():
                return {name: known.get(name, read) for name, read in asked.items()}
            seen = await asyncio.to_thread(lambda: {name: print_of(name) for name in known})
            if seen != known:
                return seen
            await anext(stirrings)


def _all_places(paths: tuple[str, ...]) -> frozenset[str]:
    """Return every path whose change may be a change of one of these."""
    return frozenset(place for path in paths for place in _places(Path(path)))


def _places(path: Path) -> Iterator[str]:
    """Yield the path, the directory it is in, and the same for each link on the way to the file."""
    for _ in range(_MAX_LINKS):
        yield str(path)
        yield str(path.parent)
        link = next((part for part in (*reversed(path.parents), path) if part.is_symlink()), None)
        if link is None:
            return
        yield str(link)
        with suppress(OSError, ValueError):
            target = link.parent / link.readlink() / path.relative_to(link)
            path = Path(os.path.normpath(target))


async def _stirrings(places: frozenset[str]) -> AsyncGenerator[None, None]:
    """Yield whenever something happens at one of the places, and every few seconds in any case."""

    looked_at = time.monotonic()

    def concerns(_: Change, path: str) -> bool:
        return path in places or time.monotonic() - looked_at > _LOOK_AGAIN_SECONDS

    while True:
        try:
            async for _changes in awatch(
                *await asyncio.to_thread(_directories, places),
                watch_filter=concerns,
                debounce=_LATEST_MILLISECONDS,
                step=_SETTLE_MILLISECONDS,
                recursive=False,
                rust_timeout=int(_LOOK_AGAIN_SECONDS * 1000),
                yield_on_timeout=True,
            ):
                yield
                looked_at = time.monotonic()
        except (OSError, RuntimeError):  # no such directory, or the kernel has no watches left
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)
            yield


def _directories(places: frozenset[str]) -> list[str]:
    return [str(above) for above in sorted({Path(place).parent for place in places}) if above.is_dir()]
