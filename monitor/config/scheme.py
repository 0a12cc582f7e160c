"""`provider:` or `signature:` → the provider, and how it signs."""

from monitor.config.parts import SignatureShape
from monitor.config.scalars import in_body
from monitor.config.shapes import MonitorShape
from monitor.core.keys import OF_BODY
from monitor.core.model import Placement, Provider, Scheme
from monitor.core.providers import PROVIDERS, UPSTREAM, custom
from monitor.core.template import names

COVERED_AS_NAMED = frozenset({"url", "id", "timestamp"})
NUMBERS = ("s", "ms")  # forms of a timestamp that JSON writes as a number


def provider_of(shape: MonitorShape) -> Provider:
    """Return the provider, or the one that the signature template stands for."""
    if shape.upstream is not None:
        return UPSTREAM
    if shape.provider is not None:
        return PROVIDERS[shape.provider]
    return custom(scheme_of(shape.signature) if shape.signature else Scheme())


def scheme_of(signature: SignatureShape) -> Scheme:
    given = {name: value for name, value in signature.model_dump().items() if value is not None}
    given["headers"] = tuple(signature.headers.items())
    if "hash" in given:
        given["hash"] = None if signature.hash == "none" else signature.hash
    path, given["timestamp"] = in_body(signature.timestamp or _usual_timestamp(signature))
    if path:
        number = given["timestamp"] in NUMBERS
        given["body"] = (Placement(path=path, template="{timestamp}", number=number),)
    given["covers"] = frozenset(signature.covers) if signature.covers else _covered(signature)
    return Scheme(**given)


def _usual_timestamp(signature: SignatureShape) -> str:
    templates = (signature.message or "", signature.item or "", *signature.headers.values())
    return "s" if any("timestamp" in names(template) for template in templates) else "none"


def _covered(signature: SignatureShape) -> frozenset[str]:
    """Return what a change of would break the signature. A token is the same whatever it is sent with."""
    if signature.hash == "none":
        return frozenset()
    signed = names(signature.message or Scheme().message)
    whole_body = frozenset({"body"} if signed & (OF_BODY | {"body"}) else ())
    return whole_body | (signed & COVERED_AS_NAMED)
