"""One message on its way to one notifier."""

from dataclasses import dataclass
from datetime import datetime

from monitor.core.model import Alert, QueuedAlert


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """What is on its way as one message; ``unwritten``: keys that the database did not know when it left."""

    queued: tuple[QueuedAlert, ...]
    unwritten: frozenset[str]
    left_at: datetime

    @property
    def alerts(self) -> tuple[Alert, ...]:
        return tuple(one.alert for one in self.queued)
