"""What people are told."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.core.model.words import Check, Severity


class AlertKind(StrEnum):
    """What an alert says."""

    OPENED = "opened"
    WORSENED = "worsened"
    ESCALATED = "escalated"  # nobody has acknowledged it: others are told
    REMINDED = "reminded"  # … and those who know are told again
    FLAPPING = "flapping"  # it fails and recovers again and again: from now on nobody is told each time
    STEADY = "steady"  # it flapped, and now fails for good
    RECOVERED = "recovered"
    RESOLVED = "resolved"  # somebody says that it is over
    BLIND = "blind"  # our own network was away, and is back
    OURS = "ours"  # trouble of our own that an operator must mend (the database)
    TEST = "test"


class AlertState(StrEnum):
    """What became of an alert."""

    WAITING = "waiting"
    SENT = "sent"
    HANDED_OVER = "handed_over"  # another notifier is told instead
    GIVEN_UP = "given_up"  # a dead letter: nobody took it in time


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A label and where it leads."""

    label: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the listener answered: one line about it, and the first bytes of the body (may be empty)."""

    summary: str
    excerpt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """The final words of one alert, before it is dressed for Slack, mail or plain text.

    ``colour`` is red, amber, green or grey. ``headline`` is one line that says it all (push, subject).
    ``facts`` are label and value, in order. Nothing in it needs the monitor any more. Messages of one
    ``thread`` are one conversation, which the ``first`` of them begins; empty: this one stands alone.
    """

    headline: str
    colour: str
    explanation: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    evidence: Evidence | None = None
    links: tuple[Link, ...] = ()
    thread: str = ""
    first: bool = False


TEMPLATES = ("headline.txt", "subject.txt", "footer.txt", "plain.txt", "mail.txt", "mail.html")


@dataclass(frozen=True, slots=True, kw_only=True)
class BadTemplate:
    """What is wrong with one of an operator's ``TEMPLATES``. Lines count from 1."""

    name: str
    line: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One message to one notifier. ``key`` is unique: the same fact is never told twice.

    ``held_until``: quiet hours keep it back until then.
    """

    key: str
    notifier: str
    kind: AlertKind
    severity: Severity
    message: Message
    created_at: datetime
    monitor: str | None = None
    check: Check | None = None
    incident: int | None = None
    held_until: datetime | None = None
