"""The alerts received: in memory to be shown, in a file to outlive a restart."""

import json
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

KEPT = 1000  # the newest; the file keeps all


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One alert as Apprise's ``json://`` sent it. ``kind`` is failure, warning, success or info."""

    at: datetime
    title: str
    message: str
    kind: str

    def as_json(self) -> dict[str, str]:
        return {
            "at": self.at.isoformat(),
            "title": self.title,
            "message": self.message,
            "kind": self.kind,
        }


def from_json(value: dict[str, Any]) -> Received:
    """Return what ``as_json`` wrote. Raises KeyError, TypeError or ValueError on anything else."""
    return Received(
        at=datetime.fromisoformat(value["at"]).astimezone(UTC),
        title=str(value["title"]),
        message=str(value["message"]),
        kind=str(value["kind"]),
    )


def from_apprise(body: object, at: datetime) -> Received:
    """Return the alert in any JSON: what is not in Apprise's shape is shown as it is."""
    if not isinstance(body, dict) or "message" not in body:
        return Received(at=at, title="", message=json.dumps(body), kind="info")
    return Received(
        at=at,
        title=str(body.get("title") or ""),
        message=str(body["message"]),
        kind=str(body.get("type") or "info"),
    )


class Inbox:
    """Keeps what arrives, oldest first."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._items = deque(_read(path), maxlen=KEPT)

    def add(self, received: Received) -> None:
        self._items.append(received)
        with self._path.open("a") as file:
            file.write(json.dumps(received.as_json()) + "\n")

    def items(self) -> tuple[Received, ...]:
        return tuple(self._items)


def _read(path: Path) -> list[Received]:
    """A line that was cut off by a crash, or edited, is left out."""
    items = []
    for line in path.read_text(errors="replace").splitlines() if path.exists() else ():
        try:
            items.append(from_json(json.loads(line)))
        except (ValueError, KeyError, TypeError):
            continue
    return items
