"""What a verifier is given."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """An event as a web framework hands it over. ``secret`` is a text or a key's parts, as in the vectors."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    secret: Any

    @property
    def text(self) -> str:
        return self.body.decode()
