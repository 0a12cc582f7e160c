"""Known answers whose keys nobody published: what their headers and bodies say is verified, not made."""

import base64
import json
import zlib
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key
from cryptography.x509 import load_der_x509_certificate

from tests.core.known import KEYLESS, VECTORS

SIGNED_BY_SNS = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
OTHERS = [vector for vector in VECTORS if vector["name"] in KEYLESS]
Verify = Callable[[Mapping[str, str], str, Any], None]


def verify_sendgrid(headers: Mapping[str, str], body: str, secret: Any) -> None:
    key = load_der_public_key(base64.b64decode(secret["public"]))
    assert isinstance(key, EllipticCurvePublicKey)
    name = "X-Twilio-Email-Event-Webhook-"
    signature = base64.b64decode(headers[f"{name}Signature"], validate=True)
    key.verify(signature, (headers[f"{name}Timestamp"] + body).encode(), ECDSA(SHA256()))


def verify_sns(headers: Mapping[str, str], body: str, secret: Any) -> None:  # noqa: ARG001  all is in the body
    told = json.loads(body)
    text = "".join(f"{name}\n{told[name]}\n" for name in SIGNED_BY_SNS if name in told)
    algorithm = {"1": SHA1(), "2": SHA256()}[told["SignatureVersion"]]
    signature = base64.b64decode(told["Signature"], validate=True)
    certified(secret).verify(signature, text.encode(), PKCS1v15(), algorithm)


def verify_paypal(headers: Mapping[str, str], body: str, secret: Any) -> None:
    told = [headers[f"PAYPAL-TRANSMISSION-{name}"] for name in ("ID", "TIME", "SIG")]
    text = f"{told[0]}|{told[1]}|{secret['webhook_id']}|{zlib.crc32(body.encode())}"
    certified(secret).verify(base64.b64decode(told[2], validate=True), text.encode(), PKCS1v15(), SHA256())


def certified(secret: Any) -> RSAPublicKey:
    key = load_der_x509_certificate(base64.b64decode(secret["cert_pem"]["base64"])).public_key()
    assert isinstance(key, RSAPublicKey)
    return key


VERIFY: Mapping[str, Verify] = {"sendgrid": verify_sendgrid, "sns": verify_sns, "paypal": verify_paypal}


def test_there_are_five() -> None:
    assert len(OTHERS) == len(KEYLESS) == 5


@pytest.mark.parametrize("vector", OTHERS, ids=lambda vector: vector["name"])
def test_a_true_one_is_verified(vector: dict[str, Any]) -> None:
    VERIFY[vector["scheme"]](vector["headers"], vector["body"], vector["secret"])


@pytest.mark.parametrize(
    ("vector", "case"),
    [(vector, case) for vector in OTHERS for case in vector["negatives"]],
    ids=lambda item: item.get("name") or item.get("case"),
)
def test_a_changed_one_is_not(vector: dict[str, Any], case: dict[str, Any]) -> None:
    with pytest.raises((InvalidSignature, KeyError, ValueError)):
        VERIFY[vector["scheme"]](case["headers"], case["body"], vector["secret"])
