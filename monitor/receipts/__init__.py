"""Proof of processing, beside the way of one probe: what was sent is expected, what is heard of is judged.

Three ways to prove it, one judgement: the worker posts to the address in the event, or reports the event's
id, or nobody reports and we ask.
"""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import structlog

from monitor.core import judge, sign
from monitor.core.changes import Changes
from monitor.core.judge.hostile import silent
from monitor.core.judge.receipt import half_said
from monitor.core.model import (
    HOSTILE,
    PROOFS,
    Check,
    CheckKey,
    Monitor,
    Reason,
    Receipt,
    ReceiptPlan,
    Recollection,
    Result,
)
from monitor.core.template import fill
from monitor.core.tokens import Claim
from monitor.outside import Outside
from monitor.receipts import address
from monitor.receipts.ledger import Heard, Ledger
from monitor.watch import Watch

log = structlog.get_logger()

LOOK = 1.0  # seconds between two looks at what is overdue
STALLED = timedelta(seconds=5)  # between two looks: we were stuck, stopped or suspended
ASKS = 10  # how often we ask for an event within its time
SHORTEST_ASK = timedelta(seconds=1)
SECOND = timedelta(seconds=1)
LOST_ANSWERS = frozenset({408, 502, 504})  # somebody on the way gave up waiting: the listener may go on
ANSWERED_ALONE = frozenset({Check.DELIVERY, Check.FIDELITY})  # one event, one answer


class Receipts:
    """Expects events at the far end. ``digest`` takes what is found out, as any result.

    ``again`` starts a check at once: what was found out late may ask to be confirmed.
    """

    def __init__(
        self,
        *,
        outside: Outside,
        watch: Watch,
        digest: Callable[[CheckKey, Result], timedelta | None],
        again: Callable[[CheckKey, datetime], None],
    ) -> None:
        self._outside = outside
        self._watch = watch
        self._digest = digest
        self._again = again
        started = outside.now().replace(microsecond=0)  # an address tells the second of its event
        self._ledger = Ledger(started=started, heard=_heard_before(watch))
        self._asking: set[asyncio.Task[None]] = set()

    @property
    def unreached_since(self) -> datetime | None:
        """Since when no receipt of any monitor reaches us, though they did before; None: they do."""
        return self._ledger.unreached_since

    def remember(self, memory: Recollection) -> None:
        """Go on where the last owner stopped."""
        names = {result.monitor for result in memory.refused} | {one.monitor for one in memory.receipts}
        heirs = {name: self._watch.heir(name) for name in names}
        self._ledger.remember(
            (
                replace(result, monitor=heirs[result.monitor])
                for result in memory.refused
                if _refused(result, accepted=result.verdict.reason in judge.ACKNOWLEDGED)
            ),
            (replace(receipt, monitor=heirs[receipt.monitor]) for receipt in memory.receipts),
        )

    def weighed(self, result: Result, monitor: Monitor) -> Result:
        """Return what is known of a finding now: where receipts come, a good answer is half of it."""
        if monitor.receipt is None or not result.event_id:
            return result
        verdict, hostile = result.verdict, result.check in HOSTILE
        taken_in = hostile and monitor.verifies_later and _taken_in(result)
        if taken_in:
            self._ledger.pend(monitor, result, silent(verdict.message), silence=True)
            return result
        half = result.check is Check.DUPLICATE or (hostile and self._was_processed(result))
        if not (half and verdict.good):
            return result
        self._ledger.pend(monitor, result, verdict, silence=False)
        return replace(result, verdict=half_said(verdict, monitor.receipt.within))

    def _was_processed(self, result: Result) -> bool:
        """Whether a receipt made this finding: an answer alone must not lift it."""
        known = self._watch.health(CheckKey(result.monitor, result.check))
        return known.settled_reason in PROOFS

    def sent(self, monitor: Monitor, result: Result) -> None:
        """Note what was sent; from now on it is expected."""
        plan, reply = monitor.receipt, result.reply
        nothing_sent = (
            reply.http_status is None and reply.failure is None
        )  # it is what we found out ourselves
        if plan is None or not result.event_id or nothing_sent:
            return
        accepted = judge.acknowledges(reply, monitor)
        refused = _refused(result, accepted=accepted)
        for found in self._ledger.sent(monitor, result, accepted=accepted, refused=refused):
            self._tell(found)
        if plan.poll is not None and accepted and result.check in ANSWERED_ALONE | {Check.DUPLICATE}:
            self._aside(self._ask(monitor, plan, result))

    def heard(self, receipt: Receipt) -> None:
        """Take the word of a listener's worker."""
        monitor = self._watch.monitor(CheckKey(receipt.monitor, Check.RECEIPT))
        if monitor is not None:
            for found in self._ledger.arrived(receipt, monitor):
                self._tell(found)

    def claim(self, monitor: str, event_id: str) -> tuple[Claim, bool]:
        """Return what is known of an event that a worker knows only by its id, and whether anything is."""
        return self._ledger.claim(monitor, event_id, self._outside.now())

    def deaf(self) -> None:
        """A receipt could not be taken just now: what is due meanwhile is unknown."""
        self._ledger.deaf(self._outside.now())

    def reloaded(self, changed: Changes) -> None:
        """Follow the configuration."""
        self._ledger.rename(dict(changed.renamed))
        self._ledger.forget(changed.reset)

    async def keep(self) -> None:
        """Say what is to be said of events that should have been heard of, until cancelled."""
        self._aside(self.look_at_address())
        while True:
            before = self._outside.now()
            await asyncio.sleep(LOOK)
            now = self._outside.now()
            if now - before > STALLED:  # nobody could report meanwhile: nothing is held against a worker
                self._ledger.deaf(now)
            self.miss(now)

    async def look_at_address(self) -> None:
        """Ask at our own address, once: a hint in the log is all that comes of it."""
        await self._outside.sleep(address.AFTER)
        asked = address.question(self._watch.config)
        doubt = address.doubt(await self._outside.send(asked)) if asked else None
        if asked and doubt:
            log.warning(
                "a hint: workers may not reach the address in `receipts:`; we do not from here",
                address=asked.url,
                why=doubt,
            )

    def miss(self, now: datetime) -> None:
        """Look at what is overdue."""
        for result in self._ledger.overdue(now, self._watch.site.zone):
            self._tell(result)

    def _tell(self, result: Result) -> None:
        """Hand on what was found out, under a check that the monitor has."""
        key = CheckKey(result.monitor, result.check)
        if self._watch.monitor(key) is None and result.check in HOSTILE:
            mine = (one for one in self._watch.due if one.monitor == result.monitor and one.check in HOSTILE)
            key = next(mine, key)
            result = replace(result, check=key.check)
        after = self._digest(key, result)
        if after is not None and key.check is not Check.RECEIPT:
            self._again(key, self._outside.now())

    def _aside(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)

    async def _ask(self, monitor: Monitor, plan: ReceiptPlan, result: Result) -> None:
        """Ask for one event until it came out, or is given up."""
        if plan.poll is None:
            return
        url = fill(plan.poll.url, {"event_id": quote(result.event_id, safe="")})
        asked, answered = replace(monitor, expect=plan.poll.expect), False
        end = result.started_at + plan.within
        while self._outside.now() < end:
            left = end - self._outside.now()
            await self._outside.sleep(min(left, max(SHORTEST_ASK, plan.within / ASKS)) / SECOND)
            reply = await self._outside.send(sign.question(monitor, url))
            answered = answered or reply.http_status is not None
            if judge.acknowledges(reply, asked):
                self.heard(_seen(monitor, result, self._outside.now()))
                return
        found = None if answered else self._ledger.unasked(result.event_id)
        if found is not None:
            self._tell(found)


def _refused(result: Result, *, accepted: bool) -> bool:
    """Whether the listener itself said no to an event that had one answer."""
    status = result.reply.http_status or 0
    said_no = status >= 400 and status not in LOST_ANSWERS and not accepted
    return said_no and result.check in ANSWERED_ALONE


def _taken_in(result: Result) -> bool:
    """Whether the listener answered a hostile event as it answers a valid one."""
    verdict = result.verdict
    return verdict.reason is Reason.INCONCLUSIVE and (result.reply.http_status or 0) // 100 == 2


def _heard_before(watch: Watch) -> dict[str, Heard]:
    """What the last owner had heard of: the last good receipt of each monitor."""
    found = {key.monitor: watch.health(key).last_good_at for key in watch.due if key.check is Check.RECEIPT}
    return {name: Heard(last_at=at, last_sent_at=at) for name, at in found.items() if at is not None}


def _seen(monitor: Monitor, result: Result, now: datetime) -> Receipt:
    return Receipt(
        monitor=monitor.id,
        event_id=result.event_id,
        kind=result.check,
        sent_at=result.started_at,
        arrived_at=now,
    )
