"""Which events are still to be heard of at the far end, and what becomes of those that are.

Every valid event that was accepted is due ``within`` so long. When its time is over:

* nothing was heard of this monitor since the event was sent: **not processed**, at once;
* events of it came out meanwhile, or the last came late: its queue moves. It has as long again, then is lost;
* we could not take receipts for part of the time (database away, stalled): **unknown**, it is forgotten;
* nothing was heard of *any* monitor since, though one on another host waits too: our own address is away.

A finding that needs the silence of the far end as well (``pend``) is due like an event, and good when nothing
comes. A receipt may come before the answer to its event does: it waits for it (``early``).

It lives in memory: what was due across our own end is unknown. A receipt says itself what it is about; what
the last owner was told, and what was refused then, is remembered.
"""

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo

from monitor.core.judge import inconclusive, own_fault
from monitor.core.judge.receipt import did_it_anyway, judge_receipt, not_processed, processed_twice
from monitor.core.model import (
    HOSTILE,
    Check,
    Monitor,
    Outcome,
    Receipt,
    Result,
    Verdict,
)
from monitor.core.tokens import Claim
from monitor.receipts.ledger.book import Book, Sent
from monitor.receipts.ledger.due import Due, Heard, by_receipt, expected, of

__all__ = ["Due", "Heard", "Ledger"]

DEAF = "receipts could not be taken for part of the time"
NO_RECEIPT_AT_ALL = "no receipt of any monitor reaches us any more: our own address is away, or all workers"
UNASKED = "the address that tells what became of events could not be asked"
ACCEPTED_ONCE = frozenset({Check.DELIVERY, Check.DUPLICATE, Check.FIDELITY})  # due once they are accepted


@dataclass
class Ledger:
    """What is expected, and what was heard of. ``heard``: what was heard of before ``started``."""

    started: datetime
    heard: dict[str, Heard] = field(default_factory=dict)
    unreached_since: datetime | None = None  # nobody was heard of any more: one receipt, and we believe again
    _due: dict[tuple[str, Check], Due] = field(default_factory=dict)
    _order: list[tuple[datetime, tuple[str, Check], bool]] = field(
        default_factory=list
    )  # when; a second look
    _book: Book = field(default_factory=Book)
    _suspected: set[str] = field(default_factory=set)  # a receipt came twice in the last duplicate check
    _deaf_until: datetime | None = None
    _reported_at: datetime | None = None

    # --- what is sent -----------------------------------------------------------------------------------

    def sent(self, monitor: Monitor, result: Result, *, accepted: bool, refused: bool) -> tuple[Result, ...]:
        """Note what was sent, and what was answered; return what was heard of it already."""
        if monitor.receipt is None or not result.event_id:
            return ()
        event = Sent(monitor=monitor.id, kind=result.check, at=result.sent_at, refused=refused)
        early = self._book.enter(result.event_id, event)
        if accepted and result.check in ACCEPTED_ONCE:
            self._expect(expected(monitor, result))
        return tuple(found for receipt in early for found in self.arrived(receipt, monitor))

    def pend(self, monitor: Monitor, result: Result, good: Verdict, *, silence: bool) -> None:
        """Say ``good`` of this check at the end of the event's time, if nothing is heard that contradicts.

        What is sent twice has its time from the second sending on: that one may have the second effect.
        """
        due = replace(expected(monitor, result), check=result.check, good=good, silence=silence)
        self._expect(replace(due, sent_at=result.started_at))

    def _expect(self, due: Due) -> None:
        key = (due.event_id, due.check)
        self._due[key] = due
        heapq.heappush(self._order, (due.sent_at + due.within, key, False))

    def claim(self, monitor: str, event_id: str, now: datetime) -> tuple[Claim, bool]:
        """Return what is known of an event that a worker knows only by its id, and whether anything is."""
        event = self._book.find(event_id, monitor)
        kind, at = (event.kind, event.at) if event else (Check.DELIVERY, now)
        return Claim(monitor=monitor, event_id=event_id, kind=kind, sent_at=at), event is not None

    def deaf(self, now: datetime) -> None:
        """Note that a receipt could not be taken now: what is due meanwhile is unknown."""
        self._deaf_until = now

    def unasked(self, event_id: str) -> Result | None:
        """We are to ask what became of an event, and nobody answered us."""
        due = self._due.pop((event_id, Check.RECEIPT), None)
        return of(due, own_fault(UNASKED), due.sent_at + due.within) if due else None

    def forget(self, monitors: frozenset[str]) -> None:
        """What is probed has changed: what was sent to the old listener says nothing of the new one."""
        self._due = {key: due for key, due in self._due.items() if due.monitor not in monitors}
        self._book.forget(monitors)

    def rename(self, names: Mapping[str, str]) -> None:
        """Follow monitors to their new ids."""
        self._due = {
            key: replace(due, monitor=names.get(due.monitor, due.monitor)) for key, due in self._due.items()
        }
        self.heard = {names.get(name, name): heard for name, heard in self.heard.items()}
        self._book.rename(names)

    def remember(self, refused: Iterable[Result], receipts: Iterable[Receipt]) -> None:
        """Take what was refused and heard of before our start: a receipt that comes again is no news."""
        for result in refused:
            event = Sent(monitor=result.monitor, kind=result.check, at=result.sent_at, refused=True)
            self._book.enter(result.event_id, event)
        for receipt in receipts:
            known = self._book.find(receipt.event_id, receipt.monitor)
            (known or self._book.recall(receipt)).hear(receipt)

    # --- what is heard ----------------------------------------------------------------------------------

    def arrived(self, receipt: Receipt, monitor: Monitor) -> tuple[Result, ...]:
        """Take a receipt; return what it says, if anything new."""
        event = self._book.find(receipt.event_id, receipt.monitor)
        if event is None and receipt.sent_at >= self.started:
            self._book.keep(receipt)  # its event has not been answered yet
            return ()
        event = event or self._book.recall(receipt)
        receipt = replace(receipt, kind=event.kind, sent_at=event.at)
        if monitor.receipt is not None and monitor.receipt.poll is None:
            if self.unreached_since is not None:
                self.deaf(receipt.arrived_at)
            self._reported_at, self.unreached_since = receipt.arrived_at, None
        before, did_it = event.hear(receipt), receipt.outcome is Outcome.PROCESSED
        if receipt.outcome is not Outcome.FAILED:
            late = monitor.receipt is not None and receipt.took > monitor.receipt.within
            self.heard[receipt.monitor] = Heard(
                last_at=receipt.arrived_at, last_sent_at=receipt.sent_at, late=late
            )
        if event.kind in HOSTILE or event.refused:
            return self._anyway(receipt, event) if did_it and before is not Outcome.PROCESSED else ()
        again = self._again(receipt, event, monitor)
        news = before is None or (before is Outcome.FAILED and receipt.outcome is not Outcome.FAILED)
        return (*(self._first(receipt, monitor) if news and event.kind in ACCEPTED_ONCE else ()), *again)

    def _first(self, receipt: Receipt, monitor: Monitor) -> tuple[Result, ...]:
        due = self._due.pop((receipt.event_id, Check.RECEIPT), None)
        within = monitor.receipt.within if monitor.receipt else timedelta(0)
        verdict = judge_receipt(receipt, within)
        late = receipt.took > within
        if late and receipt.outcome is not Outcome.FAILED and self._away_since(receipt.sent_at):
            return (of(due, own_fault(DEAF), receipt.arrived_at),) if due else ()
        if due is not None or not late:
            return (by_receipt(receipt, Check.RECEIPT, verdict, receipt.sent_at),)
        # It was given up before: history goes on, and no event is counted as two failures.
        return (replace(by_receipt(receipt, Check.RECEIPT, verdict, receipt.arrived_at), scheduled=False),)

    def _away_since(self, sent_at: datetime) -> bool:
        """Whether we could not be reached for part of the time since then: its worker may have knocked."""
        return sent_at < self.started or (self._deaf_until is not None and self._deaf_until >= sent_at)

    def _anyway(self, receipt: Receipt, event: Sent) -> tuple[Result, ...]:
        """A receipt for what was to be refused, or was."""
        self._due.pop((receipt.event_id, event.kind), None)
        check = event.kind if event.kind in HOSTILE else Check.RECEIPT
        return (by_receipt(receipt, check, did_it_anyway(receipt), receipt.arrived_at),)

    def _again(self, receipt: Receipt, event: Sent, monitor: Monitor) -> tuple[Result, ...]:
        """A second run is proof; a second receipt without a name may be a worker that repeats its report."""
        runs = event.runs
        if len(runs) < 2:
            return ()
        named, twice = all(runs), event.kind is Check.DUPLICATE
        no_news = (
            event.twice or receipt.outcome is not Outcome.PROCESSED or receipt.run in set(runs[:-1]) - {""}
        )
        if no_news or not (named or (twice and monitor.id in self._suspected)):
            event.suspect = event.suspect or (twice and not named and not no_news)
            del runs[2:]  # a worker may go on for a day: two tell enough
            return ()
        self._due.pop((receipt.event_id, Check.DUPLICATE), None)
        event.twice = True
        verdict = processed_twice(by_run=named, sent_twice=twice)
        return (by_receipt(receipt, Check.DUPLICATE, verdict, receipt.arrived_at),)

    # --- what is not ------------------------------------------------------------------------------------

    def overdue(self, now: datetime, zone: tzinfo = UTC) -> tuple[Result, ...]:
        """Return what is to be said, in this zone, of the events whose time is over."""
        found = []
        while self._order and self._order[0][0] <= now:
            _, key, again = heapq.heappop(self._order)
            due = self._due.get(key)
            if due is None:
                continue
            if not again and (longer := self._may_still_be_heard(due)):
                heapq.heappush(self._order, (now + longer, key, True))
                continue
            verdict = self._verdict(due, now.astimezone(zone))
            del self._due[key]
            if verdict is not None:
                found.append(of(due, verdict, now))
        return tuple(found)

    def _may_still_be_heard(self, due: Due) -> timedelta | None:
        """Return how much longer to wait, once: for a queue that moves, or for the event that passes this."""
        if due.good is None:
            return due.within if self._moves(due) else None
        return due.interval + due.within if due.silence and not self._passed(due) else None

    def _verdict(self, due: Due, now: datetime) -> Verdict | None:
        if self._deaf_until is not None and self._deaf_until >= due.sent_at:
            return own_fault(DEAF) if due.good is None else None
        if self.unreached_since is None and self._nobody_is_heard(due):
            self.unreached_since = due.sent_at
        if self.unreached_since is not None and due.monitor in self.heard:
            return own_fault(NO_RECEIPT_AT_ALL) if due.good is None else None
        if due.good is not None:
            return self._in_silence(due, due.good)
        heard = self.heard.get(due.monitor)
        within = 2 * due.within if self._moves(due) else due.within
        return not_processed(within, heard.last_at if heard else None, now)

    def _in_silence(self, due: Due, good: Verdict) -> Verdict:
        """Nothing was heard of it. That proves something only where its queue has passed it."""
        if due.check is Check.DUPLICATE:
            self._suspected.discard(due.monitor)
            if self._book.suspects(due.event_id):
                self._suspected.add(due.monitor)
                return inconclusive("its receipt was seen twice, without the name of a run")
        if due.silence and not self._passed(due):
            return inconclusive("no later event came out either, so its silence proves nothing")
        return good

    def _moves(self, due: Due) -> bool:
        """Whether its queue moves: events came out since this one was sent, or the last one came late."""
        heard = self.heard.get(due.monitor)
        return heard is not None and (heard.late or heard.last_at >= due.sent_at)

    def _passed(self, due: Due) -> bool:
        """Whether an event came out that was sent later."""
        heard = self.heard.get(due.monitor)
        return heard is not None and heard.last_sent_at >= due.sent_at

    def _nobody_is_heard(self, due: Due) -> bool:
        """Whether one on another host, heard of before, waits as well, and nobody was heard of since."""
        since = self._reported_at is not None and self._reported_at >= due.sent_at
        if since or not due.reported or due.monitor not in self.heard:
            return False
        half = due.sent_at + due.within / 2
        return any(
            other.reported
            and other.host != due.host
            and other.monitor in self.heard
            and other.sent_at <= half
            for other in self._due.values()
        )
