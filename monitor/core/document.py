"""JSON documents of others: read without trust, and asked by dotted paths ("data.items.0.id")."""

import json
from typing import Any, Final

MISSING: Final = object()  # not the same as a null


def parsed(text: str | bytes) -> Any:  # noqa: ANN401  any JSON
    """Return the document, or MISSING where it is not JSON (or a body of ten thousand brackets)."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return MISSING


def value_at(document: object, path: str) -> object:
    """Return what stands at a dotted path, or MISSING."""
    here = document
    for step in path.split("."):
        here = child(here, step)
    return here


def child(here: object, step: str) -> Any:  # noqa: ANN401  any JSON
    """Return what is one step below, or MISSING."""
    if isinstance(here, dict):
        return here.get(step, MISSING)
    if isinstance(here, list) and step.isascii() and step.isdecimal() and len(step) < 10:
        return here[int(step)] if int(step) < len(here) else MISSING
    return MISSING
