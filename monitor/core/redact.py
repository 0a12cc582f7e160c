"""Redaction: what must be gone before a Reply exists.

A secret can come back in many coats: as it is, in base64, in hex, percent-encoded. All of them become dots,
and so do the credentials and query values of any URL.
"""

import base64
import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import quote, quote_plus

DOTS = "•••"
SHORTEST = 4  # shorter strings are no secrets, and would shred every text
USERINFO = re.compile(r"(?<=://)[^/\s@?#\"'<>]+@")
QUERY = re.compile(r"([?&][^=\s&#\"'<>]{1,200}=)([^&\s#\"'<>]+)(?=[^\s]*)")
URL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]{1,20}://[^\s\"'<>]+")


class Redactor:
    """Takes what is hidden out of any text."""

    __slots__ = ("_pattern",)

    def __init__(self, hidden: Iterable[str]) -> None:
        self._pattern = _pattern(frozenset(secret for secret in hidden if len(secret) >= SHORTEST))

    def text(self, text: str) -> str:
        """Return the text with dots in place of all that is hidden."""
        if self._pattern is not None:
            text = self._pattern.sub(DOTS, text)
        return redact_urls(text) if "://" in text else text


def redact_urls(text: str) -> str:
    """Return the text with the credentials and query values of every URL replaced."""
    return URL.sub(lambda found: QUERY.sub(rf"\1{DOTS}", USERINFO.sub(f"{DOTS}@", found[0])), text)


@lru_cache(maxsize=4096)
def _coats(secret: str) -> frozenset[str]:
    raw = secret.encode()
    standard, safe = base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode()
    coats = {secret, standard, standard.rstrip("="), safe, safe.rstrip("="), raw.hex(), raw.hex().upper()}
    coats |= {quote(secret, safe=""), quote(secret), quote_plus(secret)}
    coats.add(secret.encode("unicode_escape").decode())
    return frozenset(coats)


def _pattern(hidden: frozenset[str]) -> re.Pattern[str] | None:
    coats = {coat for secret in hidden for coat in _coats(secret)}
    if not coats:
        return None
    return re.compile("|".join(re.escape(coat) for coat in sorted(coats, key=len, reverse=True)))
