"""Signatures with a private key: others can verify them, and a key that cannot sign is named at load."""

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from hypothesis import given
from hypothesis import strategies as some

from monitor.probe.seal import key_problem, seal

SEED = bytes(range(32))
OURS = ec.derive_private_key(int.from_bytes(SEED), ec.SECP256R1())
PEM = OURS.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()
PKCS8 = OURS.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
LOCKED = OURS.private_bytes(
    Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"a passphrase")
).decode()
PARAMETERS = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
DIGEST = ec.ECDSA(hashes.SHA256())


@pytest.mark.parametrize(
    "pem",
    [
        PEM,
        PKCS8,
        PARAMETERS + PEM,
        f"Bag Attributes\n    localKeyID: 01\n{PKCS8}",
        PEM.replace("\n", "\r\n"),
        f"\n  {PEM}\n",
        PEM.rstrip(),
    ],
    ids=["sec1", "pkcs8", "after-parameters", "after-attributes", "crlf", "blanks", "no-last-newline"],
)
def test_a_pem_signs_however_a_tool_wrote_it(pem: str) -> None:
    assert key_problem("ecdsa", pem) is None
    OURS.public_key().verify(seal("ecdsa", pem.encode(), b"message"), b"message", DIGEST)


@given(message=some.binary())
def test_an_ed25519_seed_signs_any_message(message: bytes) -> None:
    key = Ed25519PrivateKey.from_private_bytes(SEED).public_key()
    key.verify(seal("ed25519", SEED, message), message)


@given(stranger=some.binary(min_size=32, max_size=64))
def test_any_bytes_are_a_strangers_key_and_never_ours(stranger: bytes) -> None:
    signature = seal("ecdsa", stranger, b"message")
    with pytest.raises(InvalidSignature):
        OURS.public_key().verify(signature, b"message", DIGEST)


def _pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.mark.parametrize(
    "secret",
    [
        LOCKED,
        _pem(ec.generate_private_key(ec.SECP384R1())),
        _pem(rsa.generate_private_key(65537, 2048)),
        "-----BEGIN PRIVATE KEY-----\nnot base64\n-----END PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----",
    ],
    ids=["passphrase", "other-curve", "rsa", "nonsense", "cut-off"],
)
def test_a_key_that_cannot_sign_is_told_in_words_without_it(secret: str) -> None:
    problem = key_problem("ecdsa", secret) or ""
    assert "P-256" in problem
    assert secret.splitlines()[-1] not in problem


@pytest.mark.parametrize("algorithm", ["sha256", "ed25519", "provider"])
def test_other_secrets_are_none_of_its_business(algorithm: str) -> None:
    assert key_problem(algorithm, "anything") is None
