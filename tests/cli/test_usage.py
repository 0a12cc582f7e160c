"""Whatever is asked for wrongly ends in words and exit code 2, never in a traceback."""

import subprocess
import sys
from pathlib import Path

import pytest

from monitor import __version__, cli
from tests.cli.conftest import Call, program

WRONG = [
    ["nope"],
    ["--nope"],
    ["validate", "a", "b"],
    ["validate", "missing.yaml"],
    ["validate", "missing.yaml", "--json"],
    ["validate", "."],
    ["plan"],
    ["plan", "missing.yaml"],
    ["schema", "/nowhere/schema.json"],
    ["schema", "."],
    ["probe"],
    ["probe", "--all", "--check", "nope"],
    ["probe", "--all", "--check", ""],
    ["probe", "--all", "--nope"],
    ["probe", "--all", "one"],
    ["probe", "one", "--config"],
    ["probe", "one"],
    ["providers", "nope"],
    ["providers", "stripe", "github"],
    ["sign"],
    ["sign", "one", "two"],
    ["sign", "one"],
    ["notify"],
    ["notify", "nope"],
    ["notify", "test", "one", "two"],
    ["notify", "test"],
    ["db", "check", "--database", "nonsense"],
    ["db", "check", "--database", "sqlite:////nowhere/x.db"],
    ["db", "check", "--database", "postgresql://u:p4ssw0rd@127.0.0.1:1/x"],
    ["db", "upgrade", "--database", "mysql://127.0.0.1/x"],
    ["db", "upgrade", "--database", "sqlite:////nowhere/x.db"],
    ["demo", "break", "nope"],
    ["demo", "break", "stripe", "--with", "nope"],
    ["demo", "heal", "nope"],
    ["demo", "prepare", "--directory", "/dev/null"],
    ["demo", "serve", "--directory", "/dev/null"],
    ["run", "--nope"],
    ["run", "--port", "abc"],
    ["run", "--port", "0"],
    ["run", "--port", "99999"],
    ["run", "--operator-port", "-1"],
    ["run", "--operator-host", "192.0.2.1"],
    ["run", "--config", "missing.yaml"],
    ["run", "extra"],
]


@pytest.mark.parametrize("words", WRONG, ids=" ".join)
def test_what_cannot_be_done_ends_in_words_and_code_2(call: Call, words: list[str]) -> None:
    ended = call(*words)
    assert ended.code == 2
    assert ended.err or ended.out
    assert "p4ssw0rd" not in ended.err + ended.out


BOMB = b"bcdefghijklmnopqrstuvwxyz"
GARBAGE = {
    "nothing": b"",
    "binary": bytes(range(256)) * 20,
    "not a mapping": b"- 1\n- 2\n",
    "wrong types": b"monitors: [1]\nnotifiers: 3\nsite: []\ndefaults: x\n",
    "markup": b"monitors: {'[/bold]': {url: '[red]x'}}\n",
    "an open bracket": b"monitors: {",
    "deep nesting": b"[" * 20_000,
    "an alias bomb": b"a: &a [x,x]\n" + b"".join(b"%c: &%c [*%c,*%c]\n" % (n, n, n - 1, n - 1) for n in BOMB),
    "control characters": b"monitors: {\x1b[31m: 1}\n",
}


@pytest.mark.parametrize("garbage", GARBAGE.values(), ids=GARBAGE.keys())
def test_whatever_the_file_holds_every_command_answers_in_words(
    call: Call, tmp_path: Path, garbage: bytes
) -> None:
    (tmp_path / "monitors.yaml").write_bytes(garbage)
    for words in (["validate"], ["validate", "--json"], ["plan", "monitors.yaml"], ["probe", "--all"]):
        ended = call(*words)
        assert ended.code == 2, words
        assert "\x1b" not in ended.out + ended.err
    for words in (["sign", "x"], ["notify", "test"], ["run"]):
        assert call(*words).code == 2, words


def test_a_file_may_be_named_like_markup(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "[bold].yaml"
    path.write_text("monitors: {")
    ended = call("validate", path.name)
    assert ended.code == 2
    assert "✗ [bold].yaml:2:1: not YAML" in ended.err


def test_the_environment_may_name_the_configuration(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBHOOK_MONITOR_CONFIG", "elsewhere.yaml")
    for words in (["validate"], ["probe", "--all"], ["sign", "x"], ["notify", "test"], ["run"]):
        assert "elsewhere.yaml:1:1" in call(*words).err


def test_help_and_version_are_no_errors(call: Call) -> None:
    assert call("--version").out == f"webhook-monitor {__version__}\n"
    for words in (["--help"], ["-h"], ["probe", "-h"], ["run", "--help"], ["demo", "--help"]):
        ended = call(*words)
        assert ended.code == 0
        assert "Usage:" in ended.out


def test_a_bug_of_ours_does_not_look_like_a_listener_that_is_down(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(cli, "app", broken)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    assert "ZeroDivisionError" in capsys.readouterr().err


@pytest.mark.real
def test_a_terminal_that_knows_only_ascii_gets_escapes(tmp_path: Path) -> None:
    ended = program("validate", "x.yaml", cwd=tmp_path, PYTHONIOENCODING="ascii")
    assert ended.returncode == 2
    assert "\\u2717 x.yaml:1:1: cannot be read" in ended.stderr


@pytest.mark.real
def test_a_reader_that_goes_away_is_no_traceback(tmp_path: Path) -> None:
    command = f"'{sys.executable}' -m monitor schema | head -c 10"
    ended = subprocess.run(
        ["sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert "Traceback" not in ended.stderr


def test_a_small_command_does_not_wait_for_the_libraries_of_the_main_job() -> None:
    heavy = {"alembic", "apprise", "fastapi", "httpx", "psycopg", "sqlalchemy", "sqlmodel", "uvicorn"}
    program = f"import sys, monitor.cli; print(sorted({heavy} & set(sys.modules)))"
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert said.stdout == "[]\n"
