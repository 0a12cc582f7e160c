"""Where the address for the receipt stands in the event of each provider."""

import json
from dataclasses import replace
from urllib.parse import parse_qsl

import pytest

from monitor.core import event
from monitor.core.document import value_at
from monitor.core.model import Event, EventTemplate
from monitor.core.providers import PROVIDERS
from tests.makers import NOON, a_monitor

ADDRESS = "https://receipts.example/r/YQ.-_x9"
TOKEN = "0123456789abcdef" * 2
WITHOUT = {  # a challenge, or an event with nothing in it that a worker would see; or nobody else can sign
    *("slack", "zoom", "discord", "twitch", "line", "meta", "dropbox", "okta", "paypal", "sns"),
}


def written(template: EventTemplate, receipt_url: str) -> Event:
    return event.write(a_monitor(event=template), token=TOKEN, at=NOON, receipt_url=receipt_url)


@pytest.mark.parametrize("name", sorted(set(PROVIDERS) - WITHOUT))
def test_the_address_is_at_its_place_and_nothing_else_is_different(name: str) -> None:
    template = PROVIDERS[name].event
    assert template.receipt is not None
    with_it, without = written(template, ADDRESS), written(template, "")
    if "json" not in template.content_type:
        added = [(template.receipt, ADDRESS)]
        assert parse_qsl(with_it.body.decode()) == parse_qsl(without.body.decode()) + added
        return
    document = json.loads(with_it.body)
    assert value_at(document, template.receipt) == ADDRESS
    assert _flat(document) - _flat(json.loads(without.body)) == {(template.receipt, ADDRESS)}
    assert (b"\n  " in with_it.body) == (b"\n  " in without.body)


@pytest.mark.parametrize("name", sorted(WITHOUT))
def test_where_no_worker_would_see_it_there_is_no_place(name: str) -> None:
    template = PROVIDERS[name].event
    assert template.receipt is None
    assert written(template, ADDRESS) == written(template, "")


def test_an_address_of_the_operators_own_place_is_not_put_there_twice() -> None:
    template = replace(PROVIDERS["standard"].event, body='{"to": "{receipt_url}"}')
    assert written(template, ADDRESS).body == f'{{"to": "{ADDRESS}"}}'.encode()


def _flat(document: object, path: str = "") -> set[tuple[str, object]]:
    """Return every value with its path."""
    if isinstance(document, dict):
        return {pair for key, value in document.items() for pair in _flat(value, f"{path}.{key}".lstrip("."))}
    if isinstance(document, list):
        return {
            pair for at, value in enumerate(document) for pair in _flat(value, f"{path}.{at}".lstrip("."))
        }
    return {(path, document)}
