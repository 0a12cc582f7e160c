"""Why an alarm is told to nobody now, what is told once that is over: windows, silences, what is held."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from monitor.core.model.telling import AlertKind
from monitor.core.model.words import Check


class HushedBy(StrEnum):
    """What keeps an alarm back."""

    MAINTENANCE = "maintenance"  # announced work
    SILENCE = "silence"  # an operator does not want to hear of it for a while
    PARENT = "parent"  # what it depends on is down, and is told instead
    DOUBT = "doubt"  # what it depends on was not seen well since: it may be down, too
    BLIND = "blind"  # our own network is away: nobody is blamed


@dataclass(frozen=True, slots=True, kw_only=True)
class Hush:
    """What keeps an alarm back now.

    ``name`` of the window, reason of the silence, id of the parent; ``until`` where its end is known.
    """

    by: HushedBy
    name: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """News of an open incident (OPENED or WORSENED) that waits, and what it waited for last."""

    kind: AlertKind
    hush: Hush


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which monitors are meant: all, or those that are named, in a group or tagged; ``checks`` none: all."""

    everything: bool = False
    monitors: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()


class Recurrence(Protocol):
    """When something begins again, and again. Instants are UTC."""

    def last(self, at: datetime) -> datetime | None:
        """Return the last beginning at or before this instant."""

    def following(self, at: datetime) -> datetime | None:
        """Return the first beginning after this instant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Announced work: it begins at ``start`` (UTC) and lasts for ``length``; again where it ``repeat``s.

    ``repeat`` is the rule as it was written (RFC 5545), by the clock of ``zone``; ``recurrence`` the same, to
    be asked. ``number``: an operator announced it; None: it stands in the file. ``public``: what the public
    page says of it.
    """

    name: str
    scope: Scope
    start: datetime
    length: timedelta
    zone: str = "UTC"
    repeat: str | None = None
    public: str | None = None
    number: int | None = None
    recurrence: Recurrence | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """One time that a window is open. ``end`` is the first instant outside it."""

    window: Window
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """An operator does not want to hear of these for a while. It touches neither status nor uptime.

    ``until`` is the first instant outside it.
    """

    number: int
    reason: str
    scope: Scope
    since: datetime
    until: datetime
