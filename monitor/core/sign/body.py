"""Values in bodies: found, placed, changed. A body that is not what it should be is left as it is."""

import hashlib
import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl

from monitor.core.document import MISSING, child, parsed, value_at
from monitor.core.model import EventTemplate, Placement
from monitor.core.template import fill, names, to_bytes


def placed(body: bytes, placements: tuple[Placement, ...], values: Mapping[str, str]) -> bytes:
    """Return the JSON body with the values in their places, written compactly; unchanged without places."""
    document = parsed(body)
    if not placements or document is MISSING:
        return body
    for place in placements:
        *way, last = place.path.split(".")
        here = document
        for step in way:
            here = _entered(here, step)
        if isinstance(here, dict) and not (place.keep and here.get(last)):
            text = fill(place.template, values)
            here[last] = int(text) if place.number and text.isdecimal() else text
    return to_bytes(json.dumps(document, separators=(",", ":")))


def without(body: bytes, paths: tuple[str, ...]) -> bytes:
    """Return the JSON body without the values at these paths."""
    document = parsed(body)
    if not paths or document is MISSING:
        return body
    for path in paths:
        *way, last = path.split(".")
        here = document
        for step in way:
            here = child(here, step)
        if isinstance(here, dict):
            here.pop(last, None)
    return to_bytes(json.dumps(document, separators=(",", ":")))


def derived(template: str, body: bytes) -> dict[str, bytes]:
    """Return what a template wants to know of the body."""
    wanted, found = names(template), {"body": body}
    if "body_sha256" in wanted:
        found["body_sha256"] = hashlib.sha256(body).hexdigest().encode()
    if "body_sha256_base64" in wanted:
        found["body_sha256_base64"] = b64encode(hashlib.sha256(body).digest())
    if "form" in wanted:
        found["form"] = _sorted_form(body)
    paths = [name for name in wanted if name.startswith("body:")]
    document = parsed(body) if paths else MISSING
    for name in paths:
        found[name] = to_bytes(_as_text(value_at(document, name.removeprefix("body:"))))
    return found


def tampered(body: bytes, template: EventTemplate, event_id: str) -> bytes | None:
    """Return the body with the last character of one value changed; None where it has no such value."""
    text = body.decode("utf-8", "surrogateescape")
    value = _form_value(body, template) if _is_form(template) else _json_value(body, template, event_id)
    if not value:
        return None
    start = text.rfind(value)
    if start < 0:
        return None
    last = start + len(value) - 1
    return to_bytes(text[:last] + _another(text[last]) + text[last + 1 :])


def respaced(body: bytes) -> bytes:
    """Return the JSON body indented, as some providers write it."""
    document = parsed(body)
    return body if document is MISSING else to_bytes(json.dumps(document, indent=2, ensure_ascii=False))


def _entered(here: Any, step: str) -> Any:  # noqa: ANN401  any JSON
    """Go one step down; an object that is not there yet is made."""
    if isinstance(here, dict):
        return here.setdefault(step, {})
    return child(here, step)


def _as_text(value: object) -> str:
    if value is MISSING or value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)


def _sorted_form(body: bytes) -> bytes:
    """Twilio's text: names sorted, each with its values sorted and without repetition, nothing between."""
    pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
    return to_bytes("".join(name + value for name, value in sorted(set(pairs))))


# --- tampering ----------------------------------------------------------------------------------------------


def _is_form(template: EventTemplate) -> bool:
    return "urlencoded" in template.content_type


def _form_value(body: bytes, template: EventTemplate) -> str:
    pairs = body.decode("ascii", "replace").split("&")
    named = [value for pair in pairs for name, _, value in [pair.partition("=")] if name == template.tamper]
    return next((value for value in (*named, *(pair.partition("=")[2] for pair in pairs)) if value), "")


def _json_value(body: bytes, template: EventTemplate, event_id: str) -> str:
    document = parsed(body)
    if template.tamper is not None:
        named = value_at(document, template.tamper)
        return json.dumps(named)[1:-1] if isinstance(named, str) else ""
    texts = list(_texts(document))
    chosen = next((text for text in texts if event_id and event_id in text), None)
    return json.dumps(chosen or next(iter(texts), ""))[1:-1]


def _texts(node: object) -> Iterator[str]:
    """Every text in a document, in order."""
    if isinstance(node, str) and node:
        yield node
    elif isinstance(node, dict | list):
        for child in node.values() if isinstance(node, dict) else node:
            yield from _texts(child)


def _another(character: str) -> str:
    """Another character of the same kind, so that the value looks as it did."""
    for family in ("0123456789", "abcdef", "ABCDEF"):
        if character in family:
            return family[(family.index(character) + 1) % len(family)]
    return "x" if character != "x" else "y"
