"""What history says of a check in maintenance: MAINTENANCE from the first instant to the last.

Its health goes on underneath. What changes inside is not written; what is found out afterwards and began
inside begins when the maintenance ended; what began before it did so, and still holds after it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.core.model import Transition


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """A check in maintenance since ``began``, ``until`` then as it is planned; ``ended`` when it was over."""

    began: datetime
    until: datetime
    ended: datetime | None = None


def masked(transitions: tuple[Transition, ...], spell: Spell) -> tuple[Transition, ...]:
    """Return what history is to say of these changes."""
    return tuple(shown for change in transitions for shown in _masked(change, spell))


def _masked(change: Transition, spell: Spell) -> Iterator[Transition]:
    if change.at < spell.began:
        yield change
    elif spell.ended is not None and change.at >= spell.ended:
        yield change
        return
    if spell.ended is not None:
        yield replace(change, at=spell.ended)
