"""``db upgrade`` and ``db check``."""

import sqlite3
from pathlib import Path

import pytest

from tests.cli.conftest import Call


def test_a_check_makes_no_database(call: Call, tmp_path: Path) -> None:
    ended = call("db", "check", "--database", "sqlite:///new.db")
    assert ended.code == 2
    assert "run webhook-monitor db upgrade" in ended.err
    assert not (tmp_path / "new.db").exists()


def test_an_upgraded_database_is_fine_and_may_be_upgraded_again(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEBHOOK_MONITOR_DATABASE", "sqlite:///new.db")
    for words in (["upgrade"], ["check"], ["upgrade"]):
        ended = call("db", *words)
        assert (ended.code, ended.err) == (0, "")
        assert ended.out == "✓ the tables are those of this version\n"


def test_a_newer_or_strange_database_is_refused_with_words(call: Call, tmp_path: Path) -> None:
    assert call("db", "upgrade", "--database", "sqlite:///newer.db").code == 0
    with sqlite3.connect(tmp_path / "newer.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'from-the-future'")
    connection.close()
    (tmp_path / "strange.db").write_bytes(b"this is no database at all" * 100)
    for name in ("newer.db", "strange.db"):
        for command in ("check", "upgrade"):
            ended = call("db", command, "--database", f"sqlite:///{name}")
            assert ended.code == 2, (name, command)
            assert ended.err.startswith("✗ ")
            assert len(ended.err.splitlines()) == 1
