"""Incidents, what happened to them, and what may be asked of them, as the API shows it."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from monitor.core.model import Check, Closing, Joined, Reason, Severity
from monitor.web.api.shapes.base import asked, shape
from monitor.web.api.shapes.probes import ResultShown
from monitor.web.api.shapes.quiet import HushShown


@shape
class ConsequencesShown:
    """What becomes of real events, from what is known of the provider and from the measured outage."""

    text: str
    """In words; while it is open, as of now."""
    events_at_risk: int | None
    """About how many real events failed, by the `volume` of the monitor; null without one."""
    lost_since: datetime | None
    """From when on events do not come again by themselves; null where none is lost, or nobody knows."""
    resend_until: datetime | None
    """When, at the latest, what failed first is sent again for the last time; null where nobody knows."""


@shape
class AffectedShown:
    """One check's part in an incident. A check that failed twice has two."""

    monitor: str
    check: Check
    joined: Joined | None
    """Why it is part of an incident that was open already; null for the first."""
    severity: Severity
    reason: Reason
    message: str
    """What the confirming probe showed."""
    diagnosis: str | None
    """What that probe said beside a second one: verification is off, or another secret is accepted."""
    consequences: ConsequencesShown | None
    """Null where no event is lost (slow, flaky, a finding), or nothing is known of the provider."""
    started_at: datetime
    confirmed_at: datetime
    last_good_at: datetime | None
    ended_at: datetime | None
    """Null while it fails."""
    closing: Closing | None
    """Why it ended."""
    duration_seconds: float
    unmeasured_seconds: float
    """Up to its end, or to now."""
    failures: int
    """Failing probes so far."""
    held: HushShown | None
    """What keeps its alarm back, or kept it back to the end; null: nothing does or did."""
    measured: bool
    """False: it is open, but nothing has been measured lately, so nobody knows."""
    told: tuple[str, ...]
    """The notifiers that heard of it."""


@shape
class IncidentShown(AffectedShown):
    """All that failed of one cause, from the first failing probe to the end of the last of it.

    `monitor`, `check` and what is said of them are those that failed first; severity, times and end are those
    of the whole.
    """

    number: int
    finding: bool
    """True: about safety; it touches neither status nor uptime, and no public page shows it."""
    meaning: str
    """What the reason means for real events."""
    first: str
    """What to do first."""
    affected: tuple[AffectedShown, ...]
    """Every check of it, in the order in which they were confirmed."""
    acknowledged_at: datetime | None
    """Null while nobody has it in hand, and once it is over."""
    acknowledged_by: str | None
    assignee: str | None
    reopened_at: datetime | None
    """Since when it is held open by hand; null where it is not."""
    resolved_at: datetime | None
    """When somebody said that it is over."""
    resolved_by: str | None
    post_mortem: str | None
    post_mortem_public: bool
    """Whether the public page shows it."""


@shape
class LineShown:
    """One line of a timeline."""

    at: datetime
    kind: str
    """opened, joined, worsened, changed, recovered, unwatched, ended; told, given_up (an alert: `who` is the
    notifier); acknowledged, noted, assigned, escalated, resolved, reopened, merged, post_mortem."""
    who: str | None
    """Null: nobody, the monitor saw it."""
    words: str
    monitor: str | None
    """Null where it is about the whole."""
    check: Check | None
    origin: int
    """The number under which it happened; another one where that incident was merged into this one."""


@shape
class IncidentDetail(IncidentShown):
    """One incident with all that happened to it."""

    evidence: ResultShown | None
    """The last failing probe of what failed first; null where it is kept no more."""
    timeline: tuple[LineShown, ...]
    """Oldest first."""


def _one_line(text: str) -> str:
    """A name that turns the text around it, or rings, is shown in terminals and mails."""
    return "".join(letter for letter in " ".join(text.split()) if letter.isprintable())


Name = Annotated[
    str,
    AfterValidator(_one_line),
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100),
]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]
Remark = Annotated[str, StringConstraints(strip_whitespace=True, max_length=20_000)]


@asked
class Signed:
    """Who does it, and why."""

    who: Name
    """As the timeline will name them."""
    text: Remark = ""
    """A word to go with it."""


@asked
class Noted:
    """A note."""

    who: Name
    text: Text


@asked
class Assigned:
    """Who is to see to it."""

    who: Name
    to: Name
    """Their name."""


@asked
class Merged:
    """Which incident this one is part of."""

    who: Name
    into: int
    """The number of the incident that stays."""


@asked
class PostMortem:
    """What was learned. It replaces what was written before."""

    who: Name
    text: Text
    public: bool = False
    """Whether the public page shows it, once the incident is over."""
