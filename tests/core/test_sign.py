"""Known answers first: what others made with the same secret must come out of our signer, byte for byte."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from monitor.core.model import Delivery, Event, Monitor, Provider, Scheme, Secret
from monitor.core.providers import PROVIDERS, custom
from monitor.core.sign import forge, handshake, sign, timestamp
from tests.makers import NOON, a_monitor, a_provider

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
KEY = bytes(range(32))
VECTORS = json.loads((Path(__file__).parents[1] / "data" / "vectors.json").read_text())["vectors"]
BUILT_IN = [vector for vector in VECTORS if vector["scheme"] in PROVIDERS]
OTHERS = [vector for vector in VECTORS if vector["scheme"] not in PROVIDERS]
ROTATION = [vector for vector in BUILT_IN if "rotation" in vector["name"]]
STRAIGHT = [vector for vector in BUILT_IN if "rotation" not in vector["name"]]

# Schemes that are not built in, each written as an operator would write its ``signature:`` template.
TEMPLATES: dict[str, dict[str, Any]] = {
    "github-sha1": {"hash": "sha1", "headers": (("X-Hub-Signature", "sha1={sig}"),)},
    "bitbucket": {"headers": (("X-Hub-Signature", "sha256={sig}"), ("X-Request-UUID", "{id}"))},
    "meta": {"headers": (("X-Hub-Signature-256", "sha256={sig}"),)},
    "intercom": {"hash": "sha1", "headers": (("X-Hub-Signature", "sha1={sig}"),)},
    "lemonsqueezy": {"headers": (("X-Signature", "{sig}"), ("X-Event-Name", "{type}"))},
    "dropbox": {"headers": (("X-Dropbox-Signature", "{sig}"),)},
    "razorpay": {"headers": (("X-Razorpay-Signature", "{sig}"), ("x-razorpay-event-id", "{id}"))},
    "easypost": {"headers": (("X-Hmac-Signature", "hmac-sha256-hex={sig}"),)},
    "typeform": {"digest": "base64", "headers": (("Typeform-Signature", "sha256={sig}"),)},
    "docusign": {"digest": "base64", "headers": (("X-DocuSign-Signature-1", "{sig}"),)},
    "woocommerce": {"digest": "base64", "headers": (("X-WC-Webhook-Signature", "{sig}"),)},
    "line": {"digest": "base64", "headers": (("x-line-signature", "{sig}"),)},
    "adyen-payload": {"key": "hex", "digest": "base64", "headers": (("hmacsignature", "{sig}"),)},
    "square": {
        "message": "{url}{body}",
        "digest": "base64",
        "headers": (("x-square-hmacsha256-signature", "{sig}"),),
    },
    "zoom": {
        "message": "v0:{timestamp}:{body}",
        "timestamp": "s",
        "headers": (("x-zm-request-timestamp", "{timestamp}"), ("x-zm-signature", "v0={sig}")),
    },
    "paddle": {
        "message": "{timestamp}:{body}",
        "timestamp": "s",
        "headers": (("Paddle-Signature", "ts={timestamp};{sigs}"),),
        "item": "h1={sig}",
        "joiner": ";",
    },
    "hubspot-v3": {
        "message": "{method}{url}{body}{timestamp}",
        "digest": "base64",
        "timestamp": "ms",
        "headers": (("X-HubSpot-Signature-v3", "{sig}"), ("X-HubSpot-Request-Timestamp", "{timestamp}")),
    },
    "calendly": {
        "message": "{timestamp}.{body}",
        "timestamp": "s",
        "headers": (("Calendly-Webhook-Signature", "t={timestamp},{sigs}"),),
        "item": "v1={sig}",
    },
    "zendesk": {
        "message": "{timestamp}{body}",
        "digest": "base64",
        "timestamp": "rfc3339",
        "headers": (
            ("X-Zendesk-Webhook-Signature", "{sig}"),
            ("X-Zendesk-Webhook-Signature-Timestamp", "{timestamp}"),
        ),
    },
    "workos": {
        "message": "{timestamp}.{body}",
        "timestamp": "ms",
        "headers": (("WorkOS-Signature", "t={timestamp}, v1={sig}"),),
    },
    "hook0-v0": {
        "message": "{timestamp}.{body}",
        "timestamp": "s",
        "headers": (("X-Hook0-Signature", "t={timestamp},v0={sig}"),),
    },
    "convoy-advanced": {
        "message": "{timestamp},{body}",
        "timestamp": "s",
        "headers": (("X-Convoy-Signature", "t={timestamp},v1={sig}"),),
    },
    "okta": {"hash": None, "headers": (("Authorization", "{secret}"),)},
}


def deliver(vector: dict[str, Any], provider: Provider, *secrets: str) -> Delivery:
    """Sign the vector's own event with the given secrets."""
    at = datetime.fromtimestamp(vector["timestamp"], UTC)
    event = Event(
        id=vector["event_id"],
        type=vector["event_type"],
        at=at,
        body=vector["body"].encode(),
        content_type=vector["headers"]["Content-Type"],
    )
    monitor = a_monitor(
        provider=provider,
        secrets=tuple(Secret(secret) for secret in secrets),
        url=vector["url"],
        method=vector["method"],
    )
    return sign(event, monitor, at=at, traceparent=TRACE)


def signing_headers(vector: dict[str, Any], delivery: Delivery) -> dict[str, str]:
    """Our headers, of those the vector has; what identifies us or our shop is not part of the answer."""
    mine = {name.lower(): value for name, value in delivery.headers}
    apart = {"x-shopify-shop-domain", "x-shopify-api-version"}
    return {name: mine.get(name.lower(), "") for name in vector["headers"] if name.lower() not in apart}


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


@pytest.mark.parametrize("vector", STRAIGHT, ids=lambda vector: vector["name"])
def test_a_known_event_is_signed_as_the_world_signs_it(vector: dict[str, Any]) -> None:
    delivery = deliver(vector, PROVIDERS[vector["scheme"]], vector["secret"])
    ours = signing_headers(vector, delivery)
    assert ours == {name: vector["headers"][name] for name in ours}
    assert delivery.body == vector["body"].encode()


@pytest.mark.parametrize("vector", ROTATION, ids=lambda vector: vector["name"])
def test_while_rotating_every_secret_signs_in_the_order_given(vector: dict[str, Any]) -> None:
    """The other secret of these vectors is not published: our item is found in its place, beside another."""
    provider = PROVIDERS[vector["scheme"]]
    name = next(name for name, value in provider.scheme.headers if "{sigs}" in value)
    theirs = vector["headers"][name].split(provider.scheme.joiner)
    other = "whsec_" + "QUJD" * 8
    alone = dict(deliver(vector, provider, vector["secret"]).headers)[name].split(provider.scheme.joiner)
    (place,) = (place for place, item in enumerate(theirs) if item == alone[-1])
    secrets = [vector["secret"], other] if place == len(alone) - 1 else [other, vector["secret"]]
    ours = dict(deliver(vector, provider, *secrets).headers)[name].split(provider.scheme.joiner)
    assert len(ours) == len(theirs)
    assert ours[place] == theirs[place]
    assert len({*ours}) == len(ours)


@pytest.mark.parametrize(
    ("vector", "case"),
    [(vector, case) for vector in STRAIGHT for case in vector["negatives"]],
    ids=lambda item: item.get("name") or item.get("case"),
)
def test_what_must_be_refused_is_never_what_we_sign(vector: dict[str, Any], case: dict[str, Any]) -> None:
    """Tampering changes the body under our signature (a token covers none); all else changes the headers."""
    delivery = deliver(vector, PROVIDERS[vector["scheme"]], vector["secret"])
    ours = signing_headers(vector, delivery)
    sent = {name: case["headers"].get(name, "") for name in ours}
    assert (ours, delivery.body) != (sent, case["body"].encode())
    if case["case"] == "tampered-body" and vector["scheme"] != "gitlab-token":
        tampered = deliver({**vector, "body": case["body"]}, PROVIDERS[vector["scheme"]], vector["secret"])
        assert signing_headers(vector, tampered) != sent


@pytest.mark.parametrize("vector", OTHERS, ids=lambda vector: vector["name"])
def test_the_template_can_say_how_other_providers_sign(vector: dict[str, Any]) -> None:
    template = TEMPLATES[vector["scheme"]]
    delivery = deliver(vector, custom(Scheme(**template)), vector["secret"])
    signed = {name for name, _ in template["headers"]}
    ours = {name: value for name, value in delivery.headers if name in signed}
    expected = {name: vector["headers"][name] for name in ours}
    if vector["name"] == "paddle-published":  # its first item is a dummy
        expected = {"Paddle-Signature": expected["Paddle-Signature"].replace("h1=dummy;", "")}
    assert ours == expected


def test_where_a_header_has_room_for_one_only_the_current_secret_signs() -> None:
    monitor = monitor_of("github", secrets=(Secret("the-current-one"), Secret("the-one-before")))
    alone = replace(monitor, secrets=monitor.secrets[:1])
    assert sign(an_event(), monitor, at=NOON, traceparent=TRACE).headers == (
        sign(an_event(), alone, at=NOON, traceparent=TRACE).headers
    )


def an_event(**changes: Any) -> Event:
    event = Event(
        id="evt_probe_1", type="probe.ping", at=NOON, body=b'{"a":1}', content_type="application/json"
    )
    return replace(event, **changes)


def monitor_of(provider: str, **changes: Any) -> Monitor:
    secret = "whsec_" + "c2VjcmV0" * 4
    fields = {"provider": PROVIDERS[provider], "secrets": (Secret(secret), Secret(secret[:-4] + "AAAA"))}
    return a_monitor(**{**fields, **changes})


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_forged_delivery_differs_in_nothing_but_the_signature(provider: str) -> None:
    monitor, event = monitor_of(provider), an_event()
    true = sign(event, monitor, at=NOON, traceparent=TRACE)
    forged = forge(event, monitor, at=NOON, traceparent=TRACE, key=KEY)
    assert [name for name, _ in forged.headers] == [name for name, _ in true.headers]
    assert [len(value) for _, value in forged.headers] == [len(value) for _, value in true.headers]
    different = {
        name for (name, one), (_, other) in zip(true.headers, forged.headers, strict=True) if one != other
    }
    assert len(different) == 1
    assert proof(monitor.provider, true) != proof(monitor.provider, forged)
    assert replace(forged, headers=(), hidden=()) == replace(true, headers=(), hidden=())


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
    provider=some.sampled_from(sorted(PROVIDERS)),
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
    forged = forge(event, monitor, at=NOON, traceparent=TRACE, key=key)
    assert true.body == forged.body == body
    assert [name for name, _ in true.headers] == [name for name, _ in forged.headers]
    assert proof(monitor.provider, true) != proof(monitor.provider, forged)


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


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_secret_and_every_proof_is_hidden(provider: str) -> None:
    monitor = monitor_of(provider, hidden=(Secret("basic-auth-password"),))
    true = sign(an_event(), monitor, at=NOON, traceparent=TRACE)
    forged = forge(an_event(), monitor, at=NOON, traceparent=TRACE, key=KEY)
    for delivery in (true, forged):
        assert {secret.reveal() for secret in (*monitor.secrets, *monitor.hidden)} <= set(delivery.hidden)
        shown = proof(monitor.provider, delivery)
        for secret in delivery.hidden:
            shown = shown.replace(secret, "")
        assert len(shown) < 30  # "t=1772366400,v1=,v1=" and the like


def test_the_key_inside_an_encoded_secret_is_hidden_too() -> None:
    hidden = handshake(monitor_of("standard")).hidden
    assert "c2VjcmV0" * 4 in hidden
    assert (b"secret" * 4).hex() in hidden


def test_a_handshake_carries_no_event_and_no_header() -> None:
    delivery = handshake(monitor_of("stripe"))
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
