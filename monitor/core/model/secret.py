"""A value that must appear nowhere."""

from datetime import datetime


class Secret:
    """A value that must appear nowhere. It prints as dots; ``reveal`` is called where it is used.

    ``until``: while rotating, when this one is retired. Afterwards it signs no more, and must be refused.
    """

    __slots__ = ("_value", "until")

    def __init__(self, value: str, *, until: datetime | None = None) -> None:
        self._value = value
        self.until = until

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return "Secret(•••)"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and (other._value, other.until) == (self._value, self.until)

    def __hash__(self) -> int:
        return hash(self._value)
