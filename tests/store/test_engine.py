"""Several programs open one SQLite file: each waits its turn, and none for ever."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.engine import URL

from monitor.errors import DatabaseAway
from monitor.store import engine, schema
from monitor.store.engine import lone_engine, parse, reading_engine, writing_engine


def read(url: URL) -> None:
    assert not schema.is_current(url)


@contextmanager
def written_by_another(url: URL, seconds: float) -> Iterator[None]:
    """Another program has begun to write, and commits after so long, or when the block ends."""
    other = sqlite3.connect(url.database or "", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    commit = threading.Timer(seconds, other.execute, ["COMMIT"])
    commit.start()
    try:
        yield
    finally:
        commit.cancel()
        commit.join()
        other.close()


@pytest.fixture
def new(tmp_path: Path) -> URL:
    """A file that nobody has opened yet."""
    return parse(f"sqlite:///{tmp_path / 'monitor.db'}")


@pytest.mark.parametrize("opened", [reading_engine, writing_engine, lone_engine])
def test_a_file_that_another_is_just_creating_is_waited_for(
    new: URL, opened: Callable[[URL], Engine]
) -> None:
    ours = opened(new)
    with written_by_another(new, seconds=0.2), ours.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    ours.dispose()


def test_many_may_open_a_new_file_at_once(tmp_path: Path) -> None:
    together = threading.Barrier(4)

    def come(url: URL) -> None:
        together.wait()
        read(url)

    with ThreadPoolExecutor(4) as programs:
        for number in range(40):
            url = parse(f"sqlite:///{tmp_path / f'{number}.db'}")
            list(programs.map(come, [url] * 4))


def test_a_file_that_another_never_lets_go_of_is_said_to_be_locked(
    new: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.1)
    begun = time.monotonic()
    with written_by_another(new, seconds=60), pytest.raises(DatabaseAway, match="locked"):
        read(new)
    assert 0.1 <= time.monotonic() - begun < 5


def test_an_upgrade_by_another_is_waited_for_to_its_end(new: URL, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.1)
    schema.upgrade(new)
    with written_by_another(new, seconds=0.5):
        schema.upgrade(new)
    assert schema.is_current(new)
