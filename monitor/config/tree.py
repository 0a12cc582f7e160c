"""What a YAML file says, before it means anything: texts, lists and tables that know where they stand."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple


class Position(NamedTuple):
    """A place in a file. Lines and columns count from 1."""

    line: int
    column: int


START = Position(1, 1)


class Text(str):
    """A scalar, always text. ``plain`` when it was not quoted.

    ``resolved`` are the values that came into it by ``${VAR}``, ``variables`` their names.
    """

    __slots__ = ("at", "plain", "resolved", "variables")

    at: Position
    plain: bool
    resolved: tuple[str, ...]
    variables: tuple[str, ...]

    @classmethod
    def make(cls, value: str, at: Position = START, *, plain: bool = True) -> "Text":
        """Return a text as it stands in the file, nothing resolved yet."""
        return cls._make(value, at, plain, ())

    @classmethod
    def _make(cls, value: str, at: Position, plain: bool, found: Sequence[tuple[str, str]]) -> "Text":  # noqa: FBT001 - private, next to both callers
        text = cls(value)
        text.at = at
        text.plain = plain
        text.variables = tuple(name for name, _ in found)
        text.resolved = tuple(resolved for _, resolved in found)
        return text

    def with_resolved(self, value: str, found: Sequence[tuple[str, str]]) -> "Text":
        """Return the text after replacement; ``found`` are the names and values that went into it."""
        return self._make(value, self.at, self.plain, found)

    @property
    def empty(self) -> bool:
        """Whether YAML would say null: nothing after the colon, ``~`` or ``null``."""
        return self.plain and not self.resolved and self in {"", "~", "null", "Null", "NULL"}

    @property
    def shown(self) -> str:
        """The text as an error may quote it: shortened, and never what came from the environment."""
        if self.variables:
            return "the value of " + " and ".join(f"${{{name}}}" for name in self.variables)
        return repr(self[:57] + "…") if len(self) > 60 else repr(str(self))


class Listing(list["Node"]):
    """A list and where it begins."""

    __slots__ = ("at",)

    def __init__(self, items: Sequence["Node"] = (), at: Position = START) -> None:
        super().__init__(items)
        self.at = at


class Table(dict[str, "Node"]):
    """A mapping, where it begins, and where each of its keys stands."""

    __slots__ = ("at", "key_at")

    def __init__(self, at: Position = START) -> None:
        super().__init__()
        self.at = at
        self.key_at: dict[str, Position] = {}

    def put(self, key: str, value: "Node", at: Position) -> None:
        self[key] = value
        self.key_at[key] = at

    def merged_over(self, below: "Table") -> "Table":
        """Return this table with what only ``below`` has; tables in both are merged, all else is replaced."""
        merged = Table(self.at)
        for key in [*below, *(key for key in self if key not in below)]:
            upper, lower = self.get(key), below.get(key)
            if isinstance(upper, Table) and isinstance(lower, Table):
                upper = upper.merged_over(lower)
            merged.put(key, below[key] if upper is None else upper, self.key_at.get(key) or below.key_at[key])
        return merged


Node = Text | Listing | Table
Path = tuple[str | int, ...]


def kind(node: object) -> str:
    """Say what a node is, for an error."""
    if isinstance(node, Table):
        return "a mapping"
    if isinstance(node, Listing):
        return "a list"
    if isinstance(node, Text) and node.empty:
        return "empty"
    return "text"


def texts(node: Node) -> Iterator[Text]:
    """Yield every text in a node, in the order of the file."""
    if isinstance(node, Text):
        yield node
        return
    for inner in node.values() if isinstance(node, Table) else node:
        yield from texts(inner)


def dotted(path: Path) -> str:
    """Return the path as an operator reads it: on one line, and not longer than a line."""
    parts = (str(part) for part in path)
    return ".".join((part if part.isprintable() else ascii(part)[1:-1])[:100] for part in parts)


def step(node: Node | None, key: str | int) -> Node | None:
    """Return what stands under a key or index, or None where there is no such thing."""
    if isinstance(node, Table) and isinstance(key, str):
        return node.get(key)
    if isinstance(node, Listing) and isinstance(key, int) and 0 <= key < len(node):
        return node[key]
    return None


def locate(root: Node, path: Path) -> Position:
    """Return where the value at ``path`` begins, or the nearest thing above it that exists."""
    node = root
    for key in path:
        below = step(node, key)
        node = node if below is None else below
    return node.at


def locate_key(root: Node, path: Path) -> Position:
    """Return where the last key of ``path`` stands, or else where its value does."""
    node: Node | None = root
    for key in path[:-1]:
        node = step(node, key)
    if path and isinstance(node, Table) and isinstance(path[-1], str) and path[-1] in node.key_at:
        return node.key_at[path[-1]]
    return locate(root, path)
