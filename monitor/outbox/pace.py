"""When to send and when to hold back: the rules of one notifier, as a value. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.core.model import Alert, AlertKind, QueuedAlert, Severity

# After one message the next waits so long, and takes along what came meanwhile.
WINDOW = timedelta(seconds=10)
SECOND = timedelta(seconds=1)
FIRST_RETRY = 5.0  # seconds, doubling
LAST_RETRY = 300.0
LONGEST_WAIT = 3600.0  # however long a service asks us to stay away


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Where one notifier stands.

    ``next_at``: no other message at all before. ``free_at``: none that can wait. ``ours_at``: none that is
    about ourselves alone. ``again_at``: it refused; everything waits until then, so that nothing overtakes.
    ``asked`` is True where the service itself named that time.
    """

    next_at: datetime | None = None
    free_at: datetime | None = None
    ours_at: datetime | None = None
    again_at: datetime | None = None
    asked: bool = False
    failures: int = 0

    def breathing(self, now: datetime) -> bool:
        return self.next_at is not None and now < self.next_at

    def refusing(self, now: datetime) -> bool:
        return self.again_at is not None and now < self.again_at

    def busy(self, now: datetime) -> bool:
        return self.free_at is not None and now < self.free_at

    def busy_with_ours(self, now: datetime) -> bool:
        return self.ours_at is not None and now < self.ours_at


def critical(alert: Alert) -> bool:
    """Return whether it must never be held back: good news can wait."""
    return alert.severity is Severity.CRITICAL and alert.kind not in {AlertKind.RECOVERED, AlertKind.RESOLVED}


def about_ourselves(alerts: Sequence[Alert]) -> bool:
    """Return whether a message of these would be about no listener."""
    return all(alert.monitor is None for alert in alerts)


def choose(
    pace: Pace, waiting: Sequence[Alert], now: datetime, *, tried: Collection[str] = ()
) -> tuple[Alert, ...]:
    """Return what leaves now, as one message.

    A critical alert breaks the window and our own backoff, but not a time that the service asked for;
    and only once: ``tried`` are the keys of those that were refused. It takes along the news that it is over.
    What quiet hours held back leaves before what came after it, and by itself.
    """
    if pace.breathing(now) or (pace.refusing(now) and pace.asked):
        return ()
    if urgent := {alert.key for alert in waiting if critical(alert) and alert.key not in tried}:
        stories = {alert.incident for alert in waiting if alert.key in urgent}
        return tuple(alert for alert in waiting if alert.key in urgent or _ends(alert, stories))
    if pace.refusing(now) or pace.busy(now):
        return ()
    held = {alert.incident for alert in waiting if alert.held_until}
    if held:
        return tuple(alert for alert in waiting if alert.incident in held)
    return () if pace.busy_with_ours(now) and about_ourselves(waiting) else tuple(waiting)


def _ends(alert: Alert, stories: Collection[int | None]) -> bool:
    return alert.kind is AlertKind.RECOVERED and alert.incident is not None and alert.incident in stories


def sent(pace: Pace, at: datetime, *, next_at: datetime, ours: bool, rest: bool) -> Pace:
    """Return the pace after a message that left at ``at``; ``rest``: others wait on, and not for longer.

    One that was ``ours``, about ourselves alone, holds back the next such one, and no listener's.
    """
    if ours:
        return Pace(next_at=next_at, free_at=pace.free_at, ours_at=at + WINDOW)
    free_at = pace.free_at if rest and pace.busy(at) else at + WINDOW
    return Pace(next_at=next_at, free_at=free_at)


def breath(alerts: Sequence[Alert], *, by_mail: bool) -> timedelta:
    """Return how long nothing at all follows a message of these.

    Slack takes a message a second in each channel. E-mail that cannot wait breaks the window once.
    """
    return WINDOW if by_mail and any(critical(alert) for alert in alerts) else SECOND


def refused(pace: Pace, now: datetime, retry_after: float | None, jitter: float) -> Pace:
    """Wait twice as long each time, less up to a fifth by chance; or as long as the service asks."""
    wait = min(LAST_RETRY, FIRST_RETRY * 2 ** min(pace.failures, 10)) * (1 - jitter / 5)
    if retry_after is not None:
        wait = min(LONGEST_WAIT, max(1.0, retry_after))
    return replace(
        pace,
        again_at=now + timedelta(seconds=wait),
        asked=retry_after is not None,
        failures=pace.failures + 1,
    )


def too_old(queued: QueuedAlert, now: datetime, give_up_after: timedelta) -> bool:
    """Return whether it was tried for long enough, from when it was made, let go or brought back."""
    alert = queued.alert
    return now - (queued.revived_at or alert.held_until or alert.created_at) >= give_up_after
