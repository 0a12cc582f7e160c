"""What is signed, by whom, what is added, and what must be hidden. Known answers: test_vectors.py."""

from dataclasses import replace
from datetime import timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from monitor.core.keys import needs_secret, proof_headers
from monitor.core.model import PUBLIC_KEY, Delivery, Event, Monitor, Provider, Scheme, Secret
from monitor.core.providers import PROVIDERS
from monitor.core.sign import certificate, sign, timestamp
from monitor.core.sign.body import without
from monitor.core.sign.hostile import forge
from monitor.probe.seal import seal
from tests.makers import NOON, a_monitor, a_provider
from tests.sdk.keys import KEYS

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
KEY = bytes(range(32))
SIGNED = sorted(name for name, row in PROVIDERS.items() if needs_secret(row.scheme))
SHARED = [name for name in SIGNED if PROVIDERS[name].scheme.hash not in PUBLIC_KEY]


def an_event(**changes: Any) -> Event:
    event = Event(
        id="evt_probe_1", type="probe.ping", at=NOON, body=b'{"a":1}', content_type="application/json"
    )
    return replace(event, **changes)


def monitor_of(provider: str, **changes: Any) -> Monitor:
    """Return one with two secrets, the second a little changed; there is one key where it is a whole file."""
    secret = KEYS[provider].signing
    secrets = (Secret(secret), Secret(secret[:8] + "AAAA" + secret[12:]))
    room = 1 if PROVIDERS[provider].scheme.key == "pem" else 2
    return a_monitor(**{"provider": PROVIDERS[provider], "secrets": secrets[:room], **changes})


def signed(event: Event, monitor: Monitor) -> Delivery:
    return sign(event, monitor, at=NOON, traceparent=TRACE, seal=seal)


def forged(event: Event, monitor: Monitor) -> Delivery:
    return forge(event, monitor, at=NOON, traceparent=TRACE, key=KEY, seal=seal)


def unproven(provider: Provider, delivery: Delivery) -> Delivery:
    """Return the delivery without what only the secret could have made."""
    shown = proof_headers(provider.scheme)
    headers = tuple(header for header in delivery.headers if header[0].lower() not in shown)
    paths = tuple(place.path for place in provider.scheme.body if "{sig}" in place.template)
    return replace(delivery, headers=headers, body=without(delivery.body, paths), hidden=())


def proof(provider: Provider, delivery: Delivery) -> str:
    """The values of the headers that only the secret could have made."""
    names = {
        name
        for name, value in provider.scheme.headers
        if {"{sig}", "{sigs}", "{secret}"} & set(_split(value))
    }
    return " ".join(value for name, value in delivery.headers if name in names)


def _split(template: str) -> list[str]:
    return [part[part.index("{") :] + "}" for part in template.split("}") if "{" in part]


def test_where_a_header_has_room_for_one_only_the_current_secret_signs() -> None:
    monitor = monitor_of("github", secrets=(Secret("the-current-one"), Secret("the-one-before")))
    alone = replace(monitor, secrets=monitor.secrets[:1])
    assert sign(an_event(), monitor, at=NOON, traceparent=TRACE).headers == (
        sign(an_event(), alone, at=NOON, traceparent=TRACE).headers
    )


@pytest.mark.parametrize("provider", SIGNED)
def test_a_forged_delivery_differs_in_nothing_but_the_signature(provider: str) -> None:
    monitor, event = monitor_of(provider), an_event()
    true, false = signed(event, monitor), forged(event, monitor)
    assert [name for name, _ in false.headers] == [name for name, _ in true.headers]
    if monitor.provider.scheme.hash != "ecdsa":  # whose signatures have no fixed length
        assert [len(value) for _, value in false.headers] == [len(value) for _, value in true.headers]
        assert len(false.body) == len(true.body)
    assert (true.headers, true.body) != (false.headers, false.body)
    assert unproven(monitor.provider, true) == unproven(monitor.provider, false)


def test_the_forged_signatures_of_a_list_differ_from_one_another() -> None:
    forged = forge(an_event(), monitor_of("stripe"), at=NOON, traceparent=TRACE, key=KEY)
    items = dict(forged.headers)["Stripe-Signature"].split(",")[1:]
    assert len(items) == len(set(items)) == 2


def test_a_forged_token_looks_like_the_true_one() -> None:
    monitor = monitor_of("gitlab-token", secrets=(Secret("glwt-Abc-0123"),))
    forged = forge(an_event(), monitor, at=NOON, traceparent=TRACE, key=KEY)
    token = dict(forged.headers)["X-Gitlab-Token"]
    assert token != "glwt-Abc-0123"
    kinds = "".join("aA0-"[[c.islower(), c.isupper(), c.isdigit(), True].index(True)] for c in token)
    assert kinds == "aaaa-Aaa-0000"


@given(
    secret=some.text(some.characters(min_codepoint=33, max_codepoint=126), min_size=8),
    key=some.binary(min_size=32),
)
def test_a_forged_token_is_never_the_true_one(secret: str, key: bytes) -> None:
    monitor = monitor_of("gitlab-token", secrets=(Secret(secret),))
    forged = dict(forge(an_event(), monitor, at=NOON, traceparent=TRACE, key=key).headers)["X-Gitlab-Token"]
    assert forged != secret
    assert len(forged) == len(secret)


@given(
    provider=some.sampled_from(SHARED),
    body=some.binary() | some.text().map(str.encode) | some.just(b'{"x":"{sig}{body}{secret}"}'),
    secrets=some.lists(some.text(min_size=1), min_size=1, max_size=3),
    key=some.binary(min_size=32, max_size=32),
)
def test_whatever_the_body_and_the_secret_signing_never_raises(
    provider: str, body: bytes, secrets: list[str], key: bytes
) -> None:
    monitor = monitor_of(provider, secrets=tuple(Secret(secret) for secret in secrets))
    event = an_event(body=body)
    true = sign(event, monitor, at=NOON, traceparent=TRACE)
    false = forge(event, monitor, at=NOON, traceparent=TRACE, key=key)
    assert [name for name, _ in true.headers] == [name for name, _ in false.headers]
    if not monitor.provider.scheme.body:  # a signature in the body needs a body with room for it
        assert true.body == false.body == body
        assert proof(monitor.provider, true) != proof(monitor.provider, false)


def test_braces_in_a_body_are_signed_as_they_are() -> None:
    provider = a_provider(scheme=Scheme(message="{id}.{body}.{id}", headers=(("X-S", "{sig}"),)))
    monitor = a_monitor(provider=provider)
    plain, braces = (
        dict(sign(an_event(body=body), monitor, at=NOON, traceparent=TRACE).headers)["X-S"]
        for body in (b"evt_probe_1", b"{id}")
    )
    assert plain != braces


def test_every_delivery_says_who_sent_it() -> None:
    headers = dict(sign(an_event(), monitor_of("stripe"), at=NOON, traceparent=TRACE).headers)
    assert headers["X-Webhook-Probe"] == "billing"
    assert headers["traceparent"] == TRACE
    assert "webhook-monitor" in headers["User-Agent"]


def test_the_operators_headers_come_last_and_win_in_any_case() -> None:
    own = (("user-agent", "mine"), ("X-Route", "blue"))
    delivery = sign(an_event(), monitor_of("stripe", headers=own), at=NOON, traceparent=TRACE)
    assert delivery.headers[-2:] == own
    assert [name for name, _ in delivery.headers if name.lower() == "user-agent"] == ["user-agent"]


def test_the_public_url_is_signed_even_when_another_address_is_called() -> None:
    provider = a_provider(scheme=Scheme(message="{method} {url}", headers=(("X-S", "{sig}"),)))
    direct = a_monitor(provider=provider)
    redirected = replace(direct, connect_to=("127.0.0.1", 9))
    one, other = (sign(an_event(), it, at=NOON, traceparent=TRACE) for it in (direct, redirected))
    assert one.headers == other.headers
    assert other.connect_to == ("127.0.0.1", 9)


@pytest.mark.parametrize("provider", SIGNED)
def test_every_secret_and_every_proof_is_hidden(provider: str) -> None:
    monitor = monitor_of(provider, hidden=(Secret("basic-auth-password"),))
    for delivery in (signed(an_event(), monitor), forged(an_event(), monitor)):
        assert {secret.reveal() for secret in (*monitor.secrets, *monitor.hidden)} <= set(delivery.hidden)
        shown = proof(monitor.provider, delivery)
        for secret in delivery.hidden:
            shown = shown.replace(secret, "")
        assert len(shown) < 60  # "t=1772366400,v1=,v1=" and the like


def test_the_key_inside_an_encoded_secret_is_hidden_too() -> None:
    secret = Secret("whsec_" + "c2VjcmV0" * 4)
    hidden = certificate(monitor_of("standard", secrets=(secret,))).hidden
    assert "c2VjcmV0" * 4 in hidden
    assert (b"secret" * 4).hex() in hidden


def test_a_handshake_carries_no_event_and_no_header() -> None:
    delivery = certificate(monitor_of("stripe"))
    assert delivery.handshake_only
    assert (delivery.headers, delivery.body, delivery.event_id) == ((), b"", "")


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("s", "1772366400"),
        ("ms", "1772366400123"),
        ("rfc3339", "2026-03-01T12:00:00Z"),
        ("rfc3339nano", "2026-03-01T12:00:00.123456000Z"),
        ("none", ""),
    ],
)
def test_a_moment_is_written_as_the_scheme_wants_it_in_any_time_zone(form: str, expected: str) -> None:
    at = NOON + timedelta(microseconds=123456)
    tokyo = at.astimezone(timezone(timedelta(hours=9)))
    assert timestamp(Scheme(timestamp=form), at) == timestamp(Scheme(timestamp=form), tokyo) == expected
