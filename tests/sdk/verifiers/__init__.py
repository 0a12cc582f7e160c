"""Every library of ``libraries.PYTHON``, asked in its own words. Runs in ``.venv-sdk`` alone."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import easypost.errors
import gidgethub
import hook0
import http_message_signatures
import hubspot.exceptions
import nacl.exceptions
import openai
import razorpay.errors
import standardwebhooks
import stripe
import svix.webhooks
import telnyx.lib.webhook_verification
from cryptography.exceptions import InvalidSignature

from tests.sdk.libraries import PYTHON
from tests.sdk.verifiers import keys, shared
from tests.sdk.verifiers.request import Request

__all__ = ["VERIFIERS", "Request", "verify"]

Verifier = Callable[[Request], Any]

LIBRARIES: Mapping[str, Verifier] = {
    "boxsdk": shared.box_library,
    "discord-interactions": keys.discord_library,
    "easypost": shared.easypost_library,
    "hook0-client": shared.hook0_library,
    "hubspot-api-client": shared.hubspot_library,
    "line-bot-sdk": shared.line_library,
    "mailgun": shared.mailgun_library,
    "openai": shared.openai_library,
    "paddle-python-sdk": shared.paddle_library,
    "paypalrestsdk": keys.paypal_library,
    "pynacl": keys.pynacl_library,
    "pywa": shared.pywa_library,
    "razorpay": shared.razorpay_library,
    "resend": shared.resend_library,
    "sendgrid": keys.sendgrid_library,
    "slack-sdk": shared.slack_library,
    "squareup": shared.square_library,
    "standardwebhooks": shared.standardwebhooks_library,
    "stripe": shared.stripe_library,
    "svix": shared.svix_library,
    "telnyx": keys.telnyx_library,
    "twilio": shared.twilio_library,
    "twitchapi": shared.twitch_library,
    "workos": shared.workos_library,
}

# Where one library has a function for each scheme, or is told which header to look at.
BY_SCHEME: Mapping[str, Verifier] = {
    "adyen": shared.adyen_library,
    "adyen-payload": shared.adyen_payload_library,
    "bitbucket": partial(shared.gidgethub_library, header="X-Hub-Signature"),
    "github": partial(shared.gidgethub_library, header="X-Hub-Signature-256"),
    "github-sha1": partial(shared.gidgethub_library, header="X-Hub-Signature"),
    "intercom": partial(shared.gidgethub_library, header="X-Hub-Signature"),
    "rfc9421": keys.rfc9421_library,
    "rfc9421-b25": keys.rfc9421_b25_library,
}

VERIFIERS: Mapping[tuple[str, str], Verifier] = {
    (scheme, library): BY_SCHEME.get(scheme) or LIBRARIES[library]
    for scheme, libraries in PYTHON.items()
    for library in libraries
}

# The errors by which a library's documentation says that it refuses. Any other is a crash.
REFUSALS: Mapping[str, tuple[type[Exception], ...]] = {
    "easypost": (easypost.errors.SignatureVerificationError,),
    "gidgethub": (gidgethub.ValidationFailure,),
    "hook0-client": (hook0.Hook0ClientError,),
    "http-message-signatures": (http_message_signatures.HTTPMessageSignaturesException,),
    "hubspot-api-client": (hubspot.exceptions.InvalidSignatureTimestampError,),
    "mailgun": (TypeError, ValueError),
    "openai": (openai.InvalidWebhookSignatureError,),
    "paypalrestsdk": (InvalidSignature, ValueError),  # the code around it is ours
    "pynacl": (nacl.exceptions.BadSignatureError, ValueError),  # likewise
    "razorpay": (razorpay.errors.SignatureVerificationError,),
    "resend": (ValueError,),
    "standardwebhooks": (standardwebhooks.WebhookVerificationError,),
    "stripe": (stripe.SignatureVerificationError, ValueError),
    "svix": (svix.webhooks.WebhookVerificationError,),
    "telnyx": (telnyx.lib.webhook_verification.WebhookVerificationError,),
    "workos": (ValueError,),
}


def verify(scheme: str, library: str, request: Request) -> bool:
    """Return whether this library takes the event for a true one; let it crash where it does."""
    try:
        return bool(VERIFIERS[scheme, library](request))
    except REFUSALS.get(library, ()):
        return False
