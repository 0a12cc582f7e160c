"""What the programs themselves promise, which the later tests lean on."""

import hashlib
import hmac
import json
import time
from base64 import b64encode
from collections.abc import Callable, Mapping

import pytest

from tests.sdk.keys import KEYS
from tests.sdk.libraries import NODE, PYTHON
from tests.sdk.oracle import SIDES, Oracle
from tests.sdk.vectors import VECTORS, listener

pytestmark = pytest.mark.real

Oracles = Mapping[str, Oracle]
Signed = tuple[dict[str, str], bytes]


def digest(scheme: str, message: bytes) -> bytes:
    return hmac.new(KEYS[scheme].listener.encode(), message, hashlib.sha256).digest()


def stripe_event(at: int) -> Signed:
    signature = digest("stripe", f"{at}.".encode() + b'{"object":"event"}').hex()
    return {"Stripe-Signature": f"t={at},v1={signature}"}, b'{"object":"event"}'


def linear_event(at: int) -> Signed:
    body = json.dumps({"webhookTimestamp": at * 1000}).encode()
    return {"Linear-Signature": digest("linear", body).hex()}, body


CLOCKED = [
    pytest.param("python", "stripe", "stripe", stripe_event, marks=SIDES["python"].skip),
    pytest.param("node", "linear", "@linear/sdk", linear_event, marks=SIDES["node"].skip),
]
EACH_SIDE = [pytest.param(side, marks=SIDES[side].skip) for side in SIDES]


@pytest.mark.parametrize("side", EACH_SIDE)
def test_every_library_on_the_list_can_be_asked(oracles: Oracles, side: str) -> None:
    assert {(entry["scheme"], entry["library"]) for entry in oracles[side].listed()} == {
        (scheme, library) for scheme, libraries in SIDES[side].libraries.items() for library in libraries
    }


def test_at_least_twenty_packages_of_python_are_asked() -> None:
    assert len({library for libraries in PYTHON.values() for library in libraries}) >= 20


def test_there_is_a_key_for_every_scheme_that_can_be_signed_for() -> None:
    nobodys = {"paypal", "sns"}  # nobody but the provider can sign
    example = {"rfc9421-b25"}  # the standard's, and no provider's
    assert {*PYTHON, *NODE} - {*KEYS} == nobodys | example


@pytest.mark.parametrize(("side", "scheme", "library", "event"), CLOCKED)
def test_the_clock_of_a_known_answer_is_for_its_listener_alone(
    oracles: Oracles, side: str, scheme: str, library: str, event: Callable[[int], Signed]
) -> None:
    now = int(time.time())
    known = next(vector for vector in VECTORS if vector["scheme"] == scheme)
    for at, status in ((now, 200), (known["timestamp"], 401)):
        answer = oracles[side].post(
            listener(known, known["url"]), library, known["headers"], known["body"].encode()
        )
        assert answer == (200, "")
        assert oracles[side].post(scheme, library, *event(at)) == (status, "")


@SIDES["python"].skip
def test_a_listener_knows_its_url_whatever_the_host_header_says(oracles: Oracles) -> None:
    python = oracles["python"]
    for url, status in (
        (python.url("square", "squareup"), 200),
        ("http://else.example/square/squareup", 401),
    ):
        signature = b64encode(digest("square", f"{url}{{}}".encode())).decode()
        headers = {"x-square-hmacsha256-signature": signature, "Host": "else.example"}
        assert python.post("square", "squareup", headers, b"{}") == (status, "")


CRASHES = [
    pytest.param("python", "gidgethub", "AttributeError", marks=SIDES["python"].skip),
    pytest.param("node", "@octokit/webhooks-methods", "TypeError", marks=SIDES["node"].skip),
]


@pytest.mark.parametrize(("side", "library", "name"), CRASHES)
def test_a_crash_is_told_apart_from_a_refusal(oracles: Oracles, side: str, library: str, name: str) -> None:
    status, error = oracles[side].post("github", library, {}, b"{}")
    assert status == 500
    assert name in error


@pytest.mark.parametrize("side", EACH_SIDE)
def test_a_library_that_is_not_there_is_not_found(oracles: Oracles, side: str) -> None:
    assert oracles[side].post("github", "ours", {}, b"{}") == (404, "")
