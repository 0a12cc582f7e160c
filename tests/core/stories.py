"""Stories: a check and what became of it, told in one line, one letter per probe."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from monitor.core.health import Belief, believe, interval_of
from monitor.core.judge import own_fault, settle
from monitor.core.judge.verdicts import inconclusive
from monitor.core.model import (
    Check,
    FaultDomain,
    Health,
    Monitor,
    Reason,
    Severity,
    Status,
    Transition,
    Verdict,
)
from tests.makers import BAD, GOOD, NOON, SECOND, a_monitor, a_result

UNSURE = replace(BAD, reason=Reason.TIMEOUT, fault_domain=FaultDomain.UNSURE)
SLOW = replace(BAD, status=Status.DEGRADED, reason=Reason.SLOW, severity=Severity.MINOR)
LIMITED = replace(SLOW, reason=Reason.RATE_LIMITED)
HANG = replace(BAD, reason=Reason.TIMEOUT)
REFUSED = replace(GOOD, reason=Reason.REFUSED)
ACCEPTED = replace(BAD, reason=Reason.FORGERY_ACCEPTED, severity=Severity.CRITICAL)
CRASHED = replace(BAD, status=Status.DEGRADED, reason=Reason.VERIFIER_CRASHED, severity=Severity.MINOR)
EXPIRING = replace(BAD, status=Status.DEGRADED, reason=Reason.CERTIFICATE_EXPIRING, severity=Severity.WARNING)
URGENT = replace(EXPIRING, severity=Severity.MINOR)
EXPIRED = replace(BAD, reason=Reason.CERTIFICATE_EXPIRED)
VALID = GOOD
VERDICTS = {
    ".": GOOD,
    "x": BAD,
    "h": HANG,
    "s": SLOW,
    "l": LIMITED,
    "n": settle(UNSURE, seen=False),
    "o": own_fault("our own event loop was stuck for 2 s"),
    "i": inconclusive("turned away unread"),
}


@dataclass
class Story:
    """A check and what became of it. ``tell`` sends probes; capitals are confirming ones."""

    monitor: Monitor
    check: Check = Check.DELIVERY
    every: timedelta = 30 * SECOND
    at: datetime = NOON
    health: Health = field(default_factory=Health)
    last: Belief | None = None
    transitions: tuple[Transition, ...] = ()

    def tell(self, probes: str) -> "Story":
        for letter in probes:
            self.see(VERDICTS[letter.lower()], scheduled=not letter.isupper())
        return self

    def see(self, verdict: Verdict, *, scheduled: bool = True) -> Belief:
        result = a_result(verdict, at=self.at, check=self.check, scheduled=scheduled)
        self.last = believe(self.health, result, self.monitor)
        self.health = self.last.health
        self.transitions += self.last.transitions
        self.at += self.every
        return self.last

    def wait(self, seconds: float) -> "Story":
        self.at += seconds * SECOND
        return self

    def history(self) -> list[tuple[int, Status]]:
        """Seconds after noon, and the status from then on."""
        return [(int((change.at - NOON).total_seconds()), change.status) for change in self.transitions]


def story(probes: str = "", *, check: Check = Check.DELIVERY, monitor: Monitor | None = None) -> Story:
    told = Story(monitor=monitor or a_monitor(), check=check)
    told.every = interval_of(told.monitor, check)
    return told.tell(probes)
