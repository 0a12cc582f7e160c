"""The rows: complete, harmless, and described on a page that is current."""

import json
import re
from pathlib import Path

import pytest

from monitor.core.event import PROBE_MARK, write
from monitor.core.keys import needs_secret
from monitor.core.model import Check, Event, Provider, Scheme
from monitor.core.possible import missing
from monitor.core.providers import PROVIDERS, custom
from monitor.core.providers.page import page
from monitor.core.sign.body import tampered
from tests.makers import NOON, a_monitor

PAGE = Path(__file__).parents[2] / "docs" / "providers.md"
TOKEN = "0af7651916cd43dd8448eb211c80319c"
HOST = re.compile(r"(?:https?://|@)([\w.-]+)")
AMOUNT = re.compile(r'"(?:amount|value|price|total|quantity)":(\d+)')
ROWS = pytest.mark.parametrize("row", PROVIDERS.values(), ids=PROVIDERS)


def event_of(row: Provider) -> Event:
    return write(a_monitor(event=row.event), token=TOKEN, at=NOON)


def test_every_row_stands_under_its_own_name() -> None:
    assert all(row.id == name for name, row in PROVIDERS.items())
    assert len(PROVIDERS) == 51


@ROWS
def test_every_row_says_whence_it_is_and_who_we_are(row: Provider) -> None:
    assert row.title
    assert row.source
    assert row.hint
    assert "webhook-monitor" in row.user_agent
    assert row.user_agent.isascii()


@ROWS
def test_whatever_is_said_of_retries_has_a_source(row: Provider) -> None:
    claims = (row.policy.retry, row.policy.disable)
    assert row.policy.source or claims == (None, None)


@ROWS
def test_every_deadline_leaves_time_to_answer(row: Provider) -> None:
    assert 1 <= row.expect.within.total_seconds() <= 60
    assert 0 < row.expect.warning_share <= 0.5


@ROWS
def test_no_header_is_sent_twice(row: Provider) -> None:
    names = [name.lower() for name, _ in (*row.headers, *row.scheme.headers)]
    assert len(names) == len(set(names))


@ROWS
def test_the_id_says_probe_and_is_in_what_is_sent(row: Provider) -> None:
    """So that an event can be found in a listener's logs, and cleaned up."""
    event = event_of(row)
    assert any(mark in event.id for mark in ("probe", PROBE_MARK, PROBE_MARK.replace("-", "")))
    headers = " ".join(value for _, value in (*row.headers, *row.scheme.headers))
    assert "{id}" in headers or event.id in event.body.decode()


@ROWS
def test_every_body_is_whole(row: Provider) -> None:
    """Nothing is left to be filled in."""
    body = event_of(row).body.decode()
    assert not re.search(r"\{[a-z_]+\}", body)
    if "urlencoded" not in row.event.content_type:
        json.loads(body)


@ROWS
def test_no_event_names_anybody_or_any_money(row: Provider) -> None:
    body = event_of(row).body.decode()
    hosts = {host for host in HOST.findall(body) if not host.endswith(".invalid")}
    # Verifiers of SNS refuse certificates from elsewhere unread, and a listener could pass by that alone.
    assert hosts == ({"sns.us-east-1.amazonaws.com"} if row.id == "sns" else set())
    assert "SubscribeURL" not in body
    assert {*AMOUNT.findall(body)} <= {"0"}
    assert {*re.findall(r"%2B(\d+)", body)} <= {"15005550006"}  # Twilio's own number for tests


@ROWS
def test_a_tampered_event_differs_in_one_value_and_goes_to_the_same_place(row: Provider) -> None:
    """Where its type changed, another handler might take it, and refuse it for another reason."""
    if missing(Check.TAMPERED, row):
        return
    event = event_of(row)
    changed = tampered(event.body, row.event, event.id)
    assert changed is not None
    assert len(changed) == len(event.body)
    assert sum(one != other for one, other in zip(changed, event.body, strict=True)) == 1
    assert row.event.type in changed.decode() or row.event.type not in event.body.decode()


@ROWS
def test_a_window_is_told_where_there_is_a_time(row: Provider) -> None:
    if row.scheme.window is not None:
        assert row.scheme.timestamp != "none"
        assert "timestamp" in row.scheme.covers


@ROWS
def test_what_the_row_says_is_covered_is_in_what_is_signed(row: Provider) -> None:
    message = row.scheme.message
    if row.scheme.hash is None:
        assert not row.scheme.covers
    elif needs_secret(row.scheme) and row.id != "adyen":  # which signs eight fields of its body
        covered = {
            "body": "{body" in message or "{form}" in message or bool(row.scheme.query),
            "url": "{url}" in message,
            "id": "{id}" in message,
            "timestamp": "{timestamp}" in message
            or any(p.template == "{timestamp}" for p in row.scheme.body),
        }
        if row.id == "mailgun":  # which signs a token of the body, and not the event
            covered["body"] = False
        assert {part for part, is_in in covered.items() if is_in} == row.scheme.covers


def test_what_cannot_be_asked_of_whom() -> None:
    """No false alarm by design."""
    cannot = {
        check: {name for name, row in PROVIDERS.items() if missing(check, row)}
        for check in (Check.DELIVERY, Check.TAMPERED, Check.UNSIGNED, Check.FORGED)
    }
    assert cannot == {
        Check.DELIVERY: {"sns", "paypal"},
        Check.TAMPERED: {"sns", "paypal", "mailgun", "gitlab-token", "okta", "cloudevents"},
        Check.UNSIGNED: {"woocommerce", "bitbucket"},
        Check.FORGED: set(),
    }


def test_whose_age_is_looked_at() -> None:
    assert {name for name, row in PROVIDERS.items() if missing(Check.STALE, row) is None} == {
        *("standard", "standard-v1a", "svix", "clerk", "resend", "openai", "gitlab-signing-token"),
        *("stripe", "slack", "hubspot-v3", "telnyx", "hook0-v0", "hook0-v1"),
        *("paddle", "linear", "workos", "box", "mailgun", "rfc9421"),
    }


def test_who_sends_a_handshake() -> None:
    assert {name for name, row in PROVIDERS.items() if row.handshake} == {
        *("slack", "zoom", "discord", "meta", "twitch", "dropbox", "okta", "cloudevents"),
    }


def test_shopify_gets_the_headers_its_library_insists_on() -> None:
    row = PROVIDERS["shopify"]
    names = {name.lower() for name, _ in (*row.headers, *row.scheme.headers)}
    assert {
        "x-shopify-topic",
        "x-shopify-shop-domain",
        "x-shopify-api-version",
        "x-shopify-webhook-id",
    } <= names


def test_a_template_of_the_operators_own_brings_no_providers_headers() -> None:
    scheme = Scheme(headers=(("X-S", "{sig}"),))
    assert custom(scheme).scheme is scheme
    assert custom(scheme).headers == ()


def test_the_page_is_current() -> None:
    """Mend it with: python -m monitor.core.providers.page > docs/providers.md"""
    assert PAGE.read_text() == page()
