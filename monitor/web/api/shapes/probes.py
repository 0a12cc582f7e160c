"""One probe, as the API shows it."""

from datetime import datetime

from monitor.core.model import Check, FailureKind, FaultDomain, Phase, Reason, Severity, Status
from monitor.web.api.shapes.base import shape


@shape
class PhasesShown:
    """Seconds spent in each phase; null where the probe never got there."""

    resolve: float | None
    connect: float | None
    tls: float | None
    send: float | None
    wait: float | None
    receive: float | None


@shape
class FailureShown:
    """Why there is no complete answer."""

    kind: FailureKind
    """What the probe saw."""
    phase: Phase
    """How far it had come."""
    message: str
    """The same in words."""


@shape
class HeaderShown:
    """One header of the answer; a name may come more than once."""

    name: str
    value: str


@shape
class EvidenceShown:
    """What came back, capped and redacted. Of a good result headers and body are not kept."""

    address: str | None
    """The IP address and port we spoke to."""
    headers: tuple[HeaderShown, ...]
    """The answer's headers."""
    body: str
    """The first bytes of the body, as text."""
    truncated: bool
    """Whether the body was longer than that."""
    failure: FailureShown | None
    """Set when there was no complete HTTP answer."""
    certificate_expires_at: datetime | None
    """The earliest expiry in the certificate chain."""


@shape
class ResultShown:
    """One finished probe. For a hostile check `up` means refused, `down` accepted, `degraded` crashed."""

    id: int | None
    """Its place in history; null while it is only in memory."""
    monitor: str
    check: Check
    started_at: datetime
    finished_at: datetime
    scheduled: bool
    """False for a confirming probe."""
    status: Status
    reason: Reason
    severity: Severity | None
    """Null when all is well."""
    fault_domain: FaultDomain | None
    """Whose fault it is; null when all is well."""
    message: str
    """What happened, in one sentence."""
    http_status: int | None
    event_id: str
    """What to look for in the listener's log."""
    phases: PhasesShown
    total_seconds: float
    """The sum of the phases."""
    evidence: EvidenceShown
