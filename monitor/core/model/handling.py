"""What becomes of an incident among people: a line for each thing that happened, and what follows."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.core.model.words import Check


class Joined(StrEnum):
    """Why a failing check is part of an incident that was open already."""

    HOST = "same host"
    PARENT = "same parent"
    CERTIFICATE = "same certificate"
    NETWORK = "own network"
    REOPENED = "failed again"  # somebody said that it is not over


class Happened(StrEnum):
    """One kind of line in the timeline of an incident."""

    OPENED = "opened"
    JOINED = "joined"  # another check fails of the same cause
    WORSENED = "worsened"
    CHANGED = "changed"  # it fails in another way
    RECOVERED = "recovered"  # one check of it
    UNWATCHED = "unwatched"  # one check of it was paused, or left the configuration
    ENDED = "ended"  # nothing of it fails any more, or is watched
    ACKNOWLEDGED = "acknowledged"
    NOTED = "noted"
    ASSIGNED = "assigned"
    ESCALATED = "escalated"
    FLAPPING = "flapping"  # one check of it fails and recovers again and again
    STEADY = "steady"  # and does so no more
    RESOLVED = "resolved"  # by hand
    REOPENED = "reopened"
    MERGED = "merged"  # another incident was merged into this one
    MERGED_INTO = "merged_into"  # this one into another: all that is left under its number
    POST_MORTEM = "post_mortem"


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentEvent:
    """One line in the timeline of an incident.

    ``number`` is the incident it belongs to, ``origin`` the one under which it happened: they differ after a
    merge. ``who`` did it; empty: nobody, the monitor saw it. ``other`` is the other incident of a merge.
    ``public``: the public page may show these words.
    """

    number: int
    origin: int
    at: datetime
    kind: Happened
    who: str = ""
    words: str = ""
    monitor: str = ""  # empty where it is about the whole
    check: Check | None = None
    other: int | None = None
    public: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What somebody does about an incident. ``into``: the incident that another is merged into."""

    kind: Happened
    who: str
    words: str = ""
    into: int | None = None
    public: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    """What people have made of an incident. Acknowledged is only what is open."""

    acknowledged_at: datetime | None = None
    acknowledged_by: str = ""
    assignee: str = ""
    reopened_at: datetime | None = None  # it stays open until somebody resolves it
    resolved_at: datetime | None = None  # by hand
    resolved_by: str = ""
    merged_into: int | None = None
    post_mortem: str = ""
    post_mortem_public: bool = False
