"""How a shape of the API is made. Docstrings become the descriptions in OpenAPI.

Times are RFC 3339 in UTC, spans are seconds. Every key is always there; what is not known is null.
"""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar, dataclass_transform

T = TypeVar("T")
DOCUMENTED: dict[str, Any] = {
    "use_attribute_docstrings": True,
    "alias_generator": lambda name: name.rstrip("_"),  # from_ is shown as from
}


@dataclass_transform(kw_only_default=True, frozen_default=True)
def shape(cls: type[T]) -> type[T]:
    """Make a frozen, keyword-only dataclass that documents itself in OpenAPI."""
    cls.__pydantic_config__ = DOCUMENTED  # type: ignore[attr-defined]  # read by FastAPI
    return dataclass(frozen=True, slots=True, kw_only=True)(cls)


@dataclass_transform(kw_only_default=True, frozen_default=True)
def asked(cls: type[T]) -> type[T]:
    """Make the shape of something that is sent to us: a key that is not known is refused, not ignored."""
    cls.__pydantic_config__ = DOCUMENTED | {"extra": "forbid"}  # type: ignore[attr-defined]  # as above
    return dataclass(frozen=True, slots=True, kw_only=True)(cls)


@shape
class Page(Generic[T]):
    """One page of a list."""

    items: tuple[T, ...]
    """What was asked for, at most `limit` of it."""
    next: str | None
    """Give this as `cursor` to get the page after this one; null on the last page."""
