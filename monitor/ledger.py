"""Which events are still to be heard of at the far end, and what becomes of those that are.

An event that was accepted is due ``within`` so long. When its time is over:

* nothing was heard of this monitor since the event was sent: **not processed**, at once;
* younger events of it came out meanwhile, so its queue moves: it has as long again, and then is late or lost;
* we could not take receipts for part of the time (database away, just started): **unknown**, it is forgotten;
* nothing was heard of *any* monitor since, though others wait too: that is our own address, not every worker.

It lives in memory: what was due across our own end is unknown, and a receipt says itself what it is about.
"""

import heapq
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from monitor.core.judge import own_fault
from monitor.core.judge.receipt import did_it_anyway, judge_receipt, not_processed, processed_twice
from monitor.core.model import (
    HOSTILE,
    Check,
    Monitor,
    Outcome,
    Phases,
    Receipt,
    Reply,
    Result,
    Verdict,
)
from monitor.core.tokens import Claim

V = TypeVar("V")
REMEMBERED = 100_000  # refused events, and events sent twice: the latest are enough to be found out
NO_RECEIPT_AT_ALL = "no receipt of any monitor reaches us any more: our own address is away"


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """An accepted event that has not been heard of."""

    event_id: str
    monitor: str
    sent_at: datetime
    within: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What is known of a monitor's receipts."""

    last_at: datetime
    last_sent_at: datetime  # when the event was sent that was heard of last


@dataclass
class Ledger:
    """What is expected, and what was heard of."""

    _due: dict[str, Due] = field(default_factory=dict)
    _order: list[tuple[datetime, str, bool]] = field(default_factory=list)  # when, event, second look
    _refused: OrderedDict[str, None] = field(default_factory=OrderedDict)
    _twice: OrderedDict[str, list[str]] = field(default_factory=OrderedDict)  # event sent twice → its runs
    _hostile: OrderedDict[str, Check] = field(default_factory=OrderedDict)
    _heard: dict[str, Heard] = field(default_factory=dict)
    _suspected: set[str] = field(default_factory=set)  # monitors whose receipt came twice, without a run
    _last_at: datetime | None = None
    _deaf_until: datetime | None = None
    _unreached: bool = False  # nobody was heard of any more: it takes one receipt to believe in workers again

    def sent(self, monitor: Monitor, result: Result, *, accepted: bool) -> None:
        """Note what was sent, and whether it was accepted."""
        if monitor.receipt is None or not result.event_id:
            return
        if result.check in HOSTILE:
            _remember(self._hostile, result.event_id, result.check)
        if result.check is Check.DUPLICATE:
            _remember(self._twice, result.event_id, [])
        if result.check is not Check.DELIVERY:
            return
        if not accepted:
            if result.reply.http_status is not None:
                _remember(self._refused, result.event_id, None)
            return
        due = Due(
            event_id=result.event_id,
            monitor=monitor.id,
            sent_at=result.started_at,
            within=monitor.receipt.within,
        )
        self._due[due.event_id] = due
        heapq.heappush(self._order, (due.sent_at + due.within, due.event_id, False))

    def claim(self, monitor: str, event_id: str, now: datetime) -> Claim:
        """Return what is known of an event that a worker knows only by its id."""
        due = self._due.get(event_id)
        kind = Check.DUPLICATE if event_id in self._twice else Check.DELIVERY
        return Claim(
            monitor=monitor,
            event_id=event_id,
            kind=self._hostile.get(event_id, kind),
            sent_at=due.sent_at if due else now,
        )

    def deaf(self, now: datetime) -> None:
        """Note that a receipt could not be taken now: what is due meanwhile is unknown."""
        self._deaf_until = now

    def arrived(self, receipt: Receipt, monitor: Monitor) -> Result | None:
        """Take a receipt; return what it says, or None where it says nothing new."""
        self._last_at, self._unreached = receipt.arrived_at, False
        self._heard[receipt.monitor] = Heard(last_at=receipt.arrived_at, last_sent_at=receipt.sent_at)
        if receipt.kind in HOSTILE:
            return _result(receipt, receipt.kind, did_it_anyway(receipt), receipt.arrived_at)
        if receipt.event_id in self._refused and receipt.outcome is not Outcome.SKIPPED:
            del self._refused[receipt.event_id]
            return _result(receipt, Check.DUPLICATE, did_it_anyway(receipt), receipt.arrived_at)
        if receipt.kind is Check.DUPLICATE:
            return self._again(receipt)
        due = self._due.pop(receipt.event_id, None)
        if due is None and receipt.took <= (monitor.receipt.within if monitor.receipt else timedelta(0)):
            return None  # the same receipt once more, or of an event sent before we were started
        within = monitor.receipt.within if monitor.receipt else timedelta(0)
        at = receipt.sent_at if due else receipt.arrived_at
        return _result(receipt, Check.RECEIPT, judge_receipt(receipt, within), at)

    def overdue(self, now: datetime) -> tuple[Result, ...]:
        """Return what is to be said of the events whose time is over."""
        found = []
        while self._order and self._order[0][0] <= now:
            _, event_id, again = heapq.heappop(self._order)
            due = self._due.get(event_id)
            if due is None:
                continue
            if self._moves(due) and not again:
                heapq.heappush(self._order, (now + due.within, event_id, True))
                continue
            verdict = self._verdict(due)
            del self._due[event_id]
            found.append(_lost(due, verdict, now))
        return tuple(found)

    def _verdict(self, due: Due) -> Verdict:
        blind = self._deaf_until is not None and self._deaf_until >= due.sent_at
        if blind:
            return own_fault("receipts could not be taken for part of the time")
        self._unreached = self._unreached or self._nobody_is_heard(due)
        if self._unreached and due.monitor in self._heard:
            return own_fault(NO_RECEIPT_AT_ALL)
        if self._moves(due):
            return not_processed(2 * due.within, self._heard[due.monitor].last_at)
        heard = self._heard.get(due.monitor)
        return not_processed(due.within, heard.last_at if heard else None)

    def _moves(self, due: Due) -> bool:
        """Whether events of this monitor came out since this one was sent."""
        heard = self._heard.get(due.monitor)
        return heard is not None and heard.last_at >= due.sent_at

    def _nobody_is_heard(self, due: Due) -> bool:
        """Whether another monitor, heard of before, waits as well, and nobody was heard of since."""
        if due.monitor not in self._heard or (self._last_at is not None and self._last_at >= due.sent_at):
            return False
        half = due.sent_at + due.within / 2
        return any(
            other.monitor != due.monitor and other.monitor in self._heard and other.sent_at <= half
            for other in self._due.values()
        )

    def _again(self, receipt: Receipt) -> Result | None:
        """A second run is proof; a second receipt without a name may be a worker that repeats its report."""
        runs = self._twice.get(receipt.event_id)
        if runs is None or (receipt.run and receipt.run in runs):
            return None
        runs.append(receipt.run)
        if len(runs) == 1:
            return None
        named = bool(receipt.run)
        if not named and receipt.monitor not in self._suspected:
            self._suspected.add(receipt.monitor)
            return None
        verdict = processed_twice(by_run=named)
        return _result(receipt, Check.DUPLICATE, verdict, receipt.arrived_at)


def _remember(book: OrderedDict[str, V], event_id: str, value: V) -> None:
    book[event_id] = value
    if len(book) > REMEMBERED:
        book.popitem(last=False)


def _result(receipt: Receipt, check: Check, verdict: Verdict, at: datetime) -> Result:
    reply = Reply(started_at=at, phases=Phases(wait=receipt.took.total_seconds()))
    return Result(
        monitor=receipt.monitor,
        check=check,
        event_id=receipt.event_id,
        verdict=verdict,
        reply=reply,
        finished_at=receipt.arrived_at,
    )


def _lost(due: Due, verdict: Verdict, now: datetime) -> Result:
    return Result(
        monitor=due.monitor,
        check=Check.RECEIPT,
        event_id=due.event_id,
        verdict=verdict,
        reply=Reply(started_at=due.sent_at, phases=Phases()),
        finished_at=now,
    )
