"""How a notifier stands, after each message. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.core.model import Queue, Standing
from monitor.core.times import duration
from monitor.errors import NotifyError

UNHEARD_AFTER = timedelta(minutes=10)


def succeeded(before: Standing, left_at: datetime, now: datetime) -> Standing:
    """Its service took a message: whatever was wrong is mended. The last error stays to be read."""
    return replace(before, succeeded_at=now, took=now - left_at, failing_since=None, dead_since=None)


def failed(before: Standing, error: NotifyError, now: datetime) -> Standing:
    """It took nothing. What is wrong with one message alone is no fault of the notifier's."""
    after = replace(before, failed_at=now, error=str(error))
    if error.hopeless:
        return after
    dead_since = before.dead_since or (now if error.permanent else None)
    return replace(after, failing_since=before.failing_since or now, dead_since=dead_since)


def renewed(before: Standing) -> Standing:
    """It leads elsewhere from now on: what was wrong with it says nothing."""
    return replace(before, failing_since=None, dead_since=None)


def unheard(queues: Sequence[Queue], names: Collection[str], now: datetime) -> str | None:
    """Return which notifier has taken nothing for so long that what waits for it reaches nobody."""
    for queue in queues:
        since = queue.standing.failing_since if queue.standing else None
        if queue.notifier in names and queue.depth and since and now - since > UNHEARD_AFTER:
            return f"{queue.notifier} has taken no alert for {duration(now - since)}"
    return None
