"""How a notifier does, after each message. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.core.model import NotifierHealth, Queue
from monitor.core.times import duration
from monitor.errors import NotifyError

UNHEARD_AFTER = timedelta(minutes=10)


def succeeded(before: NotifierHealth, left_at: datetime, now: datetime) -> NotifierHealth:
    """Its service took a message: whatever was wrong is mended. The last error stays to be read."""
    return replace(before, succeeded_at=now, took=now - left_at, failing_since=None, dead_since=None)


def failed(before: NotifierHealth, error: NotifyError, now: datetime) -> NotifierHealth:
    """It took nothing. What is wrong with one message alone is no fault of the notifier's."""
    after = replace(before, failed_at=now, error=str(error))
    if error.hopeless:
        return after
    dead_since = before.dead_since or (now if error.permanent else None)
    return replace(after, failing_since=before.failing_since or now, dead_since=dead_since)


def renewed(before: NotifierHealth) -> NotifierHealth:
    """It leads elsewhere from now on: what was wrong with it says nothing."""
    return replace(before, failing_since=None, dead_since=None)


def unheard(queues: Sequence[Queue], names: Collection[str], now: datetime) -> str | None:
    """Return which notifier has taken nothing for so long that what waits for it reaches nobody."""
    for queue in queues:
        since = queue.health.failing_since if queue.health else None
        if queue.notifier in names and queue.depth and since and now - since > UNHEARD_AFTER:
            return f"{queue.notifier} has taken no alert for {duration(now - since)}"
    return None
