"""A monitor and what is held to be true of it, as the API shows them."""

from datetime import datetime

from monitor.core.model import Check, Reason, Severity, Status
from monitor.web.api.shapes.base import shape
from monitor.web.api.shapes.probes import ResultShown


@shape
class FindingShown:
    """A failing hostile, duplicate, rotation or fidelity check: about safety, not availability."""

    check: Check
    """The check that found it."""
    reason: Reason
    """What is wrong."""
    severity: Severity
    """How loudly it was told."""
    since: datetime
    """The first probe that showed it."""


@shape
class MonitorShown:
    """One monitor and what we hold to be true of it."""

    id: str
    """Its key in monitors.yaml."""
    name: str
    """What the public page calls it; the id, if it is not on the page."""
    group: str | None
    """Its group on the public page."""
    tags: tuple[str, ...]
    """As configured."""
    provider: str
    """Whose webhooks the listener expects; `custom` for a signature of your own, `heartbeat` for a job."""
    url: str
    """Where events are sent. Credentials and query values are replaced by dots. Empty for a heartbeat."""
    enabled: bool
    """False: configured, but not probed."""
    public: bool
    """Whether the public page shows it."""
    status: Status
    """The worst of its availability checks."""
    reason: Reason | None
    """Why; null while nothing is known."""
    since: datetime | None
    """From when on it has had this status."""
    findings: tuple[FindingShown, ...]
    """What its checks of safety found; they never touch the status."""
    last_result_at: datetime | None
    """The start of the last probe that told us something."""
    worst_case_detection_seconds: float | None
    """The longest time from a fault to its confirmation; null where no valid events are sent."""
    checks: tuple[Check, ...]
    """The questions asked of it."""


@shape
class CheckShown:
    """One check and what we believe of it."""

    check: Check
    every_seconds: float
    """How often it runs."""
    status: Status
    """What is true now: unknown after two silent intervals."""
    settled: Status
    """What thresholds confirmed last."""
    reason: Reason | None
    since: datetime | None
    failures: int
    """Failing probes in a row."""
    successes: int
    """Good probes in a row."""
    recent: str
    """The last scheduled probes, oldest first: `.` good, `x` failed."""
    last_result_at: datetime | None
    last_good_at: datetime | None
    incident: int | None
    """The number of its open incident."""
    last_result: ResultShown | None
    """The last probe of this run of webhook-monitor."""


@shape
class ExpectationShown:
    """What counts as acknowledged."""

    statuses: tuple[str, ...]
    within_seconds: float
    """When the provider gives up."""
    slow_after_seconds: float
    """An acknowledgement past this is slow."""


@shape
class ReceiptShown:
    """How its events prove that they were processed."""

    within_seconds: float
    """How long after its sending an event must be processed."""
    way: str
    """How it is proved: address, by_id or poll."""
    last_processed_at: datetime | None
    """When the last event was sent of which we know that it was processed."""
    last_processing_seconds: float | None
    """How long the last event took to the far end that has come out there."""


@shape
class PulseShown:
    """What was heard from outside: calls of a job, or reports of real events."""

    listening_since: datetime
    """From when on silence counts: nobody listened before, or could not."""
    heard_at: datetime | None
    """The last success of the job, or the last real event."""
    started_at: datetime | None
    """Of a run that has not ended."""
    failed_at: datetime | None
    """Of the last run, if the job said that it failed."""
    note: str | None
    """What it said along with that."""
    events: int
    """Real events ever reported."""


@shape
class MonitorDetail(MonitorShown):
    """One monitor with its checks, their health, and how it is probed."""

    health: tuple[CheckShown, ...]
    """Its checks, one by one."""
    pulse: PulseShown | None
    """Null where nothing calls, or nobody has listened yet."""
    method: str
    timeout_seconds: float
    """When we stop waiting."""
    confirm_interval_seconds: float
    """How long after the start of a failing probe the confirming one starts."""
    down_after: int
    """Failing probes in a row that make an outage."""
    up_after: int
    """Good probes in a row that end one."""
    expect: ExpectationShown
    receipt: ReceiptShown | None
    """None where only the acknowledgement is asked for."""
    notify: tuple[str, ...]
    """The notifiers that hear of it."""
    runbook: str | None
    """As configured; credentials and query values are replaced by dots."""
