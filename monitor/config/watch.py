"""Waits for files to change. Editors and ConfigMaps replace files by rename, so directories are watched."""

import asyncio
import os
import time
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from contextlib import aclosing, suppress
from dataclasses import dataclass
from pathlib import Path

from watchfiles import Change, awatch

_SETTLE_MILLISECONDS = 300  # an editor writes, renames and touches within this
_LATEST_MILLISECONDS = 1500  # a directory that is never quiet (our own database) delays no longer than this
_LOOK_AGAIN_SECONDS = 5.0  # where no event comes: network file systems, a directory that is not there yet
_MAX_LINKS = 20

Names = Callable[[], Iterable[str | Path]]
Print = tuple[int, ...] | None


async def watch(paths: Names) -> AsyncGenerator[None, None]:
    """Yield after each change to any of the files, once they are quiet. It never ends by itself.

    ``paths`` is asked again after each change: a new configuration names new files. A file has changed when
    its content may be another: replaced, rewritten, gone, back, or readable again.
    """
    known = await _look(paths)
    while True:
        seen = await _next(known, paths)
        if seen.differs_from(known):
            yield
        known = seen


async def _next(known: "_Seen", paths: Names) -> "_Seen":
    """Return what is seen as soon as it is not what is known."""
    seen = await _look(paths)
    async with aclosing(_stirrings(known.places)) as stirrings:
        while seen == known:
            await anext(stirrings)
            seen = await _look(paths)
    return seen


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What the files look like (``prints``), and every path whose change may be a change of theirs."""

    prints: tuple[tuple[str, Print], ...]
    places: frozenset[str]

    def differs_from(self, other: "_Seen") -> bool:
        """Return whether a file that both know looks different now. One that only joined did not change."""
        before = dict(other.prints)
        return any(name in before and before[name] != now for name, now in self.prints)


async def _look(paths: Names) -> _Seen:
    return await asyncio.to_thread(_see, tuple(paths()))


def _see(paths: tuple[str | Path, ...]) -> _Seen:
    names = tuple(os.path.abspath(path) for path in paths)  # noqa: PTH100 - Path.resolve() follows links
    places = frozenset(place for name in names for place in _places(Path(name)))
    return _Seen(prints=tuple((name, _print(Path(name))) for name in names), places=places)


def _print(path: Path) -> Print:
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return (found.st_dev, found.st_ino, found.st_mtime_ns, found.st_ctime_ns, found.st_size)


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
