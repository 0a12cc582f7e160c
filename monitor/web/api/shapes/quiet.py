"""Announced work and silences, as the API takes and shows them."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from monitor.core.model import Check
from monitor.web.api.shapes.base import shape

Words = Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S")]
Names = Annotated[tuple[Annotated[str, Field(max_length=200)], ...], Field(max_length=1000)]


class _Asked(BaseModel):
    """Whom it means: one of these is needed."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    monitors: Names = ()
    """Ids of monitors."""
    groups: Names = ()
    """Groups of the public page."""
    tags: Names = ()
    """Tags of monitors."""
    all: bool = False
    """Every monitor."""


class WindowAsked(_Asked):
    """Work to be announced."""

    name: Words
    start: datetime | None = None
    """When it begins (for the first time). Without a zone it is by the clock of `timezone`. Default: now."""
    end: datetime | None = None
    """When it ends. This or `duration_seconds`."""
    duration_seconds: Annotated[float, Field(gt=0, le=31 * 86400)] | None = None
    timezone: Annotated[str, Field(max_length=100)] = "UTC"
    repeat: Annotated[str, Field(max_length=500)] | None = None
    """When it comes again: a rule of RFC 5545 (RRULE), by the clock of `timezone`."""
    public: Words | None = None
    """What the public page says of it."""


class SilenceAsked(_Asked):
    """Alarms to be silenced."""

    reason: Words
    until: datetime | None = None
    """The first instant outside it. Without a zone it is UTC. This or `duration_seconds`."""
    duration_seconds: Annotated[float, Field(gt=0, le=90 * 86400)] | None = None
    checks: tuple[Check, ...] = ()
    """Of these checks alone; none: of all."""


@shape
class OccurrenceShown:
    """One time that a window is open."""

    start: datetime
    end: datetime
    """The first instant outside it."""


@shape
class WindowShown:
    """Announced work."""

    number: int | None
    """By which it is ended; null: it stands in the configuration file."""
    name: str
    monitors: tuple[str, ...]
    groups: tuple[str, ...]
    tags: tuple[str, ...]
    all: bool
    open: bool
    """Whether it is going on now."""
    times: tuple[OccurrenceShown, ...]
    """The time that it is open now, if it is, and the next ones: three at most."""
    repeat: str | None
    timezone: str
    public: str | None


@shape
class SilenceShown:
    """Alarms that nobody wants to hear of for a while. It touches neither status nor uptime."""

    number: int
    reason: str
    monitors: tuple[str, ...]
    groups: tuple[str, ...]
    tags: tuple[str, ...]
    all: bool
    checks: tuple[Check, ...]
    since: datetime
    until: datetime
    """The first instant outside it."""


@shape
class HushShown:
    """What keeps the alarm of an open incident back, or kept it back to the end."""

    by: str
    """`maintenance`, `silence`, `parent`, `doubt` (a parent may be down) or `blind` (our network is away)."""
    name: str | None
    """Of the window, the reason of the silence, the id of the parent."""
    until: datetime | None
