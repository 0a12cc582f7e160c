"""The page while it is written: one block of text for each family of series."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What Prometheus calls a type."""

    GAUGE = "gauge"
    COUNTER = "counter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """All series of one name."""

    name: str
    help: str
    kind: Kind = Kind.GAUGE


class Sheet:
    """Lines by family. prometheus_client builds an object for each sample: ten times the time of this."""

    def __init__(self) -> None:
        self._blocks: list[list[str]] = []

    def block(self, family: Family) -> list[str]:
        """Return the block to which the lines of this family are appended, each ending its line."""
        lines = [f"# HELP {family.name} {family.help}\n# TYPE {family.name} {family.kind}\n"]
        self._blocks.append(lines)
        return lines

    def text(self) -> bytes:
        """Return the page. A family without series leaves no heading."""
        return b"".join("".join(lines).encode() for lines in self._blocks if len(lines) > 1)


def quoted(value: str) -> str:
    """Return a label's value as it stands between the quotes."""
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
