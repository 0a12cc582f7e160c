"""What is due, what was heard, and the results that are made of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core.host import host_of
from monitor.core.model import Check, Monitor, Phases, Receipt, Reply, Result, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """An event of which something is to be said at the end of its time.

    ``good``: what is said of a finding if nothing was heard; None for an accepted event. ``silence``: the far
    end must have been heard of since, or its silence proves nothing.
    """

    event_id: str
    monitor: str
    host: str
    sent_at: datetime
    within: timedelta
    interval: timedelta  # until the next event
    reported: bool  # by a worker; what we ask for ourselves says nothing of our own address
    check: Check = Check.RECEIPT
    good: Verdict | None = None
    silence: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What is known of a monitor's receipts."""

    last_at: datetime
    last_sent_at: datetime  # when the event was sent that was heard of last
    late: bool = False  # it came late: the queue is slow, and not dead


def expected(monitor: Monitor, result: Result) -> Due:
    """Return what is expected of an event that was accepted."""
    return Due(
        event_id=result.event_id,
        monitor=monitor.id,
        host=host_of(monitor),
        sent_at=result.sent_at,
        within=monitor.receipt.within if monitor.receipt else timedelta(0),
        interval=monitor.interval,
        reported=monitor.receipt is not None and monitor.receipt.poll is None,
    )


def by_receipt(receipt: Receipt, check: Check, verdict: Verdict, at: datetime) -> Result:
    """Return what a receipt says, as a result of that instant; the wait is the processing latency."""
    reply = Reply(started_at=at, phases=Phases(wait=receipt.took.total_seconds()), body=receipt.note)
    return Result(
        monitor=receipt.monitor,
        check=check,
        event_id=receipt.event_id,
        verdict=verdict,
        reply=reply,
        finished_at=receipt.arrived_at,
    )


def of(due: Due, verdict: Verdict, now: datetime) -> Result:
    """Return what is said of an event of which no receipt came."""
    return Result(
        monitor=due.monitor,
        check=due.check,
        event_id=due.event_id,
        verdict=verdict,
        reply=Reply(started_at=due.sent_at, phases=Phases()),
        finished_at=now,
    )
