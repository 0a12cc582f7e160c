"""Why an alarm is told to nobody now, and what is told once that is over."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.core.model.telling import AlertKind


class HushedBy(StrEnum):
    """What keeps an alarm back."""

    MAINTENANCE = "maintenance"  # announced work
    SILENCE = "silence"  # an operator does not want to hear of it for a while
    PARENT = "parent"  # what it depends on is down, and is told instead
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
