"""How an application tells a true event: ``(body, lower-case headers, secret) → bool``."""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping

import standardwebhooks
import stripe
import svix.webhooks
from slack_sdk.signature import SignatureVerifier

Headers = Mapping[str, str]
Verifier = Callable[[bytes, Headers, str], bool]


def stripe_library(body: bytes, headers: Headers, secret: str) -> bool:
    try:
        event = stripe.Webhook.construct_event(body, headers.get("stripe-signature", ""), secret)
    except stripe.SignatureVerificationError:
        return False
    return str(event.id).startswith("evt_")


def slack_library(body: bytes, headers: Headers, secret: str) -> bool:
    return SignatureVerifier(secret).is_valid_request(body, dict(headers))


def standard_library(body: bytes, headers: Headers, secret: str) -> bool:
    try:
        standardwebhooks.Webhook(secret).verify(body, dict(headers))
    except standardwebhooks.WebhookVerificationError:
        return False
    return True


def svix_library(body: bytes, headers: Headers, secret: str) -> bool:
    try:
        svix.webhooks.Webhook(secret).verify(body, dict(headers))
    except svix.webhooks.WebhookVerificationError:
        return False
    return True


def github_documentation(body: bytes, headers: Headers, secret: str) -> bool:
    """As in "Validating webhook deliveries"."""
    expected = "sha256=" + hmac.new(secret.encode(), msg=body, digestmod=hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, headers.get("x-hub-signature-256", ""))


def shopify_documentation(body: bytes, headers: Headers, secret: str) -> bool:
    """The raw body's digest in base64, and the headers Shopify's library will not do without."""
    required = ("topic", "shop-domain", "api-version", "webhook-id")
    if not all(headers.get(f"x-shopify-{name}") for name in required):
        return False
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    return hmac.compare_digest(base64.b64encode(digest).decode(), headers.get("x-shopify-hmac-sha256", ""))


def gitlab_documentation(_body: bytes, headers: Headers, secret: str) -> bool:
    return hmac.compare_digest(secret.encode(), headers.get("x-gitlab-token", "").encode())


def acme_documentation(body: bytes, headers: Headers, secret: str) -> bool:
    """A company's own scheme, ``t=…,v1=…[,v1=…]`` with SHA-512, which a template describes."""
    timestamp, *items = headers.get("x-acme-signature", "").split(",")
    message = timestamp.removeprefix("t=").encode() + b"." + body
    expected = "v1=" + hmac.new(bytes.fromhex(secret), message, hashlib.sha512).hexdigest()
    return any(hmac.compare_digest(expected, item) for item in items)


VERIFIERS: Mapping[str, Verifier] = {
    "stripe": stripe_library,
    "slack": slack_library,
    "standard": standard_library,
    "svix": svix_library,
    "github": github_documentation,
    "shopify": shopify_documentation,
    "gitlab-token": gitlab_documentation,
    "custom": acme_documentation,
}
