"""The house itself, as the API shows it: its alerts, its notifiers, its configuration."""

from datetime import datetime

from monitor.core.model import AlertKind, Check, Severity
from monitor.web.api.shapes.base import shape


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
    state: str
    """`waiting`, `sent` or `given_up`."""
    attempts: int
    created_at: datetime
    due_at: datetime
    """When it is tried next."""
    sent_at: datetime | None
    given_up_at: datetime | None
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
