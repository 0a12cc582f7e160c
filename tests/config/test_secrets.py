"""Secrets are found, checked, kept out of every word we say, and hidden from what listeners send back."""

import os
from pathlib import Path

import pytest

from monitor.config import load, load_with_warnings
from monitor.core.model import Secret
from monitor.errors import ConfigError
from tests.config.files import ENVIRON, a_loaded_monitor, around, problems_of, warned, written

CANARY = "hunter2-hunter2-hunter2"


def hidden(directory: Path, extra: str, *, without: str = "-") -> set[str]:
    return {secret.reveal() for secret in a_loaded_monitor(directory, extra, without=without).hidden}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "a secret has at least 8 characters; this one has 0"),
        ("1234567\n", "a secret has at least 8 characters; this one has 7"),
        ("first-line\nsecond-line\n", "holds more than one line: a secret is one line"),
        ("x" * 2_000_000, "is larger than 1 MB"),
    ],
)
def test_a_secret_file_that_holds_no_secret_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "s").write_text(text)
    (found,) = problems_of(tmp_path, "secret: {file: s}", without="secret")
    assert found.startswith("secret.file: ")
    assert found.endswith(problem)


def test_a_secret_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "s").write_bytes(b"\xff\xfe\x00binary")
    (found,) = problems_of(tmp_path, "secret: {file: s}", without="secret")
    assert found == "secret.file: 's' is not UTF-8 text"


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "s")
    assert problems_of(tmp_path, "secret: {file: s}", without="secret") == ["secret.file: 's' is not a file"]


def test_the_form_a_provider_asks_for_is_checked_at_load(tmp_path: Path) -> None:
    text = (
        "monitors: {m: {url: 'https://a.example', notify: [], provider: standard, secret: '%%%not-base64'}}"
    )
    with pytest.raises(ConfigError, match="this secret must be base64, with or without whsec_"):
        load(written(tmp_path, text), {})


def test_one_newline_at_the_end_of_a_file_is_not_part_of_the_secret(tmp_path: Path) -> None:
    for ending in ("", "\n", "\r\n"):
        (tmp_path / "s").write_text(f"correct-horse{ending}", newline="")
        monitor = a_loaded_monitor(tmp_path, "secret: {file: s}", without="secret")
        assert monitor.secrets == (Secret("correct-horse"),)


def test_a_secret_in_plain_text_is_taken_with_a_warning(tmp_path: Path) -> None:
    (found,) = (
        it for it in warned(tmp_path, around(f"secret: {CANARY}", without="secret")) if "secret" in it
    )
    assert found == (
        "6:13: monitors.m.secret: a secret in plain text: put it in the environment, as ${NAME},"
        " or in a {file: path}"
    )
    assert not any("secret" in it for it in warned(tmp_path, around("")))


@pytest.mark.parametrize(
    "where",
    [
        "secret: {value}",
        "interval: {value}",
        "enabled: {value}",
        "provider: {value}",
        "url: {value}",
        "connect_to: {value}",
        "method: {value}",
        "down_after: {value}",
        "headers: {{A: {value}\\n}}",
        "expect: {{status: {value}}}",
        "checks: {{forged: {value}}}",
        "was: {value}",
        "notify: [{value}]",
        "tags: [{value}, a b]",
        "runbook: {value}",
        "event: {{body: {{file: {value}}}}}",
        "tls: {{ca: {value}}}",
        "secret: {{file: {value}}}",
    ],
)
def test_what_came_from_the_environment_is_never_quoted(tmp_path: Path, where: str) -> None:
    key = where.partition(":")[0]
    text = around(where.format(value='"${LEAK}"'), without=key)
    try:
        _, warnings = load_with_warnings(written(tmp_path, text), {**ENVIRON, "LEAK": CANARY})
    except ConfigError as error:
        words = str(error)
    else:
        words = "\n".join(map(str, warnings))
    assert CANARY not in words


def test_a_configuration_prints_without_its_secrets(tmp_path: Path) -> None:
    text = "notifiers: {oncall: {url: 'json://u:${LEAK}@a.example'}}\n" + around(
        'headers: {X-Plain: a}\nsecret: "${LEAK}"', without="secret"
    )
    config = load(written(tmp_path, text), {**ENVIRON, "LEAK": CANARY})
    assert CANARY not in repr(config)


def test_what_came_by_a_variable_into_what_is_sent_is_hidden(tmp_path: Path) -> None:
    extra = """
        url: https://a.example/${A}/x
        headers: {X-Tenant: "id ${B}"}
        event: {body: {token: "${C}", list: ["${D}"]}}
        """
    text = around(extra, without="url")
    environ = {**ENVIRON, "A": "value-of-a", "B": "value-of-b", "C": "value-of-c", "D": "value-of-d"}
    monitor = load(written(tmp_path, text), environ).monitors[0]
    assert {secret.reveal() for secret in monitor.hidden} == {
        "value-of-a",
        "value-of-b",
        "value-of-c",
        "value-of-d",
    }
    assert monitor.headers == (("X-Tenant", "id value-of-b"),)
    assert monitor.event.body == '{"token":"value-of-c","list":["value-of-d"]}'


def test_credentials_in_a_url_or_a_header_are_hidden_though_they_are_literal(tmp_path: Path) -> None:
    assert hidden(tmp_path, "url: 'https://bob:p%40ss@a.example/x?key=k1k2&b=c'", without="url") == {
        "bob",
        "p@ss",
        "p%40ss",
        "k1k2",
        "c",
    }
    assert hidden(tmp_path, "headers: {Authorization: Bearer abcdef, X-Api-Key: ghijkl, X-Plain: open}") == {
        "Bearer abcdef",
        "abcdef",
        "ghijkl",
    }


@pytest.mark.parametrize(
    "expect",
    ["body: {contains: id-k1k2k3}", "json: {next: 'https://b.example/?page=2'}", "header: {X-Key: K1K2K3}"],
)
def test_what_is_hidden_in_answers_cannot_be_expected_in_them(tmp_path: Path, expect: str) -> None:
    extra = f"url: 'https://a.example/?key=k1k2k3'\nexpect: {{{expect}}}"
    (found,) = problems_of(tmp_path, extra, without="url")
    assert found.endswith(": holds something that is hidden in answers (a secret, a value of a URL's query)")
    assert a_loaded_monitor(tmp_path, "expect: {json: {count: 1, ok: true, state: done}}").expect.json


def test_a_variable_elsewhere_is_not_hidden(tmp_path: Path) -> None:
    text = around('interval: "${I}"')
    monitor = load(written(tmp_path, text), {**ENVIRON, "I": "45s"}).monitors[0]
    assert monitor.interval.total_seconds() == 45
    assert monitor.hidden == ()


def test_a_notifier_that_shows_its_secret_is_warned_of(tmp_path: Path) -> None:
    def about(url: str) -> list[str]:
        return [
            it for it in warned(tmp_path, f"notifiers: {{a: {{url: '{url}'}}}}\n" + around("")) if "url" in it
        ]

    warning = "1:22: notifiers.a.url: holds a secret in plain text: put it in the environment, as ${NAME}"
    assert about("slack://T1/B2/c3") == [warning]
    assert about("mailto://bob:pw@smtp.example.com") == [warning]
    assert about("${SLACK_URL}") == []
    assert about("json://127.0.0.1:9000/a:b@c") == []
    assert about("mailto://127.0.0.1:7425?from=a@b.example&to=c@d.example") == []
