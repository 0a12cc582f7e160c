"""The few shapes a verdict has, and how an unsure one is settled."""

from dataclasses import replace
from datetime import timedelta

from monitor.core.model import FaultDomain, Reason, Severity, Status, Verdict


def accepted(message: str) -> Verdict:
    """All is well."""
    return Verdict(status=Status.UP, reason=Reason.ACCEPTED, message=message)


def down(reason: Reason, message: str, domain: FaultDomain = FaultDomain.LISTENER) -> Verdict:
    """Real events are being lost, as far as this probe can tell."""
    return Verdict(
        status=Status.DOWN, reason=reason, message=message, severity=Severity.MAJOR, fault_domain=domain
    )


def degraded(reason: Reason, message: str, severity: Severity = Severity.MINOR) -> Verdict:
    """Something is wrong, and real events still arrive."""
    return Verdict(
        status=Status.DEGRADED,
        reason=reason,
        message=message,
        severity=severity,
        fault_domain=FaultDomain.LISTENER,
    )


def inconclusive(message: str, *, retry_after: timedelta | None = None) -> Verdict:
    """The probe met something that says nothing about the question asked. Nobody is at fault."""
    return Verdict(
        status=Status.UNKNOWN, reason=Reason.INCONCLUSIVE, message=message, retry_after=retry_after
    )


def own_fault(message: str) -> Verdict:
    """Return the verdict on ourselves: nothing is known of the listener."""
    return Verdict(
        status=Status.UNKNOWN, reason=Reason.OWN_FAULT, message=message, fault_domain=FaultDomain.OURS
    )


def banned(verdict: Verdict) -> Verdict:
    """Return the verdict on a refusal that our own test probes seem to have brought about."""
    ours = own_fault(f"our test probes seem to have got us banned: {verdict.message}")
    return replace(ours, retry_after=verdict.retry_after)


def skipped(message: str) -> Verdict:
    """Return the verdict on a check that cannot exist here, and why."""
    return Verdict(status=Status.UNKNOWN, reason=Reason.SKIPPED, message=message)


def settle(verdict: Verdict, *, seen: bool | None) -> Verdict:
    """Take an unsure verdict to its end, once the canaries have spoken; any other is settled already.

    ``seen``: True, the outside answered us; False, every canary is away; None, nobody could tell.
    """
    if verdict.fault_domain is not FaultDomain.UNSURE:
        return verdict
    if seen is False:
        return Verdict(
            status=Status.UNKNOWN,
            reason=Reason.OWN_NETWORK,
            message=f"our own network is away, so nothing is known of the listener ({verdict.message})",
            fault_domain=FaultDomain.OURS,
        )
    return replace(verdict, fault_domain=FaultDomain.LISTENER)
