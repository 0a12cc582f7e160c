"""What the web is shown of the house: a handful of callables, filled in by ``monitor.app``."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime

from monitor.core.model import Queue, Snapshot
from monitor.core.tokens import Ticket
from monitor.web.house.doors import Ear, History, NoticeBoard, ReceiptDesk, ReloadState, Responders
from monitor.web.house.standby import (
    STANDING_BY,
    NoBoard,
    NoDesk,
    NoEar,
    NoHistory,
    NoResponders,
    empty,
    no_queues,
    no_retry,
    nothing,
)

__all__ = ["STANDING_BY", "History", "House", "ReloadState"]


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Everything the two sockets may ask.

    ``metrics``  the Prometheus text of this moment
    ``alive``    None while all is well, else what has stalled, in words fit for strangers
    ``receipts``  where workers report
    ``responders``  what people do about incidents
    ``ticket``   what the token in a link of an alert is good for; None for one that is not ours
    ``board``    where operators announce work and silence alarms
    ``retry``    try again what was given up (None: all of it); returns the keys of what was
    ``heartbeats``  where jobs and listeners call
    ``ready``    None when this process does its job, else why not, in words fit for strangers
    """

    snapshot: Callable[[], Snapshot]
    history: History
    metrics: Callable[[], Awaitable[bytes]]
    now: Callable[[], datetime]
    alive: Callable[[], str | None]
    ready: Callable[[], str | None]
    queues: Callable[[], Awaitable[tuple[Queue, ...]]]
    reload_state: Callable[[], ReloadState]
    retry: Callable[[Collection[str] | None], Awaitable[tuple[str, ...]]]
    receipts: ReceiptDesk = field(default_factory=NoDesk)
    responders: Responders = field(default_factory=NoResponders)
    ticket: Callable[[str], Ticket | None] = lambda _: None
    board: NoticeBoard = field(default_factory=NoBoard)
    heartbeats: Ear = field(default_factory=NoEar)
    standby: bool = False

    @classmethod
    def standing_by(cls, *, now: Callable[[], datetime]) -> "House":
        """Return the house of a process that waits for its turn: alive, not ready, with nothing to show."""
        since = now()
        return cls(
            snapshot=lambda: empty(now()),
            history=NoHistory(),
            metrics=nothing,
            now=now,
            alive=lambda: None,
            ready=lambda: STANDING_BY,
            queues=no_queues,
            reload_state=lambda: ReloadState(ok=True, at=since),
            retry=no_retry,
            standby=True,
        )
