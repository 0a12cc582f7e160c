"""The inbox takes any JSON, outlives a restart, and shows words as words."""

import io
from pathlib import Path

from rich.console import Console

from monitor.demo import Received, show
from monitor.demo.inbox import Inbox, from_apprise
from tests.makers import NOON


def an_alert(message: str = "answered 503", **changes: str) -> Received:
    body = {"title": "stripe-payments is down", "message": message, "type": "failure", **changes}
    return from_apprise(body, NOON)


def shown(*items: Received) -> str:
    out = io.StringIO()
    show(Console(file=out, width=80), items)
    return out.getvalue()


def test_what_arrived_is_there_after_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "inbox.jsonl"
    Inbox(file).add(an_alert())
    Inbox(file).add(an_alert("answered 200"))
    assert [item.message for item in Inbox(file).items()] == ["answered 503", "answered 200"]
    assert Inbox(file).items()[0] == an_alert()


def test_a_line_that_was_cut_off_loses_only_itself(tmp_path: Path) -> None:
    file = tmp_path / "inbox.jsonl"
    Inbox(file).add(an_alert())
    with file.open("ab") as handle:
        handle.write(b'{"at": "2026\n[]\n\xff\n{"at": 5}\n')
    Inbox(file).add(an_alert("later"))
    assert [item.message for item in Inbox(file).items()] == ["answered 503", "later"]


def test_json_of_another_shape_is_shown_as_it_is() -> None:
    assert from_apprise([1, 2], NOON).message == "[1, 2]"
    assert from_apprise({"text": "hi"}, NOON).message == '{"text": "hi"}'


def test_an_alert_is_a_card_with_headline_words_and_time() -> None:
    card = shown(an_alert())
    assert "✗ stripe-payments is down" in card
    assert "answered 503" in card
    assert NOON.astimezone().strftime("%H:%M:%S") in card


def test_markup_in_an_alert_is_not_obeyed() -> None:
    card = shown(an_alert("[bold]a[/bold] [link=x]", title="[red]t[/]"))
    assert "[bold]a[/bold] [link=x]" in card
    assert "[red]t[/]" in card


def test_an_empty_inbox_says_what_to_do() -> None:
    assert "webhook-monitor demo break" in shown()
