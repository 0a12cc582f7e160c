"""How an application asks a library whether an event is true; those that know a public key, and RFC 9421.

Each function is the sample code of the library's documentation, unguarded: it returns whether the event is
true, or raises whatever the library raises.
"""

import base64
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import discord_interactions
import http_message_signatures as signatures
import nacl.signing
import telnyx.lib.webhook_verification
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import load_der_x509_certificate
from paypalrestsdk.notifications import WebhookEvent
from sendgrid.helpers.eventwebhook import EventWebhook

from tests.sdk.verifiers.request import Request


def discord_library(request: Request) -> Any:
    return discord_interactions.verify_key(
        request.body,
        request.headers.get("X-Signature-Ed25519"),
        request.headers.get("X-Signature-Timestamp"),
        request.secret["public_hex"],
    )


def paypal_library(request: Request) -> Any:
    """The library's own idea of what is signed. The certificate is ours, so PayPal's chain is left out."""
    told = [request.headers.get(f"Paypal-Transmission-{name}") for name in ("Id", "Time", "Sig")]
    expected = WebhookEvent._get_expected_sig(told[0], told[1], request.secret["webhook_id"], request.text)
    certificate = load_der_x509_certificate(base64.b64decode(request.secret["cert_pem"]["base64"]))
    key: Any = certificate.public_key()
    key.verify(base64.b64decode(told[2] or ""), expected.encode(), PKCS1v15(), SHA256())
    return True


def pynacl_library(request: Request) -> Any:
    """The specification's rules, as its libraries skip ``v1a``: only the primitive is somebody else's."""
    told = [request.headers.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature")]
    version, _, signature = told[2].partition(",")
    key = nacl.signing.VerifyKey(base64.b64decode(request.secret["public"].removeprefix("whpk_")))
    key.verify(f"{told[0]}.{told[1]}.".encode() + request.body, base64.b64decode(signature))
    return version == "v1a" and abs(time.time() - int(told[1])) <= 300


def rfc9421_library(request: Request) -> Any:
    """What a careful application asks for: the body and where it was sent are covered, and it is fresh."""
    return _http_signature(request.secret).verify(
        request,
        max_age=timedelta(minutes=5),
        body=request.body,
        require_components=("@method", "@target-uri", "content-digest"),
    )


def rfc9421_b25_library(request: Request) -> Any:
    """The standard's own example covers neither."""
    return _http_signature(request.secret).verify(request)


def _http_signature(secret: Mapping[str, str]) -> Any:
    key = base64.b64decode(secret["hmac_b64"])
    return signatures.HTTPMessageVerifier(
        signature_algorithm=signatures.algorithms.HMAC_SHA256,
        key_resolver=signatures.MappingKeyResolver(public_keys={secret["keyid"]: key}, private_keys={}),
    )


def sendgrid_library(request: Request) -> Any:
    header = "X-Twilio-Email-Event-Webhook-"
    return EventWebhook(request.secret["public"]).verify_signature(
        request.text, request.headers.get(f"{header}Signature"), request.headers.get(f"{header}Timestamp")
    )


def telnyx_library(request: Request) -> Any:
    telnyx.lib.webhook_verification.verify_webhook_signature(
        request.body, request.headers, request.secret["public_b64"]
    )
    return True
