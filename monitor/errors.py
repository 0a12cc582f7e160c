"""Our own failures. What a listener does wrong is never an exception: it is a Reply.

MonitorError
├── ConfigError        monitors.yaml or a file it names is wrong; nothing was changed
├── NotPossible        what somebody asked of an incident
├── UsageError         the command line or the environment asks for something impossible
├── StoreError
│   ├── DatabaseAway   locked, full, unreachable: try again later
│   ├── SchemaMismatch the database is newer than this program, or was not upgraded
│   ├── OwnedElsewhere another process owns the clock of this database
│   └── NotOwner       our epoch is over: stop the clock and the alerts at once
└── NotifyError        a notifier did not take a message
"""

from collections.abc import Mapping
from dataclasses import dataclass


class MonitorError(Exception):
    """Anything that is our own failure, told in one sentence without a secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong (or worth a warning) in a configuration file. Lines and columns count from 1."""

    file: str
    line: int
    column: int
    path: str  # dotted, e.g. monitors.stripe-payments.interval; empty for the whole file
    message: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}:{self.column}"
        return f"{where}: {self.path}: {self.message}" if self.path else f"{where}: {self.message}"


class ConfigError(MonitorError):
    """Every problem of a configuration, found in one run.

    ``files``: all it names, and what each looked like (None: not there); mending one may cure.
    """

    def __init__(
        self, problems: tuple[Problem, ...], *, files: Mapping[str, tuple[int, ...] | None] | None = None
    ) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems
        self.files = files or {}


class UsageError(MonitorError):
    """What was asked for cannot be done as asked."""


class NotPossible(MonitorError):
    """An incident is not there (``missing``), or not in a state in which this can be done."""

    def __init__(self, why: str, *, missing: bool = False) -> None:
        super().__init__(why)
        self.missing = missing


class StoreError(MonitorError):
    """The database did not do what we asked."""


class DatabaseAway(StoreError):
    """Locked, full, or unreachable. What we hold is kept in memory until it is back."""


class SchemaMismatch(StoreError):
    """The tables are not the ones this program knows."""


class OwnedElsewhere(StoreError):
    """Another process owns the clock of this database. ``holder`` says who, as host and process id."""

    def __init__(self, holder: str) -> None:
        super().__init__(f"the database is owned by {holder}; stop it, or start this one with --standby")
        self.holder = holder


class NotOwner(StoreError):
    """Somebody else raised the epoch: we were taken for dead. Stop the clock and the alerts at once."""


class NotifyError(MonitorError):
    """A notifier did not take a message.

    ``permanent``: it takes nothing until somebody mends it. ``hopeless``: another try of this one message
    cannot help, or would tell some people twice. ``unsure``: it may have been taken all the same.
    ``retry_after``: seconds, where the service said so.
    """

    def __init__(
        self,
        problem: str,
        *,
        permanent: bool = False,
        hopeless: bool = False,
        unsure: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(problem)
        self.permanent = permanent
        self.hopeless = hopeless
        self.unsure = unsure
        self.retry_after = retry_after
