"""Secrets and the keys in them, and what can be wrong with a secret or a signature template."""

import base64
import binascii
import re
import string

from monitor.core.model import PROVIDER_ONLY, Scheme
from monitor.core.template import names, to_bytes

HEADER_SAFE = re.compile(r"[!-~](?:[ -~]*[!-~])?")  # printable ASCII, no blank at either end
COMMON = frozenset({"timestamp", "id", "type", "url", "method", "content_type", "key_id", "nonce"})
OF_BODY = frozenset({"body_sha256", "body_sha256_base64", "form"})
IN_MESSAGE = COMMON | OF_BODY | {"body"}
IN_HEADERS = COMMON | OF_BODY | {"sig", "sigs", "sig2", "sig3", "secret"}
IN_ITEM = COMMON | {"sig"}
PROOF = frozenset({"sig", "sigs", "secret"})
SIGNS = PROOF | {"sig2", "sig3"}  # placeholders that stand for a proof
FORMS = {
    "hex": "hexadecimal digits, an even number of them",
    "base64": "base64",
    "whsec": "base64, with or without whsec_ before it",
    "whsk": "base64, with or without whsk_ before it",
    "pem": "a private key in PEM form, from -----BEGIN to the end",
}
SEED = 32  # bytes of an Ed25519 private key


def key_bytes(scheme: Scheme, secret: str) -> bytes:
    """Return the key in a secret. Never raises: one of the wrong form (refused at load) is its own key."""
    try:
        return _decoded(scheme, secret)
    except ValueError:
        return to_bytes(secret)


def key_problem(scheme: Scheme, secret: str) -> str | None:
    """Return what is wrong with a secret for this scheme, in words without the secret; None if it is fine."""
    if shows_secret(scheme) and not HEADER_SAFE.fullmatch(secret):
        return "this secret is sent as a header: printable ASCII only, no blank at either end, no line break"
    try:
        key = _decoded(scheme, secret)
    except ValueError:
        return f"this secret must be {FORMS[scheme.key]}"
    if scheme.hash == "ed25519" and len(key) != SEED:
        return f"this secret must hold {SEED} bytes, an Ed25519 private key; it holds {len(key)}"
    return None if key else "this secret holds no key"


def scheme_problem(scheme: Scheme) -> str | None:
    """Return what is wrong with a signature template, in words; None if it can sign."""
    places = [("message", scheme.message, IN_MESSAGE), ("item", scheme.item, IN_ITEM)]
    places += [(f"header {name}", template, IN_HEADERS) for name, template in scheme.headers]
    places += [(f"body {place.path}", place.template, IN_HEADERS) for place in scheme.body]
    for place, template, known in places:
        for name in sorted(names(template) - known):
            if not name.startswith("body:"):
                choices = " ".join(f"{{{choice}}}" for choice in sorted(known))
                return f"{place}: {{{name}}} is not known here (known: {choices})"
    proven = [*(template for _, template in scheme.headers), *(place.template for place in scheme.body)]
    if not any(names(template) & PROOF for template in proven):
        return "no header carries {sig}, {sigs} or {secret}: nothing would be signed"
    used = frozenset().union(*(names(template) for _, template, _ in places))
    if "timestamp" in used and scheme.timestamp == "none":
        return "{timestamp} is used, but the timestamp format is none"
    return None


def proof_headers(scheme: Scheme) -> frozenset[str]:
    """Return the lower-case names of the headers that prove an event. An operator's must not hide them."""
    return frozenset(name.lower() for name, template in scheme.headers if names(template) & SIGNS)


def shows_secret(scheme: Scheme) -> bool:
    """Return whether the secret itself travels in a header."""
    return scheme.hash is None or any("secret" in names(template) for _, template in scheme.headers)


def needs_secret(scheme: Scheme) -> bool:
    """Return whether the operator has something to sign with; of some providers nobody has."""
    return scheme.hash != PROVIDER_ONLY


def lookalike(secret: str, material: bytes) -> str:
    """Return another token of the same length and look: digits for digits, letters for letters."""
    hexadecimal = set(secret.lower()) <= set(string.hexdigits)
    letters = "abcdef" if hexadecimal else string.ascii_lowercase
    stream = material * (len(secret) // len(material) + 1)
    look = "".join(_swap(character, byte, letters) for character, byte in zip(secret, stream, strict=False))
    if look != secret:
        return look
    return ("a" if secret[:1] != "a" else "b") + secret[1:]


def _swap(character: str, byte: int, letters: str) -> str:
    if character in string.digits:
        return string.digits[byte % 10]
    if character in string.ascii_lowercase:
        return letters[byte % len(letters)]
    if character in string.ascii_uppercase:
        return letters[byte % len(letters)].upper()
    return character


def _decoded(scheme: Scheme, secret: str) -> bytes:
    match scheme.key:
        case "hex":
            return binascii.unhexlify(to_bytes(secret))
        case "base64":
            return base64.b64decode(to_bytes(secret), validate=True)
        case "whsec":
            return base64.b64decode(to_bytes(secret.removeprefix("whsec_")), validate=True)
        case "whsk":  # the seed, with or without the public key after it
            key = base64.b64decode(to_bytes(secret.removeprefix("whsk_")), validate=True)
            return key[:SEED] if len(key) == 2 * SEED else key
        case "pem" if "PRIVATE KEY-----" not in secret:
            raise ValueError
    return to_bytes(secret)
