"""A hostile delivery differs from the valid one in the property tested, and in nothing else."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from monitor.core import event
from monitor.core.document import parsed
from monitor.core.keys import lookalike, needs_secret
from monitor.core.model import Check, Delivery, Event, EventTemplate, Monitor, Provider, Scheme, Secret
from monitor.core.possible import missing
from monitor.core.providers import PROVIDERS
from monitor.core.sign import sign
from monitor.core.sign.body import tampered
from monitor.core.sign.hostile import NOT_JSON, forge, garble, not_json, stale_since, strip, tamper
from monitor.core.template import names
from monitor.probe.seal import seal
from tests.core.keyring import schemes, secrets_for
from tests.makers import NOON, SECOND, a_monitor, a_provider

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
KEY = bytes(range(100, 132))
SIGNS = {"sig", "sigs", "sig2", "sig3", "secret"}
SIGNABLE = sorted(name for name, row in PROVIDERS.items() if needs_secret(row.scheme))
BODIES = [
    '{"id":"{id}","type":"{type}","items":[{"n":1,"t":"x"}],"on":true}',
    '{\n  "data": {"id": "{id}"}\n}',
]


def monitor_of(provider: Provider, **changes: Any) -> Monitor:
    fields = {"provider": provider, "secrets": secrets_for(provider.scheme), "key_id": "key-1"}
    return a_monitor(**{**fields, **changes})


def a_template_of(scheme: Scheme, body: str = BODIES[0]) -> Monitor:
    return monitor_of(a_provider(scheme=scheme, event=EventTemplate(type="probe.ping", body=body)))


def written(monitor: Monitor, at: datetime = NOON) -> Event:
    return event.write(monitor, token="0123456789abcdef" * 2, at=at)


def valid(monitor: Monitor, at: datetime = NOON) -> Delivery:
    return sign(written(monitor, at), monitor, at=at, traceparent=TRACE, seal=seal)


def forged(monitor: Monitor, key: bytes = KEY) -> Delivery:
    return forge(written(monitor), monitor, at=NOON, traceparent=TRACE, key=key, seal=seal)


def proofs_of(scheme: Scheme) -> set[str]:
    return {name for name, template in scheme.headers if names(template) & SIGNS}


def proof_paths(scheme: Scheme) -> set[str]:
    return {place.path for place in scheme.body if names(place.template) & SIGNS}


def leaves(node: object, path: str = "") -> dict[str, object]:
    """Every value of a document that holds no other, by its dotted path."""
    if isinstance(node, dict | list):
        pairs = node.items() if isinstance(node, dict) else enumerate(node)
        return {at: leaf for key, child in pairs for at, leaf in leaves(child, f"{path}{key}.").items()}
    return {path.rstrip("."): node}


def changed_headers(one: Delivery, other: Delivery) -> set[str]:
    """The names whose values differ; names and order must be the same."""
    assert [name for name, _ in one.headers] == [name for name, _ in other.headers]
    pairs = zip(one.headers, other.headers, strict=True)
    return {name for (name, here), (_, there) in pairs if here != there}


def changed_values(one: Delivery, other: Delivery) -> set[str]:
    """The paths of the body's values that differ; everything else of the body must be the same."""
    if one.body == other.body:
        return set()
    before, after = leaves(parsed(one.body)), leaves(parsed(other.body))
    assert list(before) == list(after)
    return {path for path, value in before.items() if value != after[path]}


def assert_alike_apart_from_headers_and_body(one: Delivery, other: Delivery) -> None:
    assert replace(one, headers=other.headers, body=other.body, hidden=other.hidden) == other


# --- forged -------------------------------------------------------------------------------------------------


def assert_forged_differs_in_its_proof_alone(monitor: Monitor, key: bytes = KEY) -> None:
    true, false, scheme = valid(monitor), forged(monitor, key), monitor.provider.scheme
    headers, values = changed_headers(true, false), changed_values(true, false)
    assert headers | values
    assert headers <= proofs_of(scheme)
    assert values <= proof_paths(scheme)
    assert_alike_apart_from_headers_and_body(true, false)
    if scheme.hash != "ecdsa":  # whose signatures are not all of one length
        assert [len(value) for _, value in true.headers] == [len(value) for _, value in false.headers]
        assert len(true.body) == len(false.body)


@pytest.mark.parametrize("name", SIGNABLE)
def test_a_forged_delivery_differs_in_its_proof_alone(name: str) -> None:
    assert_forged_differs_in_its_proof_alone(monitor_of(PROVIDERS[name]))


@given(scheme=schemes(), body=some.sampled_from(BODIES), key=some.binary(min_size=32, max_size=32))
def test_a_forged_delivery_of_any_template_differs_in_its_proof_alone(
    scheme: Scheme, body: str, key: bytes
) -> None:
    assert_forged_differs_in_its_proof_alone(a_template_of(scheme, body), key)


@pytest.mark.parametrize("name", SIGNABLE)
def test_two_forged_deliveries_are_signed_with_different_keys(name: str) -> None:
    monitor = monitor_of(PROVIDERS[name])
    one, other = forged(monitor), forged(monitor, KEY[::-1])
    assert changed_headers(one, other) | changed_values(one, other)


@pytest.mark.parametrize("name", sorted(PROVIDERS.keys() - {*SIGNABLE}))
def test_what_only_the_provider_can_sign_can_be_forged_without_a_secret(name: str) -> None:
    monitor = monitor_of(PROVIDERS[name], secrets=())
    one, other = forged(monitor), forged(monitor, KEY[::-1])
    headers, values = changed_headers(one, other), changed_values(one, other)
    assert headers | values
    assert headers <= proofs_of(monitor.provider.scheme)
    assert values <= proof_paths(monitor.provider.scheme)
    bare = strip(written(monitor), monitor, at=NOON, traceparent=TRACE)
    assert dict(bare.headers).keys() == dict(one.headers).keys() - proofs_of(monitor.provider.scheme)


def test_a_forged_signature_of_a_private_key_is_a_signature_of_another() -> None:
    for scheme in (
        Scheme(hash="ed25519", key="hex", headers=(("X-S", "{sig}"),)),
        Scheme(hash="ed25519", key="whsk", digest="base64", headers=(("X-S", "{sigs}"),)),
        Scheme(hash="ecdsa", key="pem", digest="base64", headers=(("X-S", "{sig}"),)),
    ):
        assert_forged_differs_in_its_proof_alone(a_template_of(scheme))


@pytest.mark.parametrize(
    ("secret", "kept"),
    [("Bearer abc123def456", "Bearer "), ("Basic dXNlcjpwYXNzd29yZA==", "Basic "), ("abc123def456", "")],
)
def test_a_forged_token_keeps_the_word_before_it(secret: str, kept: str) -> None:
    """A listener could tell "Qfmxyz abc" from "Bearer abc" without looking at the token."""
    forged_token = lookalike(secret, KEY)
    assert forged_token.startswith(kept)
    assert forged_token != secret
    assert len(forged_token) == len(secret)


@given(
    secret=some.text(some.characters(min_codepoint=32, max_codepoint=126), min_size=1),
    material=some.binary(min_size=1, max_size=64),
)
def test_a_lookalike_is_never_the_token_itself(secret: str, material: bytes) -> None:
    look = lookalike(secret, material)
    assert look != secret
    assert len(look) == len(secret)


# --- tampered -----------------------------------------------------------------------------------------------


def assert_tampered_differs_in_one_character_of_the_body(monitor: Monitor) -> None:
    true = valid(monitor)
    false = tamper(written(monitor), monitor, at=NOON, traceparent=TRACE, seal=seal)
    assert false is not None
    if monitor.provider.scheme.hash != "ecdsa":  # which never signs alike twice
        assert true.headers == false.headers
        assert len([1 for a, b in zip(true.body, false.body, strict=True) if a != b]) == 1
    assert [name for name, _ in true.headers] == [name for name, _ in false.headers]
    assert true.body != false.body
    assert_alike_apart_from_headers_and_body(true, false)


@pytest.mark.parametrize(
    "name", [name for name in SIGNABLE if missing(Check.TAMPERED, PROVIDERS[name]) is None]
)
def test_a_tampered_delivery_differs_in_one_character_of_the_body(name: str) -> None:
    assert_tampered_differs_in_one_character_of_the_body(monitor_of(PROVIDERS[name]))


@given(scheme=schemes(), body=some.sampled_from(BODIES))
def test_a_tampered_delivery_of_any_template_differs_in_one_character(scheme: Scheme, body: str) -> None:
    assert_tampered_differs_in_one_character_of_the_body(a_template_of(scheme, body))


@pytest.mark.parametrize(
    "name", [name for name in SIGNABLE if missing(Check.TAMPERED, PROVIDERS[name]) is None]
)
def test_tampering_changes_what_the_signature_covers(name: str) -> None:
    """The same change made before signing gives another signature: a verifier can see it."""
    monitor = monitor_of(PROVIDERS[name])
    true, before = valid(monitor), written(monitor)
    changed = tampered(before.body, monitor.event, before.id)
    assert changed is not None
    other = sign(replace(before, body=changed), monitor, at=NOON, traceparent=TRACE, seal=seal)
    assert changed_headers(true, other) or changed_values(true, other) & proof_paths(monitor.provider.scheme)


def test_an_event_without_text_cannot_be_tampered_with() -> None:
    monitor = a_monitor(event=EventTemplate(type="probe.ping", body='{"n":1}'))
    assert tamper(written(monitor), monitor, at=NOON, traceparent=TRACE) is None


# --- unsigned -----------------------------------------------------------------------------------------------


def assert_unsigned_lacks_exactly_the_proof(monitor: Monitor) -> None:
    true, scheme = valid(monitor), monitor.provider.scheme
    bare = strip(written(monitor), monitor, at=NOON, traceparent=TRACE, seal=seal)
    assert bare.headers == tuple(header for header in true.headers if header[0] not in proofs_of(scheme))
    assert_alike_apart_from_headers_and_body(true, bare)
    if not proof_paths(scheme):
        assert bare.body == true.body
        return
    before, after = leaves(parsed(true.body)), leaves(parsed(bare.body))
    gone = {path for path in before if path not in after}
    assert gone == proof_paths(scheme) & before.keys()
    assert all(before[path] == value for path, value in after.items() if path in before)


@pytest.mark.parametrize("name", SIGNABLE)
def test_an_unsigned_delivery_lacks_exactly_the_proof(name: str) -> None:
    assert_unsigned_lacks_exactly_the_proof(monitor_of(PROVIDERS[name]))


@given(scheme=schemes(), body=some.sampled_from(BODIES))
def test_an_unsigned_delivery_of_any_template_lacks_exactly_the_proof(scheme: Scheme, body: str) -> None:
    assert_unsigned_lacks_exactly_the_proof(a_template_of(scheme, body))


@pytest.mark.parametrize("name", sorted(PROVIDERS))
def test_an_unsigned_delivery_shows_no_secret(name: str) -> None:
    monitor = monitor_of(PROVIDERS[name])
    bare = strip(written(monitor), monitor, at=NOON, traceparent=TRACE, seal=seal)
    shown = repr((bare.headers, bare.body, bare.url))
    assert not [secret for secret in monitor.secrets if secret.reveal() in shown]


# --- stale --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seconds", [5, 60, 300, 600, 3600])
def test_a_stale_event_is_older_than_any_verifier_allows(seconds: int) -> None:
    scheme = Scheme(window=seconds * SECOND, timestamp="s")
    age = NOON - stale_since(scheme, NOON)
    assert age >= 2 * seconds * SECOND
    assert age >= (seconds + 60) * SECOND


@pytest.mark.parametrize("name", [name for name in SIGNABLE if missing(Check.STALE, PROVIDERS[name]) is None])
def test_a_stale_delivery_differs_in_its_age_and_what_is_made_of_it(name: str) -> None:
    monitor = monitor_of(PROVIDERS[name])
    true, old = valid(monitor), valid(monitor, stale_since(monitor.provider.scheme, NOON))
    timed = {
        header
        for header, template in (*monitor.provider.scheme.headers, *monitor.provider.headers)
        if names(template) & (SIGNS | {"timestamp", "time", "body_sha256", "body_sha256_base64"})
    }
    assert changed_headers(true, old) <= timed
    assert changed_headers(true, old) or changed_values(true, old)
    assert true.event_id == old.event_id
    assert_alike_apart_from_headers_and_body(replace(true, url=""), replace(old, url=""))


# --- malformed ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(PROVIDERS))
def test_garbage_stands_where_the_signature_should_be(name: str) -> None:
    monitor = monitor_of(PROVIDERS[name])
    delivery = garble(written(monitor), monitor, at=NOON, traceparent=TRACE)
    scheme = monitor.provider.scheme
    shown = [value for header, value in delivery.headers if header in proofs_of(scheme)]
    assert all("garbage" in value for value in shown)
    if not shown:
        assert b"garbage" in delivery.body


@pytest.mark.parametrize("name", SIGNABLE)
def test_what_is_not_json_is_rightly_signed(name: str) -> None:
    monitor = monitor_of(PROVIDERS[name])
    delivery = not_json(written(monitor), monitor, at=NOON, traceparent=TRACE, seal=seal)
    assert delivery.body == NOT_JSON
    assert [header for header, _ in delivery.headers] == [header for header, _ in valid(monitor).headers]


# --- all of them --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SIGNABLE)
def test_every_secret_and_every_proof_just_sent_is_hidden(name: str) -> None:
    provider = PROVIDERS[name]
    monitor = monitor_of(provider, hidden=(Secret("password-in-url"),), verify_token=Secret("verify-me-0"))
    known = {secret.reveal() for secret in monitor.secrets} | {"password-in-url", "verify-me-0"}
    made = [valid(monitor), forged(monitor)]
    made += [strip(written(monitor), monitor, at=NOON, traceparent=TRACE, seal=seal)]
    made += [garble(written(monitor), monitor, at=NOON, traceparent=TRACE)]
    for delivery in made:
        assert known <= set(delivery.hidden)
        shown = " ".join(value for header, value in delivery.headers if header in proofs_of(provider.scheme))
        for text in sorted(delivery.hidden, key=len, reverse=True):
            shown = shown.replace(text, "")
        assert not [word for word in shown.replace(",", " ").split() if len(word) > 40]


@given(
    scheme=schemes(),
    body=some.binary() | some.text().map(str.encode) | some.just(b'{"x":"{sig}{body}{secret}"}'),
    secrets=some.lists(some.text(min_size=1), min_size=1, max_size=3),
    key=some.binary(min_size=32, max_size=32),
)
def test_whatever_the_body_and_the_secret_nothing_raises(
    scheme: Scheme, body: bytes, secrets: list[str], key: bytes
) -> None:
    monitor = replace(a_template_of(scheme), secrets=tuple(Secret(secret) for secret in secrets))
    made = replace(written(monitor), body=body)
    forge(made, monitor, at=NOON, traceparent=TRACE, key=key)
    tamper(made, monitor, at=NOON, traceparent=TRACE)
    strip(made, monitor, at=NOON, traceparent=TRACE)
    garble(made, monitor, at=NOON, traceparent=TRACE)
    not_json(made, monitor, at=NOON, traceparent=TRACE)


@pytest.mark.parametrize("name", sorted(PROVIDERS))
def test_ids_of_hostile_events_look_like_those_of_valid_ones(name: str) -> None:
    monitor = monitor_of(PROVIDERS[name])
    assert written(monitor).id.startswith(monitor.event.id_prefix or "70726f62-65")


def test_a_retired_secret_signs_nothing_hostile() -> None:
    monitor = a_template_of(Scheme(headers=(("X-S", "{sigs}"),)))
    current, old = monitor.secrets
    rotating = replace(monitor, secrets=(current, Secret(old.reveal(), until=NOON)))
    assert dict(forged(rotating).headers)["X-S"].count(",") == 0
    assert timedelta(0) < NOON - stale_since(Scheme(window=SECOND), NOON)
