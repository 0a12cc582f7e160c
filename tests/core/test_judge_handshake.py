"""The provider's challenge, and the answers to it: what is asked, and what a wrong answer is called."""

import hashlib
import hmac
import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from monitor.core.judge import judge_handshake
from monitor.core.model import (
    FailureKind,
    FaultDomain,
    Handshake,
    Phase,
    Phases,
    Reason,
    Reply,
    Secret,
    Severity,
    Status,
    Verdict,
)
from monitor.core.providers import PROVIDERS
from monitor.core.sign.handshake import challenge
from monitor.probe.seal import seal
from tests.core.keyring import secrets_for
from tests.makers import NOON, a_failed_reply, a_monitor, a_provider, a_reply

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
WORD = "0123456789abcdef0123456789abcdef"
ECHO = Handshake(title="challenge", body='{"challenge":"{challenge}"}', echo=True)
PROOF = Handshake(
    title="validation",
    body='{"plainToken":"{challenge}"}',
    json=(("plainToken", "{challenge}"), ("encryptedToken", "{proof}")),
)
ALLOWED = Handshake(
    title="consent",
    method="OPTIONS",
    headers=(("WebHook-Request-Origin", "probe.invalid"),),
    answer_headers=(("webhook-allowed-origin", "probe.invalid"),),
    statuses=("2xx", "405"),
)
SUBSCRIBE = Handshake(
    title="subscribe",
    method="GET",
    query=(("hub.challenge", "{challenge}"), ("hub.verify_token", "{token}")),
    echo=True,
    statuses=("200",),
    needs_token=True,
)


def judged(asked: Handshake, reply: Reply) -> Verdict:
    return judge_handshake(reply, a_monitor(provider=a_provider(handshake=asked)), WORD)


def proof_of(word: str) -> str:
    return hmac.new(b"correct-horse-battery", word.encode(), hashlib.sha256).hexdigest()


def zoom(**changes: object) -> str:
    return json.dumps({"plainToken": WORD, "encryptedToken": proof_of(WORD), **changes})


@pytest.mark.parametrize(
    ("asked", "reply"),
    [
        (ECHO, a_reply(200, body=WORD)),
        (ECHO, a_reply(200, body=f" {WORD}\n")),
        (ECHO, a_reply(200, body=json.dumps({"challenge": WORD}))),
        (ECHO, a_reply(200, body=json.dumps(WORD))),
        (ECHO, a_reply(200, body=f"challenge={WORD}")),
        (PROOF, a_reply(200, body=zoom())),
        (PROOF, a_reply(200, body=zoom(more=True))),
        (ALLOWED, a_reply(200, headers=(("webhook-allowed-origin", "*"),))),
        (ALLOWED, a_reply(405, headers=(("webhook-allowed-origin", "probe.invalid"),))),
        (Handshake(title="empty", empty=True), a_reply(204)),
    ],
)
def test_the_right_answer_is_accepted(asked: Handshake, reply: Reply) -> None:
    assert judged(asked, reply).reason is Reason.ACCEPTED


@pytest.mark.parametrize(
    ("asked", "reply", "said"),
    [
        (ECHO, a_reply(200, body="ok"), "does not bring the challenge back"),
        (ECHO, a_reply(200, body=WORD[:-1]), "does not bring the challenge back"),
        (ECHO, a_reply(200, body=json.dumps({"challenge": "other"})), "does not bring the challenge back"),
        (ECHO, a_reply(200), "does not bring the challenge back"),
        (ECHO, a_reply(401, body=WORD), "the provider wants 2xx"),
        (ECHO, a_reply(302, body=WORD), "the provider wants 2xx"),
        (ECHO, a_reply(500), "the provider wants 2xx"),
        (SUBSCRIBE, a_reply(201, body=WORD), "the provider wants 200"),
        (PROOF, a_reply(200, body=zoom(encryptedToken="00")), "encryptedToken in the body is not what"),
        (PROOF, a_reply(200, body=json.dumps({"plainToken": WORD})), "the body has no encryptedToken"),
        (PROOF, a_reply(200, body="ok"), "the body is not JSON"),
        (ALLOWED, a_reply(200), "the header webhook-allowed-origin is missing"),
        (ALLOWED, a_reply(200, headers=(("webhook-allowed-origin", "x.example"),)), "names somebody else"),
        (Handshake(title="empty", empty=True), a_reply(200, body="ok"), "the body should be empty"),
    ],
)
def test_a_wrong_answer_is_told_by_what_is_wrong(asked: Handshake, reply: Reply, said: str) -> None:
    verdict = judged(asked, reply)
    assert (verdict.status, verdict.reason) == (Status.DOWN, Reason.HANDSHAKE_FAILED)
    assert (verdict.severity, verdict.fault_domain) == (Severity.MAJOR, FaultDomain.LISTENER)
    assert said in verdict.message
    assert proof_of(WORD) not in verdict.message


def test_an_answer_after_the_providers_patience_is_none() -> None:
    slow = a_reply(200, body=WORD, phases=Phases(wait=4.0))
    asked = Handshake(title="challenge", echo=True, within=timedelta(seconds=3))
    assert "the provider waits 3 s" in judged(asked, slow).message
    assert judged(ECHO, slow).good


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (a_failed_reply(FailureKind.REFUSED), Reason.CONNECT),
        (a_failed_reply(FailureKind.TIMED_OUT, Phase.WAIT), Reason.TIMEOUT),
        (a_failed_reply(FailureKind.LOCAL), Reason.OWN_FAULT),
        (a_reply(429), Reason.INCONCLUSIVE),
    ],
)
def test_no_answer_is_told_as_it_is(reply: Reply, reason: Reason) -> None:
    assert judged(ECHO, reply).reason is reason


@given(body=some.text(), status=some.integers(100, 599))
def test_whatever_the_answer_nothing_raises(body: str, status: int) -> None:
    for asked in (ECHO, PROOF, ALLOWED, SUBSCRIBE):
        judged(asked, a_reply(status, body=body))


# --- what is sent -------------------------------------------------------------------------------------------


def test_a_verify_token_is_shown_to_the_listener_and_hidden_from_everybody_else() -> None:
    monitor = a_monitor(
        url="https://api.example.com/hook?tenant=7",
        provider=a_provider(handshake=SUBSCRIBE),
        verify_token=Secret("verify me/0"),
    )
    delivery = challenge(SUBSCRIBE, monitor, WORD, at=NOON, traceparent=TRACE)
    assert delivery.url == (
        f"https://api.example.com/hook?tenant=7&hub.challenge={WORD}&hub.verify_token=verify+me%2F0"
    )
    assert (delivery.method, delivery.body) == ("GET", b"")
    assert "verify me/0" in delivery.hidden


def test_a_signed_challenge_is_signed_like_an_event() -> None:
    monitor = a_monitor(provider=a_provider(handshake=ECHO))
    delivery = challenge(ECHO, monitor, WORD, at=NOON, traceparent=TRACE)
    signature = hmac.new(b"correct-horse-battery", delivery.body, hashlib.sha256).hexdigest()
    assert delivery.body == f'{{"challenge":"{WORD}"}}'.encode()
    assert dict(delivery.headers)["X-Signature"] == signature
    assert {"correct-horse-battery", signature} <= set(delivery.hidden)


@pytest.mark.parametrize("name", sorted(name for name, row in PROVIDERS.items() if row.handshake))
def test_every_providers_challenge_carries_a_fresh_word_and_our_mark(name: str) -> None:
    provider = PROVIDERS[name]
    asked = provider.handshake
    assert asked is not None
    monitor = a_monitor(
        provider=provider, secrets=secrets_for(provider.scheme), verify_token=Secret("verify-me-0")
    )
    delivery = challenge(asked, monitor, WORD, at=NOON, traceparent=TRACE, seal=seal)
    headers = dict(delivery.headers)
    assert headers["X-Webhook-Probe"] == "billing"
    assert headers["traceparent"] == TRACE
    asks_for_it = asked.echo or any("{challenge}" in template for _, template in asked.json)
    assert WORD in delivery.url + repr(delivery.headers) + delivery.body.decode() or not asks_for_it
    assert {secret.reveal() for secret in monitor.secrets} <= set(delivery.hidden)
