"""``notify``: a sample to every notifier and what the service answered; what alerts say."""

from collections.abc import Callable
from pathlib import Path

import pytest

from monitor import demo as listeners
from monitor.core.alert import examples
from tests.cli.conftest import Call, Demo
from tests.fakes.ports import free_port

Write = Callable[[str], Path]
NOTIFIERS = """
notifiers:
  away: {{url: "json://user:notifier-password@127.0.0.1:{away}/x"}}
  inbox: {{url: "json://127.0.0.1:{inbox}/inbox"}}
monitors: {{}}
"""
ONE = "monitors: {a: {url: 'https://a.example', provider: stripe, secret: '12345678'}}"


@pytest.mark.real
def test_a_sample_arrives_and_is_told(call: Call, demo: Demo) -> None:
    before = len(listeners.inbox(port=demo.port))
    ended = call("notify", "test", "--config", demo.config)
    assert ended.code == 0
    assert ended.out.startswith("✓ inbox: ")
    assert len(listeners.inbox(port=demo.port)) == before + 1


@pytest.mark.real
def test_one_that_does_not_accept_is_told_and_the_others_are_still_tried(
    call: Call, demo: Demo, config: Write
) -> None:
    config(NOTIFIERS.format(away=free_port(), inbox=demo.port).replace("monitors: {}", ONE))
    ended = call("notify", "test")
    assert ended.code == 1
    assert "✗ away: " in ended.out
    assert "✓ inbox: " in ended.out
    assert "notifier-password" not in ended.out + ended.err
    assert call("notify", "test", "inbox").code == 0
    assert call("notify", "test", "away").code == 1


def test_an_unknown_notifier_names_those_there_are(call: Call, config: Write) -> None:
    config(NOTIFIERS.format(away=9, inbox=9).replace("monitors: {}", ONE))
    ended = call("notify", "test", "nobody")
    assert ended.code == 2
    assert "no notifier 'nobody'; there are: away, inbox" in ended.err


def test_nobody_to_tell_is_nothing_to_be_happy_about(call: Call, config: Write) -> None:
    config(ONE)
    ended = call("notify", "test")
    assert ended.code == 2
    assert "nobody would be told" in ended.err


def test_a_preview_names_the_examples_and_sends_nothing(call: Call, config: Write) -> None:
    config(ONE)
    ended = call("notify", "preview")
    assert ended.code == 0
    assert {line.split()[0] for line in ended.out.splitlines()} == set(examples())
    assert call("notify", "preview", "outrage").code == 2


@pytest.mark.parametrize(
    ("form", "beginning"),
    [("text", "ACME DOWN stripe"), ("mail", "Subject: ACME DOWN"), ("html", "<!DOCTYPE"), ("slack", "{")],
)
def test_a_preview_is_in_the_operators_words_and_zone(
    call: Call, config: Write, form: str, beginning: str
) -> None:
    file = config(f"site: {{timezone: Europe/Berlin}}\ntemplates: words\n{ONE}")
    (file.parent / "words").mkdir()
    (file.parent / "words" / "headline.txt").write_text("ACME {{ headline }}")
    ended = call("notify", "preview", "outage", "--as", form)
    assert ended.code == 0
    assert ended.out.startswith(beginning)
    assert "ACME DOWN stripe-payments" in ended.out
    assert "15:02:11 CET (14:02:11 UTC)" in ended.out
