"""How an application asks a library whether an event is true; those that share a secret.

Each function is the sample code of the library's documentation, unguarded: it returns whether the event is
true, or raises whatever the library raises.
"""

import asyncio
import json
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs

import Adyen.util
import easypost.util
import gidgethub.sansio
import hook0
import openai
import paddle_billing.Notifications
import pywa.utils
import razorpay
import resend
import standardwebhooks
import stripe
import svix.webhooks
import twilio.request_validator
import workos
from box_sdk_gen.managers.webhooks import WebhooksManager
from hubspot.utils.signature import Signature
from linebot.v3.webhook import SignatureValidator
from mailgun.security import SecurityGuard
from slack_sdk.signature import SignatureVerifier
from square.utils.webhooks_helper import verify_signature
from twitchAPI.eventsub.webhook import EventSubWebhook

from tests.sdk.verifiers.request import Request

# These verify through a client, which takes a while to make.
OPENAI = openai.OpenAI(api_key="unused")
RAZORPAY = razorpay.Client(auth=("unused", "unused"))
WORKOS = workos.WorkOSClient(api_key="unused", client_id="unused")


def adyen_library(request: Request) -> Any:
    return Adyen.util.is_valid_hmac_notification(json.loads(request.body), request.secret)


def adyen_payload_library(request: Request) -> Any:
    return Adyen.util.is_valid_hmac_payload(
        request.headers.get("HmacSignature"), request.secret, request.body
    )


def box_library(request: Request) -> Any:
    return WebhooksManager.validate_message(request.text, request.headers, request.secret)


def easypost_library(request: Request) -> Any:
    easypost.util.validate_webhook(request.body, request.headers, request.secret)
    return True


def gidgethub_library(request: Request, *, header: str) -> Any:
    gidgethub.sansio.validate_event(
        request.body, signature=request.headers.get(header), secret=request.secret
    )
    return True


def hook0_library(request: Request) -> Any:
    return hook0.verify_webhook_signature(
        request.headers.get("X-Hook0-Signature"), request.body, request.headers, request.secret, 300
    )


def hubspot_library(request: Request) -> Any:
    return Signature.is_valid(
        signature=request.headers.get("X-HubSpot-Signature-v3"),
        client_secret=request.secret,
        request_body=request.text,
        http_uri=request.url,
        http_method=request.method,
        signature_version="v3",
        timestamp=request.headers.get("X-HubSpot-Request-Timestamp"),
    )


def line_library(request: Request) -> Any:
    return SignatureValidator(request.secret).validate(request.text, request.headers.get("X-Line-Signature"))


def mailgun_library(request: Request) -> Any:
    told = json.loads(request.body)["signature"]
    return SecurityGuard.verify_webhook(request.secret, told["token"], told["timestamp"], told["signature"])


def openai_library(request: Request) -> Any:
    OPENAI.webhooks.verify_signature(request.body, request.headers, secret=request.secret)
    return True


def paddle_library(request: Request) -> Any:
    secret = paddle_billing.Notifications.Secret(request.secret)
    return paddle_billing.Notifications.Verifier().verify(request, secret)


def pywa_library(request: Request) -> Any:
    return pywa.utils.webhook_updates_validator(
        request.secret, request.body, request.headers.get("X-Hub-Signature-256")
    )


def razorpay_library(request: Request) -> Any:
    return RAZORPAY.utility.verify_webhook_signature(
        request.text, request.headers.get("X-Razorpay-Signature"), request.secret
    )


def resend_library(request: Request) -> Any:
    told = {name: request.headers.get(f"svix-{name}", "") for name in ("id", "timestamp", "signature")}
    resend.Webhooks.verify({"payload": request.text, "headers": told, "webhook_secret": request.secret})
    return True


def slack_library(request: Request) -> Any:
    return SignatureVerifier(request.secret).is_valid_request(request.body, dict(request.headers))


def square_library(request: Request) -> Any:
    return verify_signature(
        request_body=request.text,
        signature_header=request.headers.get("x-square-hmacsha256-signature"),
        signature_key=request.secret,
        notification_url=request.url,
    )


def standardwebhooks_library(request: Request) -> Any:
    standardwebhooks.Webhook(request.secret).verify(request.body, dict(request.headers))
    return True


def stripe_library(request: Request) -> Any:
    stripe.Webhook.construct_event(request.body, request.headers.get("Stripe-Signature"), request.secret)
    return True


def svix_library(request: Request) -> Any:
    svix.webhooks.Webhook(request.secret).verify(request.body, dict(request.headers))
    return True


class Form(dict[str, list[str]]):
    """A form's fields as Django hands them over."""

    def getlist(self, name: str) -> list[str]:
        return self[name]


def twilio_library(request: Request) -> Any:
    settings = request.headers.get("X-Twilio-Webhooks-Signature-Settings")
    form = request.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded")
    return twilio.request_validator.RequestValidator(request.secret).validate(
        request.url,
        Form(parse_qs(request.text, keep_blank_values=True)) if form else request.text,
        request.headers.get("X-Twilio-Signature", ""),
        twilio.request_validator.get_signature_algorithm(settings),
    )


def twitch_library(request: Request) -> Any:
    """Its listener wants an application at Twitch; what it verifies with needs only the secret."""

    async def text() -> str:
        return request.text

    received = SimpleNamespace(headers=request.headers, text=text)
    return asyncio.run(EventSubWebhook._verify_signature(SimpleNamespace(secret=request.secret), received))


def workos_library(request: Request) -> Any:
    WORKOS.webhooks.verify_header(
        event_body=request.body,
        event_signature=request.headers.get("WorkOS-Signature"),
        secret=request.secret,
    )
    return True
