"""Values in bodies: found, placed, changed. A body that is not what it should be is left as it is."""

import hashlib
import json
import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl

from monitor.core.document import MISSING, child, parsed, value_at
from monitor.core.model import EventTemplate, Placement
from monitor.core.template import fill, names, to_bytes

STRING = re.compile(r'"((?:[^"\\]|\\.)*)"(\s*:)?', re.DOTALL)  # of a JSON text; with a colon, a name
PARAMETER = re.compile(r"(?:^|(?<=&))([^=&]*)=([^&]*)")  # of a form
UNIT = re.compile(r"\\u[0-9a-fA-F]{4}|\\.|%[0-9a-fA-F]{2}|.", re.DOTALL)


def placed(body: bytes, placements: tuple[Placement, ...], values: Mapping[str, str]) -> bytes:
    """Return the JSON body with the values in their places, written compactly; unchanged without places."""
    document = parsed(body) if placements else MISSING
    if document is MISSING:
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
    """Return the body with one letter or digit of one value changed; None where it has no such value."""
    text = body.decode("utf-8", "surrogateescape")
    spots = _form_spots(text, template) if _is_form(template) else _json_spots(text, template, event_id)
    for start, value in spots:
        place = _last_plain(value)
        if place is not None:
            at = start + place
            return to_bytes(text[:at] + _another(text[at]) + text[at + 1 :])
    return None


def respaced(body: bytes) -> bytes:
    """Return the JSON body indented, as some providers write it."""
    document = parsed(body)
    if document is MISSING:
        return body
    try:
        return to_bytes(json.dumps(document, indent=2, ensure_ascii=False))
    except RecursionError:
        return body


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


def _form_spots(text: str, template: EventTemplate) -> Iterator[tuple[int, str]]:
    """Where the parameters' values begin, and what they are: the one to tamper with before all others."""
    pairs = sorted(PARAMETER.finditer(text), key=lambda pair: pair[1] != template.tamper)
    yield from ((pair.start(2), pair[2]) for pair in pairs)


def _json_spots(text: str, template: EventTemplate, event_id: str) -> Iterator[tuple[int, str]]:
    """Where texts begin, and what they are as they are written: never a name, never anything but text."""
    document = parsed(text)
    if document is MISSING:
        return
    texts = [(found.start(1), found[1]) for found in STRING.finditer(text) if not found[2]]
    if template.tamper is None:
        # Not an address, if there is anything else: the worker must be able to report what it was made to do.
        yield from sorted(texts, key=lambda spot: (event_id not in spot[1], "://" in spot[1]))
        return
    named = value_at(document, template.tamper)
    for start, written in texts:
        if parsed(f'"{written}"') == named and _stands_at(text, start, written, template.tamper, named):
            yield start, written


def _stands_at(text: str, start: int, written: str, path: str, value: object) -> bool:
    """Whether this text, and no other like it, is the value at that path."""
    without_it = text[:start] + text[start + len(written) :]
    return value_at(parsed(without_it), path) != value


def _last_plain(value: str) -> int | None:
    """Where the last letter or digit of a value is that is no part of an escape, JSON's or a form's."""
    plain = [unit.start() for unit in UNIT.finditer(value) if len(unit[0]) == 1 and unit[0].isalnum()]
    return plain[-1] if plain else None


def _another(character: str) -> str:
    """Another character of the same kind, so that the value looks as it did."""
    for family in ("0123456789", "abcdef", "ABCDEF"):
        if character in family:
            return family[(family.index(character) + 1) % len(family)]
    return "x" if character != "x" else "y"
