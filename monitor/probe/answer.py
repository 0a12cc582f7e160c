"""What a listener said, made harmless: unpacked with a bound, decoded, redacted, capped, safe to render."""

import codecs
import zlib
from collections.abc import Iterable, Sequence

from monitor.core.redact import Redactor

BODY_CAP = 64 * 1024  # bytes read, and characters kept
HEADERS_KEPT = 50
NAME_CAP = 100  # characters
VALUE_CAP = 1024
MESSAGE_CAP = 500
HARMLESS = frozenset("\t\n\r")
# C0, DEL, C1, marks that turn the direction of text, the separators some terminals and scripts act on.
CONTROLS = (*range(0x20), *range(0x7F, 0xA0))
MARKS = (*range(0x200E, 0x2010), *range(0x2028, 0x202F), *range(0x2066, 0x206A), 0x061C, 0xFEFF)
SAFE = {code: "\ufffd" for code in (*CONTROLS, *MARKS) if chr(code) not in HARMLESS}
CHARSETS = frozenset(
    {"utf-8", "utf-8-sig", "ascii", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "shift_jis", "cp932"}
    | {"euc_jp", "iso2022_jp", "gb2312", "gbk", "gb18030", "big5", "euc_kr", "koi8-r", "koi8-u", "mac-roman"}
)
FORMATS = {"gzip": (31,), "x-gzip": (31,), "deflate": (15, -15)}  # servers disagree on what deflate is

RawHeaders = Iterable[tuple[bytes, bytes]]


def margin(hidden: Sequence[str]) -> int:
    """How much more than the cap to read, so that a secret which lies across the cap is still whole.

    Three times the longest (each byte percent-encoded) and a little for the quotes of HTML and JSON.
    """
    return 6 * max((len(secret.encode("utf-8", "surrogatepass")) for secret in hidden), default=0) + 64


def clean(text: str) -> str:
    """Return the text with every control character replaced: it will be printed on terminals and pages."""
    return text.translate(SAFE)


def message(text: str, redactor: Redactor) -> str:
    """Return one line for people: redacted, harmless, short."""
    return " ".join(clean(redactor.text(text)).split())[:MESSAGE_CAP]


def headers(raw: Sequence[tuple[bytes, bytes]], redactor: Redactor) -> tuple[tuple[str, str], ...]:
    """Return the first headers, lower-case names, values redacted whole and then cut."""
    return tuple(_header(name, value, redactor) for name, value in raw[:HEADERS_KEPT])


def _header(name: bytes, value: bytes, redactor: Redactor) -> tuple[str, str]:
    line = f"{name.decode('latin-1').lower()}: {value.decode('utf-8', 'replace')}"
    key, _, rest = clean(redactor.text(line)).partition(": ")
    return key[:NAME_CAP], rest[:VALUE_CAP]


def body(raw: bytes, *, said: RawHeaders, redactor: Redactor, margin: int, cut: bool) -> tuple[str, bool]:
    """Return the body as safe text of at most ``BODY_CAP`` characters, and whether something is missing.

    ``raw`` is what came over the wire, up to the cap and ``margin``; ``cut``: there was more of it.
    """
    if not raw:
        return "", cut
    facts = {name.lower(): value.decode("latin-1").lower() for name, value in said}
    coding = facts.get(b"content-encoding", "").strip()
    if coding not in {"", "identity"} and coding not in FORMATS:
        return f"[{clean(coding)[:40]}-encoded body, {len(raw)} bytes]", cut
    plain, more = unpack(raw, coding, BODY_CAP + margin) if coding in FORMATS else (raw, False)
    cut = cut or more
    text = redactor.text(plain.decode(charset(facts.get(b"content-type", "")), "replace"))
    if cut:  # its last characters may be the first half of a secret
        text = text[: max(len(text) - margin, 0)]
    return clean(text[:BODY_CAP]), cut or len(text) > BODY_CAP


def unpack(raw: bytes, coding: str, limit: int) -> tuple[bytes, bool]:
    """Decompress at most ``limit`` bytes. What is broken is given as far as it goes, else as it came."""
    for window in FORMATS[coding]:
        engine = zlib.decompressobj(window)
        try:
            plain = engine.decompress(raw, limit)
        except zlib.error:
            continue
        return plain, bool(engine.unconsumed_tail) or (len(plain) >= limit and not engine.eof)
    return raw[:limit], len(raw) > limit


def charset(content_type: str) -> str:
    """Return the codec a content type names, if it is a plain text one; utf-8 otherwise.

    A list, because Python also has codecs that decompress, run in quadratic time, or are no text at all.
    """
    _, _, tail = content_type.partition("charset=")
    try:
        name = codecs.lookup(tail.split(";")[0].strip(" \"'")).name if tail else "utf-8"
    except (LookupError, ValueError):  # ValueError: a null character in the name
        return "utf-8"
    return name if name in CHARSETS or name.startswith(("iso8859", "cp125")) else "utf-8"
