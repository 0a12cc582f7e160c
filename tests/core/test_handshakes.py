"""Every handshake of a row: put as the provider puts it, and answered as it wants to be answered."""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl, urlsplit

import pytest

from monitor.core.judge.handshake import judge_handshake
from monitor.core.model import Delivery, Handshake, Monitor, Reason, Reply, Secret
from monitor.core.providers import PROVIDERS
from monitor.core.sign.handshake import challenge, word
from monitor.probe.seal import seal
from tests.makers import NOON, a_monitor, a_reply
from tests.sdk.keys import KEYS

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
TOKEN = "0af7651916cd43dd8448eb211c80319c"
VERIFY = "shown-to-whoever-asks"
ORIGIN = "webhook-monitor.invalid"


def hashed(asked: str) -> str:
    return hmac.new(KEYS["zoom"].signing.encode(), asked.encode(), hashlib.sha256).hexdigest()


# What an honest listener answers to a word.
ANSWERS: Mapping[str, Callable[[str], Reply]] = {
    "slack": lambda asked: a_reply(body=json.dumps({"challenge": asked})),
    "zoom": lambda asked: a_reply(body=json.dumps({"plainToken": asked, "encryptedToken": hashed(asked)})),
    "discord": lambda _: a_reply(body='{"type": 1}'),
    "meta": lambda asked: a_reply(body=asked),
    "twitch": lambda asked: a_reply(body=asked),
    "dropbox": lambda asked: a_reply(body=asked),
    "okta": lambda asked: a_reply(body=json.dumps({"verification": asked})),
    "cloudevents": lambda _: a_reply(headers=(("webhook-allowed-origin", ORIGIN),)),
}
EACH = pytest.mark.parametrize("provider", ANSWERS)


def watch(provider: str) -> Monitor:
    row = PROVIDERS[provider]
    return a_monitor(
        provider=row,
        event=row.event,
        expect=row.expect,
        secrets=(Secret(KEYS[provider].signing),),
        verify_token=Secret(VERIFY),
    )


def asked_of(provider: str) -> tuple[Handshake, str]:
    asked = PROVIDERS[provider].handshake
    assert asked is not None
    return asked, word(asked, TOKEN)


def put(provider: str) -> Delivery:
    asked, fresh = asked_of(provider)
    return challenge(asked, watch(provider), fresh, at=NOON, traceparent=TRACE, seal=seal)


def test_every_handshake_is_tried_here() -> None:
    assert {name for name, row in PROVIDERS.items() if row.handshake} == {*ANSWERS}


@EACH
def test_the_honest_answer_is_accepted(provider: str) -> None:
    fresh = asked_of(provider)[1]
    verdict = judge_handshake(ANSWERS[provider](fresh), watch(provider), fresh)
    assert verdict.reason is Reason.ACCEPTED


@EACH
def test_a_bare_ok_is_not(provider: str) -> None:
    verdict = judge_handshake(a_reply(body="ok"), watch(provider), asked_of(provider)[1])
    assert verdict.reason is Reason.HANDSHAKE_FAILED


@pytest.mark.parametrize("provider", sorted({*ANSWERS} - {"discord", "cloudevents"}))
def test_the_answer_to_another_word_is_not(provider: str) -> None:
    verdict = judge_handshake(ANSWERS[provider]("another"), watch(provider), asked_of(provider)[1])
    assert verdict.reason is Reason.HANDSHAKE_FAILED


@EACH
def test_whoever_signs_events_signs_the_challenge_and_says_who_asks(provider: str) -> None:
    asked, delivery = asked_of(provider)[0], put(provider)
    headers = {name.lower() for name, _ in delivery.headers}
    proofs = {name.lower() for name, value in PROVIDERS[provider].scheme.headers if "{sig}" in value}
    if proofs:
        assert (proofs <= headers) is asked.signed
    assert {"user-agent", "x-webhook-probe", "traceparent"} <= headers


def test_a_signed_challenge_stands_in_the_body_of_its_event() -> None:
    for provider in ("slack", "zoom", "discord", "twitch"):
        assert put(provider).method == "POST"
        assert TOKEN in put(provider).body.decode()
    assert ("Twitch-Eventsub-Message-Type", "webhook_callback_verification") in put("twitch").headers


def test_meta_asks_with_a_number_and_shows_the_verify_token() -> None:
    """Some of its listeners read the challenge as a number."""
    delivery, fresh = put("meta"), asked_of("meta")[1]
    assert fresh.isdecimal()
    assert (delivery.method, delivery.body) == ("GET", b"")
    assert dict(parse_qsl(urlsplit(delivery.url).query)) == {
        "hub.mode": "subscribe",
        "hub.challenge": fresh,
        "hub.verify_token": VERIFY,
    }
    assert VERIFY in delivery.hidden


def test_dropbox_okta_and_cloudevents_ask_without_a_body() -> None:
    assert put("dropbox").url.endswith(f"?challenge={TOKEN}")
    assert ("x-okta-verification-challenge", TOKEN) in put("okta").headers
    assert ("Authorization", KEYS["okta"].signing) in put("okta").headers
    assert put("cloudevents").method == "OPTIONS"
    assert ("WebHook-Request-Origin", ORIGIN) in put("cloudevents").headers


def test_an_origin_of_the_operators_own_must_be_let_in() -> None:
    own = (("webhook-request-origin", "eventgrid.azure.net"),)
    monitor = a_monitor(provider=PROVIDERS["cloudevents"], headers=own)
    for origin, reason in (
        ("eventgrid.azure.net", Reason.ACCEPTED),
        ("*", Reason.ACCEPTED),
        (ORIGIN, Reason.HANDSHAKE_FAILED),
    ):
        reply = a_reply(headers=(("webhook-allowed-origin", origin),))
        assert judge_handshake(reply, monitor, TOKEN).reason is reason
