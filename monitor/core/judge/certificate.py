"""Certificate: how long will it hold? Judged at the start of the probe, by the earliest in the chain."""

from datetime import UTC, datetime, timedelta

from monitor.core.judge.verdicts import accepted, degraded, down, inconclusive, skipped
from monitor.core.model import Monitor, Reason, Reply, Severity, Verdict

EXPIRY_WARNING = timedelta(days=14)
EXPIRY_URGENT = timedelta(days=3)


def judge_certificate(reply: Reply, monitor: Monitor) -> Verdict:
    """Judge the certificate. That the listener cannot be reached is the delivery check's business."""
    if not monitor.url.lower().startswith("https:"):
        return skipped("the URL is not https: there is no certificate to look at")
    expires = reply.certificate_expires_at
    if expires is None:
        why = reply.failure.message if reply.failure else "none was shown"
        return inconclusive(f"no certificate to look at: {why}")
    return _judged(expires, expires - reply.started_at)


def _judged(expires: datetime, left: timedelta) -> Verdict:
    when = f"{expires.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    if left <= timedelta(0):
        return down(Reason.CERTIFICATE_EXPIRED, f"the certificate expired on {when}, {_span(-left)} ago")
    if left > EXPIRY_WARNING:
        return accepted(f"the certificate holds for {_span(left)}, until {when}")
    severity = Severity.MINOR if left <= EXPIRY_URGENT else Severity.WARNING
    words = f"the certificate expires in {_span(left)}, on {when}"
    return degraded(Reason.CERTIFICATE_EXPIRING, words, severity)


def _span(length: timedelta) -> str:
    """Return "81 days", "1 day", "5 h", "12 min": the first unit that is not nothing."""
    if length.days:
        return f"{length.days} day{'s' if length.days > 1 else ''}"
    hours, minutes = length.seconds // 3600, length.seconds // 60
    return f"{hours} h" if hours else f"{minutes} min"
