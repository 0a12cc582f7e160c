"""Secrets of the right form for every scheme, and schemes of every kind."""

import base64
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import strategies as some

from monitor.core.model import Placement, Scheme, Secret

SEED = bytes(range(32))
PEM = (
    ec.derive_private_key(int.from_bytes(SEED), ec.SECP256R1())
    .private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    .decode()
)
FORMS = {
    "utf8": "correct-horse-battery",
    "hex": SEED.hex(),
    "base64": base64.b64encode(SEED).decode(),
    "whsec": "whsec_" + base64.b64encode(SEED).decode(),
    "whsk": "whsk_" + base64.b64encode(SEED).decode(),
    "pem": PEM,
}
ANOTHER = bytes(range(32, 64))
OTHER_FORMS = {
    "utf8": "the-one-before-that",
    "hex": ANOTHER.hex(),
    "base64": base64.b64encode(ANOTHER).decode(),
    "whsec": "whsec_" + base64.b64encode(ANOTHER).decode(),
    "whsk": "whsk_" + base64.b64encode(ANOTHER).decode(),
    "pem": PEM,
}


def secrets_for(scheme: Scheme) -> tuple[Secret, Secret]:
    """Two secrets that this scheme can sign with."""
    return Secret(FORMS[scheme.key]), Secret(OTHER_FORMS[scheme.key])


TEMPLATES = some.lists(
    some.sampled_from(["{timestamp}", "{id}", "{body}", "{url}", "{method}", "{body_sha256}", ".", "v0:"]),
    max_size=4,
).map("".join)
PROOFS = some.sampled_from(["{sig}", "{sigs}", "v1={sig}", "t={timestamp},{sigs}"])


@some.composite
def schemes(draw: some.DrawFn) -> Scheme:
    """Any scheme that an operator or a row may describe, without private keys."""
    key = draw(some.sampled_from(["utf8", "hex", "base64", "whsec"]))
    fields: dict[str, Any] = {
        "hash": draw(some.sampled_from(["sha1", "sha256", "sha512"])),
        "key": key,
        "message": draw(TEMPLATES) + "{body}",
        "digest": draw(some.sampled_from(["hex", "base64"])),
        "headers": (("X-Id", "{id}"), ("X-Time", "{timestamp}"), ("X-Proof", draw(PROOFS))),
        "item": draw(some.sampled_from(["{sig}", "v1={sig}", "v1,{sig}"])),
        "timestamp": draw(some.sampled_from(["s", "ms", "rfc3339", "rfc3339nano"])),
    }
    if draw(some.booleans()):
        fields["body"] = (
            Placement(path="sent", template="{timestamp}", number=True),
            Placement(path="proof.signature", template="{sig}"),
        )
    return Scheme(**fields)
