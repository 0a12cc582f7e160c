"""Known answers: what others made with the same secret must come out of our signer, byte for byte."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.core.model import Delivery, Event, Provider, Scheme, Secret
from monitor.core.providers import PROVIDERS, custom
from monitor.core.sign import sign
from tests.makers import a_monitor

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
VECTORS = json.loads((Path(__file__).parents[1] / "data" / "vectors.json").read_text())["vectors"]
BUILT_IN = [vector for vector in VECTORS if vector["scheme"] in PROVIDERS]
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

OTHERS = [vector for vector in VECTORS if vector["scheme"] in TEMPLATES]


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
