"""The synthetic event: fresh, unmistakable, and exactly the bytes that were asked for."""

import json
import re
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some

from monitor.core.event import write
from monitor.core.model import EventTemplate
from monitor.core.providers import PROVIDERS
from tests.makers import NOON, a_monitor

TOKEN = "0af7651916cd43dd8448eb211c80319c"


def body_of(template: str, **changes: Any) -> str:
    event = EventTemplate(**{"type": "probe.ping", "body": template, **changes})
    return write(a_monitor(event=event), token=TOKEN, at=NOON).body.decode()


def test_what_is_known_is_filled_in_and_all_else_stays() -> None:
    body = body_of('{"i":"{id}","y":"{type}","s":{timestamp},"t":"{time}","o":{},"u":"{sig}"}')
    assert body == (
        f'{{"i":"evt_probe_{TOKEN}","y":"probe.ping","s":1772366400,"t":"2026-03-01T12:00:00Z","o":{{}},"u":"{{sig}}"}}'
    )


def test_what_was_filled_in_is_not_looked_at_again() -> None:
    assert body_of("{type}", type="{id}") == "{id}"


def test_the_prefix_says_that_it_is_a_probe() -> None:
    monitor = a_monitor(event=EventTemplate(type="x", body="", id_prefix="msg_probe_"))
    assert write(monitor, token=TOKEN, at=NOON).id == f"msg_probe_{TOKEN}"


@given(some.text(alphabet="0123456789abcdef", min_size=1))
def test_without_a_prefix_the_id_is_a_guid_that_begins_like_no_other(token: str) -> None:
    monitor = a_monitor(event=EventTemplate(type="x", body="", id_prefix=""))
    guid = write(monitor, token=token, at=NOON).id
    assert str(UUID(guid)) == guid
    assert UUID(guid).version == 4
    assert bytes.fromhex(guid[:8] + guid[9:11]) == b"probe"


def test_another_token_makes_another_guid() -> None:
    monitor = a_monitor(event=PROVIDERS["github"].event)
    assert write(monitor, token="a", at=NOON).id != write(monitor, token="b", at=NOON).id


JSON = [name for name, row in PROVIDERS.items() if "urlencoded" not in row.event.content_type]
FORMS = sorted({*PROVIDERS} - {*JSON})


@pytest.mark.parametrize("provider", JSON)
def test_a_harmless_event_is_ascii_json_that_no_verifier_can_write_differently(provider: str) -> None:
    body = write(a_monitor(event=PROVIDERS[provider].event), token=TOKEN, at=NOON).body
    value = json.loads(body)
    compact = json.dumps(value, separators=(",", ":"))
    pretty = json.dumps(value, indent=2)  # as Stripe writes it
    ending = "\r\n" if provider == "sendgrid" else ""  # as SendGrid ends it
    assert body.decode("ascii") == (pretty if provider == "stripe" else compact) + ending
    assert not re.search(rb"\d\.\d|\d{16}", re.sub(rb'"[^"]*"', b"", body))  # no 1.0, nothing near 2^53


@pytest.mark.parametrize("provider", FORMS)
def test_a_harmless_form_is_written_as_a_browser_would(provider: str) -> None:
    body = write(a_monitor(event=PROVIDERS[provider].event), token=TOKEN, at=NOON).body.decode("ascii")
    assert urlencode(parse_qsl(body, strict_parsing=True)) == body


def test_an_id_of_fixed_length_is_cut() -> None:
    event = EventTemplate(type="x", body="", id_prefix="SM70726f6265", id_length=34)
    identity = write(a_monitor(event=event), token=TOKEN, at=NOON).id
    assert identity == "SM70726f6265" + TOKEN[:22]


@given(some.text())
def test_any_text_can_be_a_body(text: str) -> None:
    assert write(a_monitor(event=EventTemplate(type="x", body=text)), token=TOKEN, at=NOON).body is not None


def test_bytes_that_came_in_as_surrogates_go_out_as_they_were() -> None:
    text = b"\xff\xfe{id}".decode("utf-8", "surrogateescape")
    event = EventTemplate(type="x", body=text)
    assert write(a_monitor(event=event), token="1", at=NOON).body == b"\xff\xfeevt_probe_1"
