"""One probe on its way: Event → Delivery → Reply → Verdict ⇒ Result."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core.model.monitor import Tls
from monitor.core.model.words import Check, FailureKind, FaultDomain, Phase, Reason, Severity, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A synthetic message, written but not yet signed. ``body`` is sent byte for byte."""

    id: str
    type: str
    at: datetime
    body: bytes
    content_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """An event signed and ready to send: all that the probe door needs to know, and nothing of the monitor.

    ``hidden`` are the literal strings that must be gone before a Reply exists: secrets, signatures, tokens.
    ``handshake_only`` connects, reads the certificate (even one that verification would refuse) and hangs up.
    """

    event_id: str
    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    timeout: timedelta
    hidden: tuple[str, ...] = ()
    connect_to: tuple[str, int] | None = None
    tls: Tls = Tls()
    reuse_connection: bool = False
    handshake_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Phases:
    """Seconds spent in each phase; None where the probe never got there (or the phase does not exist)."""

    resolve: float | None = None
    connect: float | None = None
    tls: float | None = None
    send: float | None = None
    wait: float | None = None
    receive: float | None = None

    @property
    def total(self) -> float:
        return sum(seconds for seconds in self.seconds() if seconds is not None)

    def seconds(self) -> tuple[float | None, ...]:
        """In the order of ``Phase``."""
        return (self.resolve, self.connect, self.tls, self.send, self.wait, self.receive)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why there is no complete HTTP answer: what, in which phase, in the system's own (redacted) words."""

    kind: FailureKind
    phase: Phase
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came back, already redacted and capped. Exactly one of ``http_status`` and ``failure`` is set,
    except after a handshake without a request, where both may be None.
    """

    started_at: datetime
    phases: Phases
    http_status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()  # lower-case names, capped in number and length
    body: str = ""  # decoded, capped, safe to render
    truncated: bool = False  # the body was longer than the cap
    failure: Failure | None = None
    certificate_expires_at: datetime | None = None  # the earliest in the chain
    address: str | None = None  # the IP address and port we spoke to

    def header(self, name: str) -> str | None:
        """Return the first header of that lower-case name."""
        return next((value for key, value in self.headers if key == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A reply judged. For a hostile check UP means refused, DOWN accepted, DEGRADED crashed.

    ``severity`` and ``fault_domain`` are None when all is well. ``message`` is one sentence for a person.
    ``retry_after`` is how long the listener asked us to stay away, at most five minutes. ``diagnosis``
    is what it says beside another probe, in a sentence; mostly nothing.
    """

    status: Status
    reason: Reason
    message: str
    severity: Severity | None = None
    fault_domain: FaultDomain | None = None
    retry_after: timedelta | None = None
    diagnosis: str = ""

    @property
    def good(self) -> bool:
        return self.status is Status.UP


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One finished probe. ``scheduled`` is False for a confirming probe.

    ``sent_first``: when its event was sent first, if the reply is to a later sending.
    """

    monitor: str
    check: Check
    event_id: str
    verdict: Verdict
    reply: Reply
    finished_at: datetime
    scheduled: bool = True
    sent_first: datetime | None = None

    @property
    def started_at(self) -> datetime:
        return self.reply.started_at

    @property
    def sent_at(self) -> datetime:
        """When its event was sent: from then on it is under way to the far end."""
        return self.sent_first or self.reply.started_at
