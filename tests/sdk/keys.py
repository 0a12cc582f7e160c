"""A secret for every scheme, made up here: in the form its provider gives out, and nobody's.

``signing`` is what an operator writes as ``secret:``; ``listener`` is what the application that verifies is
given. They differ where only a private key can sign. Put together here, so that nothing in this file looks
like a key that leaked.
"""

import base64
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

TEXT = "made-up-for-the-tests"
BYTES = sha256(TEXT.encode()).digest()
HEX = BYTES.hex()
BASE64 = base64.b64encode(BYTES).decode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """Both halves; ``key_id`` where the signature names its key."""

    signing: str
    listener: Any
    key_id: str | None = None


def shared(secret: str) -> Key:
    return Key(signing=secret, listener=secret)


def _ed25519() -> bytes:
    return Ed25519PrivateKey.from_private_bytes(BYTES).public_key().public_bytes_raw()


def _standard_v1a() -> Key:
    """The private half is the seed and the public half in one."""
    public = _ed25519()
    return Key(
        signing="whsk_" + base64.b64encode(BYTES + public).decode(),
        listener={"public": "whpk_" + base64.b64encode(public).decode()},
    )


def _sendgrid() -> Key:
    private = derive_private_key(int.from_bytes(BYTES[:16]), SECP256R1())
    public = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return Key(
        signing=private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
        listener={"public": base64.b64encode(public).decode()},
    )


KEYS = {
    **dict.fromkeys(
        ("standard", "svix", "clerk", "resend", "openai", "gitlab-signing-token"), shared("whsec_" + BASE64)
    ),
    "stripe": shared("whsec_" + HEX),  # the same prefix, but the whole text is the key
    "shopify": shared("shpss_" + HEX[:32]),
    "linear": shared("lin_wh_" + TEXT),
    "paddle": shared("pdl_ntfset_" + TEXT),
    "mailgun": shared("key-" + HEX[:32]),
    "hubspot-v3": shared("00000000-0000-4000-8000-000000000000"),
    **dict.fromkeys(("adyen", "adyen-payload"), shared(HEX.upper())),  # 32 bytes in hex
    **dict.fromkeys(("twilio-form", "twilio-json", "twilio-form-sha256"), shared(HEX[:32])),
    **dict.fromkeys(("meta", "dropbox", "line", "slack"), shared(HEX[:32])),
    **dict.fromkeys(("square", "zoom", "workos"), shared(BASE64[:22])),
    # Any text: the operator makes it up.
    **dict.fromkeys(
        (
            *("github", "github-sha1", "bitbucket", "intercom", "gitlab-token", "okta", "cloudevents"),
            *("typeform", "docusign", "woocommerce", "calendly", "zendesk", "lemonsqueezy"),
            *("razorpay", "easypost", "twitch", "box", "hook0-v0", "hook0-v1", "convoy-advanced"),
        ),
        shared(TEXT),
    ),
    # A key pair of our own, where nobody else has the provider's private key.
    "standard-v1a": _standard_v1a(),
    "discord": Key(signing=HEX, listener={"public_hex": _ed25519().hex()}),
    "telnyx": Key(signing=HEX, listener={"public_b64": base64.b64encode(_ed25519()).decode()}),
    "sendgrid": _sendgrid(),
    "rfc9421": Key(signing=BASE64, listener={"hmac_b64": BASE64, "keyid": TEXT}, key_id=TEXT),
}
