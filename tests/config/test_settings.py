"""Command line over environment over defaults, and sentences instead of tracebacks."""

import os
from pathlib import Path

import pytest

from monitor.config import settings_from
from monitor.core.model import Secret
from monitor.errors import UsageError


@pytest.fixture(autouse=True)
def _nothing_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("WEBHOOK_MONITOR_"):
            monkeypatch.delenv(name)


def test_it_runs_on_this_machine_only_unless_told_otherwise() -> None:
    settings = settings_from()
    assert (settings.host, settings.port) == ("127.0.0.1", 8080)
    assert (settings.operator_host, settings.operator_port) == ("127.0.0.1", 8081)
    assert (settings.config, settings.database) == (Path("monitors.yaml"), "sqlite:///webhook-monitor.db")
    assert (settings.operator_token, settings.log_format, settings.standby) == (None, "console", False)


def test_the_environment_is_read_and_the_command_line_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBHOOK_MONITOR_PORT", "9000")
    monkeypatch.setenv("WEBHOOK_MONITOR_HOST", "0.0.0.0")  # noqa: S104 - what a container says
    monkeypatch.setenv("WEBHOOK_MONITOR_STANDBY", "true")
    monkeypatch.setenv("WEBHOOK_MONITOR_DATABASE", "")  # compose passes what is unset as empty
    settings = settings_from(port=9001)
    assert (settings.port, settings.host, settings.standby) == (9001, "0.0.0.0", True)  # noqa: S104 - as above
    assert settings.database == "sqlite:///webhook-monitor.db"


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("PORT", "0", "--port (or WEBHOOK_MONITOR_PORT) needs a whole number from 1 to 65535"),
        ("PORT", "tcp://10.0.0.1:80", "enableServiceLinks: false"),
        ("LOG_FORMAT", "xml", "WEBHOOK_MONITOR_LOG_FORMAT needs one of 'console' or 'json'"),
        ("STANDBY", "maybe", "--standby (or WEBHOOK_MONITOR_STANDBY) needs true or false"),
        (
            "OPERATOR_HOST",
            "192.0.2.1",
            "set WEBHOOK_MONITOR_OPERATOR_TOKEN (or _FILE), or bind it to 127.0.0.1",
        ),
        ("OPERATOR_TOKEN", "short", "the operator token needs at least 8 ASCII characters"),
        ("OPERATOR_TOKEN", "with blank in", "without blanks"),
        ("OPERATOR_TOKEN_FILE", "/gone", "/gone cannot be read: No such file or directory"),
    ],
)
def test_what_cannot_be_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv(f"WEBHOOK_MONITOR_{name}", value)
    with pytest.raises(UsageError) as caught:
        settings_from()
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_token_comes_from_the_environment_or_a_file_and_is_never_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "token").write_text("token-in-a-file\n")
    monkeypatch.setenv("WEBHOOK_MONITOR_OPERATOR_TOKEN_FILE", str(tmp_path / "token"))
    settings = settings_from(operator_host="0.0.0.0")  # noqa: S104 - guarded by the token
    assert settings.operator_token == Secret("token-in-a-file")
    assert "token-in-a-file" not in repr(settings)

    monkeypatch.setenv("WEBHOOK_MONITOR_OPERATOR_TOKEN", "hunter2-hunter2")
    with pytest.raises(UsageError, match="are both set: keep one") as caught:
        settings_from()
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.2", "::1", "[::1]"])
def test_loopback_needs_no_token(host: str) -> None:
    assert settings_from(operator_host=host).operator_token is None
