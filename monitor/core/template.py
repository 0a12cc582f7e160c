"""Literal substitution in one pass: ``{name}`` is replaced where the name is known, all else stays.

What is put in is never looked at again, so a body may hold braces, and JSON needs no escaping.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

PLACEHOLDER = re.compile(r"\{([a-z_][a-z0-9_]*(?::[\w.-]+)?)\}")


@lru_cache(maxsize=4096)  # asked several times for each probe; there are only as many as schemes have parts
def names(template: str) -> frozenset[str]:
    """Return what stands in braces in a template, known or not."""
    return frozenset(PLACEHOLDER.findall(template))


def fill(template: str, values: Mapping[str, str]) -> str:
    """Return the template with every known placeholder replaced."""
    return PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), template)


def fill_bytes(template: str, values: Mapping[str, bytes]) -> bytes:
    """Return the same, where values may be any bytes (a body)."""
    parts = PLACEHOLDER.split(template)
    filled = [to_bytes(parts[0])]
    for name, text in zip(parts[1::2], parts[2::2], strict=True):
        filled += [values.get(name, b"{" + name.encode() + b"}"), to_bytes(text)]
    return b"".join(filled)


def to_bytes(text: str) -> bytes:
    """Return the text in UTF-8. Never raises: bytes that came in as surrogates go out as they were."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")
