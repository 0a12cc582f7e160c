"""Redaction: what must be gone before a Reply exists.

A listener may hand a secret back in many coats: as it is, in base64, in hex, percent-encoded, escaped for
JSON or HTML. All of them become dots, and so do the credentials and query values of any URL. A secret encoded
*inside* something longer (base64 of "user:secret") has another alignment and is not found.
"""

import base64
import html
import json
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

DOTS = "•••"
SHORTEST = 4  # shorter strings are no secrets, and would shred every text
ABSOLUTE = re.compile(r"(:\\?/\\?/)([^\s\"'<>/?#\\]*)([^\s\"'<>?#]*)([^\s\"'<>]*)")
RELATIVE = re.compile(r"(?<![^\s\"'(=,])(\\?/)()([^\s\"'<>?#]*)([^\s\"'<>]*)")
SEPARATOR = re.compile(r"(&amp;|[?&#;])")
UNRESERVED = ("", "/", "!'()*", ";,/?:@&=+$#!'()*")  # what encoders leave as it is: quote, JavaScript's two


class Redactor:
    """Takes what is hidden out of any text. Cheap to make: one is made for each delivery.

    ASCII letters match in either case: a listener that prints our signature in capitals has still printed it.
    The work is done on UTF-8 bytes, where lowering ASCII is fast and moves nothing.
    """

    __slots__ = ("_coats",)

    def __init__(self, hidden: Iterable[str]) -> None:
        secrets = {secret for secret in hidden if len(secret) >= SHORTEST}
        self._coats = frozenset(_bytes(coat).lower() for secret in secrets for coat in _coats(secret))

    def text(self, text: str) -> str:
        """Return the text with dots in place of all that is hidden."""
        data = _bytes(text)
        low = data.lower()
        spans = sorted(span for coat in self._coats if coat in low for span in _find(coat, low))
        if spans:
            text = _cut(data, spans)
        return redact_urls(text)


def redact_urls(text: str) -> str:
    """Return the text with the credentials and query values of every URL replaced."""
    if "/" not in text:
        return text
    text = ABSOLUTE.sub(_blank, text)
    return RELATIVE.sub(_blank, text) if "?" in text or "#" in text else text


def _blank(found: re.Match[str]) -> str:
    slashes, authority, path, query = found.groups()
    _, at, host = authority.rpartition("@")
    pieces = SEPARATOR.split(query)
    shown = [
        _blank_piece(separator, piece) for separator, piece in zip(pieces[1::2], pieces[2::2], strict=True)
    ]
    return slashes + (f"{DOTS}@{host}" if at else host) + path + "".join(shown)


def _blank_piece(separator: str, piece: str) -> str:
    """``a=1`` keeps its name. A value without a name goes whole, unless it is an anchor in a page."""
    name, equals, value = piece.partition("=")
    if equals:
        return f"{separator}{name}={DOTS if value else ''}"
    return separator + (DOTS if piece and separator != "#" else piece)


def _coats(secret: str) -> Iterator[str]:
    raw = _bytes(secret)
    yield secret
    yield raw.hex()
    for encoded in (base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode()):
        yield encoded
        yield encoded.rstrip("=")
    if secret.isalnum() and secret.isascii():
        return  # nothing in it that anybody would escape
    for safe in UNRESERVED:
        yield quote(raw, safe=safe)
    yield quote_plus(raw)
    escaped = json.dumps(secret)[1:-1]
    yield escaped
    yield escaped.replace("/", "\\/")
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield html.escape(secret)
    yield html.escape(secret).replace("+", "&#43;").replace("=", "&#61;")


def _find(coat: bytes, data: bytes) -> Iterator[tuple[int, int]]:
    start = data.find(coat)
    while start >= 0:
        yield start, start + len(coat)
        start = data.find(coat, start + 1)


def _cut(data: bytes, spans: list[tuple[int, int]]) -> str:
    """Replace sorted spans; those that touch are one, so that no tail of a secret is left between two."""
    kept: list[bytes] = []
    position = 0
    dots = DOTS.encode()
    for start, end in spans:
        if start > position or not kept:
            kept += [data[position:start], dots]
        position = max(position, end)
    return b"".join([*kept, data[position:]]).decode("utf-8", "surrogatepass")


def _bytes(text: str) -> bytes:
    """A lone surrogate, which JSON and the environment can bring, must not stop redaction."""
    return text.encode("utf-8", "surrogatepass")
