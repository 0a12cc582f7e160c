"""Known answers: what others made with the same secret must come out of our signer, byte for byte."""

from typing import Any

import pytest

from monitor.core.keys import key_problem, proof_headers
from monitor.core.model import Delivery
from monitor.core.providers import PROVIDERS
from tests.core.known import KEYLESS, SIGNABLE, VECTORS, as_written, deliver, row, secret_of

# Unsigned headers that say whose event this is and which: not part of the answer.
APART = {
    *("x-shopify-shop-domain", "x-shopify-api-version", "box-delivery-id"),
    *("x-wc-webhook-resource", "x-wc-webhook-event", "x-wc-webhook-id"),
    *("twitch-eventsub-message-type", "twitch-eventsub-subscription-type"),
    *("twitch-eventsub-subscription-version", "user-agent"),
}
STANDARDS = {"date", "content-length", "content-digest"}  # of the standard's own example, not covered by us
ROTATION = [vector for vector in SIGNABLE if "rotation" in vector["name"]]
STRAIGHT = [vector for vector in SIGNABLE if "rotation" not in vector["name"]]


def by_name(item: dict[str, Any]) -> str:
    return str(item.get("name") or item.get("case"))


def signing_headers(vector: dict[str, Any], delivery: Delivery) -> dict[str, str]:
    """Our headers, of those the vector has."""
    mine = {name.lower(): value for name, value in delivery.headers}
    apart = APART | (STANDARDS if vector["scheme"] == "rfc9421-b25" else set())
    if vector["scheme"] == "gitlab-signing-token":
        apart.add("x-gitlab-event-uuid")
    return {name: mine.get(name.lower(), "") for name in vector["headers"] if name.lower() not in apart}


def expected(vector: dict[str, Any], names: dict[str, str]) -> dict[str, str]:
    """The vector's headers, without the signatures that another, unpublished secret made."""
    theirs = {name: vector["headers"][name].replace("h1=dummy;", "") for name in names}
    return {name: value for name, value in theirs.items() if name != "BOX-SIGNATURE-SECONDARY"}


def test_every_known_answer_is_asked_for() -> None:
    assert len(SIGNABLE) == 62
    assert {vector["name"] for vector in VECTORS} - {vector["name"] for vector in SIGNABLE} == KEYLESS


def test_every_provider_has_a_known_answer_and_every_answer_a_provider() -> None:
    """CloudEvents signs nothing; the standard's own example of RFC 9421 is nobody's."""
    schemes = {vector["scheme"] for vector in VECTORS}
    assert {*PROVIDERS} - schemes == {"cloudevents"}
    assert schemes - {*PROVIDERS} == {"rfc9421-b25"}


@pytest.mark.parametrize("vector", STRAIGHT, ids=by_name)
def test_a_known_event_is_signed_as_the_world_signs_it(vector: dict[str, Any]) -> None:
    delivery = deliver(vector)
    ours = signing_headers(vector, delivery)
    theirs = expected(vector, ours)
    assert {name: ours[name] for name in theirs} == theirs
    assert delivery.body == vector["body"].encode()
    assert delivery.url == vector["url"]
    assert key_problem(row(vector).scheme, secret_of(vector)) is None


@pytest.mark.parametrize("vector", STRAIGHT, ids=by_name)
def test_what_proves_it_is_part_of_the_answer(vector: dict[str, Any]) -> None:
    """Else nothing would be compared."""
    scheme = row(vector).scheme
    compared = {name.lower() for name in expected(vector, signing_headers(vector, deliver(vector)))}
    assert proof_headers(scheme) & compared or any(place.template == "{sig}" for place in scheme.body)


def test_only_two_answers_hold_a_time_that_no_clock_of_ours_writes() -> None:
    assert {vector["name"] for vector in SIGNABLE if as_written(vector) != row(vector)} == {
        "box-published",
        "twitch",
    }


def test_the_secondary_signature_of_box_is_made_with_the_second_secret() -> None:
    """Its published example names both keys."""
    vector = next(vector for vector in VECTORS if vector["name"] == "box-published")
    headers = dict(deliver(vector, "SamplePrimaryKey", "SampleSecondaryKey").headers)
    for name in ("BOX-SIGNATURE-PRIMARY", "BOX-SIGNATURE-SECONDARY"):
        assert headers[name] == vector["headers"][name]


@pytest.mark.parametrize("vector", ROTATION, ids=by_name)
def test_while_rotating_every_secret_signs_in_the_order_given(vector: dict[str, Any]) -> None:
    """The other secret of these vectors is not published: our item is found in its place, beside another."""
    scheme = row(vector).scheme
    name = next(name for name, value in scheme.headers if "{sigs}" in value)
    theirs = vector["headers"][name].split(scheme.joiner)
    other = "whsec_" + "QUJD" * 8
    alone = dict(deliver(vector).headers)[name].split(scheme.joiner)
    (place,) = (place for place, item in enumerate(theirs) if item == alone[-1])
    secrets = [vector["secret"], other] if place == len(alone) - 1 else [other, vector["secret"]]
    ours = dict(deliver(vector, *secrets).headers)[name].split(scheme.joiner)
    assert len(ours) == len(theirs)
    assert ours[place] == theirs[place]
    assert len({*ours}) == len(ours)


@pytest.mark.parametrize(
    ("vector", "case"),
    [(vector, case) for vector in STRAIGHT for case in vector["negatives"]],
    ids=by_name,
)
def test_what_must_be_refused_is_never_what_we_sign(vector: dict[str, Any], case: dict[str, Any]) -> None:
    """Tampering changes the body under our signature (some cover none); all else changes the headers."""
    delivery = deliver(vector)
    ours = signing_headers(vector, delivery)
    sent = {name: case["headers"].get(name, "") for name in ours}
    assert (ours, delivery.body, delivery.url) != (sent, case["body"].encode(), case["url"])
    if (
        case["case"] == "tampered-body"
        and "body" in row(vector).scheme.covers
        and case["expect"] == "refused"
    ):
        tampered = deliver(vector, body=case["body"])
        assert (signing_headers(vector, tampered), tampered.body) != (sent, case["body"].encode())
