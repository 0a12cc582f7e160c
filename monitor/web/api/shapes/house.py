"""The house itself, as the API shows it: its alerts, its notifiers, its configuration."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, model_validator

from monitor.core.model import AlertKind, AlertState, Check, Severity
from monitor.web.api.shapes.base import shape


class NotifierState(StrEnum):
    """Whether a notifier takes alerts."""

    ALIVE = "alive"
    FAILING = "failing"  # it took nothing of what it was sent last; it is tried again
    DEAD = "dead"  # no waiting will cure it


@shape
class AlertShown:
    """One message to one notifier, and what became of it."""

    key: str
    """The same fact is never told twice."""
    notifier: str
    kind: AlertKind
    severity: Severity
    headline: str
    monitor: str | None
    check: Check | None
    incident: int | None
    state: AlertState
    attempts: int
    """How often it left."""
    created_at: datetime
    due_at: datetime
    """When it is tried next."""
    sent_at: datetime | None
    given_up_at: datetime | None
    handed_to: str | None
    """The notifiers that were told instead."""
    left_at: datetime | None
    """It left then, and nobody knows whether it arrived."""
    error: str | None
    """The last refusal, in words."""


@shape
class NotifierShown:
    """A notifier and what waits for it."""

    name: str
    configured: bool
    """False: it has left monitors.yaml, but alerts still wait for it."""
    waiting: int
    oldest_at: datetime | None
    """When the oldest waiting alert was made."""
    given_up: int
    """Alerts that it never took."""
    fallback: tuple[str, ...]
    """Who is told when this one is dead."""
    state: NotifierState
    dead_since: datetime | None
    failing_since: datetime | None
    """Nothing was taken since then."""
    last_success_at: datetime | None
    last_success_seconds: float | None
    """How long its service needed for the last message that it took."""
    last_error_at: datetime | None
    last_error: str | None
    """What it said when it refused a message last."""


class RetryAsked(BaseModel):
    """Which dead letters are to be tried again: these, or all."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"all": True}]})

    keys: list[str] | None = Field(default=None, min_length=1, max_length=1000)
    all: bool = False

    @model_validator(mode="after")
    def _one_of_both(self) -> "RetryAsked":
        if self.all == (self.keys is not None):
            raise ValueError("name the keys, or say all: true")
        return self


@shape
class RetryShown:
    """What is on its way again."""

    retried: tuple[str, ...]


@shape
class ProblemShown:
    """One thing wrong in a configuration file."""

    file: str
    line: int
    column: int
    path: str
    message: str


@shape
class ConfigShown:
    """The configuration that is in force, and how the last attempt to read it went."""

    ok: bool
    """False: the file is refused, and the configuration from before is still in force."""
    at: datetime
    """When it was read, or tried, last."""
    problems: tuple[ProblemShown, ...]
    """Everything that is wrong with it."""
    site: str
    monitors: int
    notifiers: int
    files: tuple[str, ...]
    """Every file it was read from."""
