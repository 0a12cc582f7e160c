"""Secrets and the keys in them, and what can be wrong with a secret or a signature template."""

import base64
import binascii
import re
import string

from monitor.core.model import Scheme
from monitor.core.template import PLACEHOLDER, to_bytes

HEADER_SAFE = re.compile(r"[!-~](?:[ -~]*[!-~])?")  # printable ASCII, no blank at either end
IN_MESSAGE = frozenset({"timestamp", "id", "body", "url", "method"})
IN_HEADERS = (IN_MESSAGE - {"body"}) | {"sig", "sigs", "type", "secret"}
IN_ITEM = (IN_MESSAGE - {"body"}) | {"sig"}
FORMS = {
    "hex": "hexadecimal digits, an even number of them",
    "base64": "base64",
    "whsec": "base64, with or without whsec_ before it",
}


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
    return None if key else "this secret holds no key"


def scheme_problem(scheme: Scheme) -> str | None:
    """Return what is wrong with a signature template, in words; None if it can sign."""
    places = [("message", scheme.message, IN_MESSAGE), ("item", scheme.item, IN_ITEM)]
    places += [(f"header {name}", template, IN_HEADERS) for name, template in scheme.headers]
    for place, template, known in places:
        for name in PLACEHOLDER.findall(template):
            if name not in known:
                choices = " ".join(f"{{{choice}}}" for choice in sorted(known))
                return f"{place}: {{{name}}} is not known here (known: {choices})"
    if not any(_names(template) & {"sig", "sigs", "secret"} for _, template in scheme.headers):
        return "no header carries {sig}, {sigs} or {secret}: nothing would be signed"
    if (
        "timestamp" in set().union(*(_names(template) for _, template, _ in places))
        and scheme.timestamp == "none"
    ):
        return "{timestamp} is used, but the timestamp format is none"
    return None


def proof_headers(scheme: Scheme) -> frozenset[str]:
    """Return the lower-case names of the headers that prove an event. An operator's must not hide them."""
    return frozenset(
        name.lower() for name, template in scheme.headers if _names(template) & {"sig", "sigs", "secret"}
    )


def shows_secret(scheme: Scheme) -> bool:
    """Return whether the secret itself travels in a header."""
    return scheme.hash is None or any("secret" in _names(template) for _, template in scheme.headers)


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


def _names(template: str) -> set[str]:
    return set(PLACEHOLDER.findall(template))


def _decoded(scheme: Scheme, secret: str) -> bytes:
    match scheme.key:
        case "hex":
            return binascii.unhexlify(to_bytes(secret))
        case "base64":
            return base64.b64decode(to_bytes(secret), validate=True)
        case "whsec":
            return base64.b64decode(to_bytes(secret.removeprefix("whsec_")), validate=True)
    return to_bytes(secret)
