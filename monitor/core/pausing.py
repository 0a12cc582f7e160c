"""The way out of being measured: what a check was until it was measured no more."""

from datetime import datetime, timedelta

from monitor.core import health
from monitor.core.model import CheckKey, Health, Status, Transition


def into(status: Status, key: CheckKey, previous: Status, at: datetime) -> Transition:
    """Return a change of status that no probe brought about."""
    return Transition(
        monitor=key.monitor,
        check=key.check,
        at=at,
        known_at=at,
        status=status,
        previous=previous,
        reason=None,
    )


def doubted(before: Health, now: datetime) -> Health:
    """Return what is believed of a check that somebody calls well: nothing, until it is asked again."""
    since = now if before.status is not Status.UNKNOWN else before.since
    return Health(
        since=since,
        last_result_at=before.last_result_at,
        last_good_at=before.last_good_at,
        last_verdict=before.last_verdict,
        held_until=before.held_until,
    )


def until(key: CheckKey, before: Health, every: timedelta, now: datetime) -> tuple[Transition, ...]:
    """Return the way into the pause; what was silent before it is unknown, not what it was last."""
    silent_from = health.stale_at(before, every)
    paused = into(Status.PAUSED, key, before.status, now)
    silent = health.is_stale(before.last_result_at, every, now)
    if silent_from is None or not silent or before.status is Status.UNKNOWN:
        return (paused,)
    unseen = Transition(
        monitor=key.monitor,
        check=key.check,
        at=silent_from,
        known_at=now,
        status=Status.UNKNOWN,
        previous=before.status,
        reason=None,
    )
    return (unseen, into(Status.PAUSED, key, Status.UNKNOWN, now))
