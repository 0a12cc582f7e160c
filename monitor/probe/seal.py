"""Signatures that need a private key: the operator's own test key. The door to cryptography, with ``tls``."""

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

CURVE = ec.SECP256R1()
PEM = b"-----BEGIN"


def seal(algorithm: str, key: bytes, message: bytes) -> bytes:
    """Return the signature: Ed25519's 64 bytes, or ECDSA's (P-256, SHA-256) in DER.

    An ``ecdsa`` key is a PEM, or any bytes that are to be one: a stranger's.
    """
    if algorithm == "ed25519":
        return Ed25519PrivateKey.from_private_bytes(key).sign(message)
    return _private_key(key).sign(message, ec.ECDSA(hashes.SHA256()))


def key_problem(algorithm: str, secret: str) -> str | None:
    """Return what is wrong with a private key, in words without it; None if it can sign."""
    if algorithm != "ecdsa":
        return None
    try:
        _private_key(secret.encode())
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return "this secret must be a private key on the curve P-256, in PEM form and without a passphrase"
    return None


def _private_key(key: bytes) -> ec.EllipticCurvePrivateKey:
    if PEM not in key:  # there may be lines before it: attributes, parameters of the curve
        return ec.derive_private_key(int.from_bytes(key[:31]) + 1, CURVE)
    found = load_pem_private_key(key, password=None)
    if not isinstance(found, ec.EllipticCurvePrivateKey) or not isinstance(found.curve, ec.SECP256R1):
        raise ValueError("not a P-256 key")  # noqa: TRY004  the value of the PEM is wrong
    return found
