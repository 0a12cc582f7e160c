"""Proof of processing, beside the way of one probe: what was sent is expected, what is heard of is judged.

Three ways to prove it, one judgement: the worker posts to the address in the event, or reports the event's
id, or nobody reports and we ask.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import quote

import structlog

from monitor.core import health, judge, sign
from monitor.core.model import Check, CheckKey, Monitor, Receipt, ReceiptPlan, Result
from monitor.core.template import fill
from monitor.core.tokens import Claim
from monitor.ledger import Ledger
from monitor.outside import Outside
from monitor.watch import Watch

log = structlog.get_logger()

LOOK = 1.0  # seconds between two looks at what is overdue
ASKS = 10  # how often we ask for an event within its time
SHORTEST_ASK = timedelta(seconds=1)


class Receipts:
    """Expects events at the far end. ``digest`` takes what is found out, as any result."""

    def __init__(
        self, *, outside: Outside, watch: Watch, digest: Callable[[CheckKey, Result], object]
    ) -> None:
        self._outside = outside
        self._watch = watch
        self._digest = digest
        self._ledger = Ledger()
        self._asking: set[asyncio.Task[None]] = set()

    def sent(self, monitor: Monitor, result: Result) -> None:
        """Note what was sent; from now on it is expected."""
        plan, accepted = monitor.receipt, health.acknowledged(result.verdict)
        if plan is None:
            return
        self._ledger.sent(monitor, result, accepted=accepted)
        if plan.poll is not None and accepted and result.check is Check.DELIVERY:
            task = asyncio.create_task(self._ask(monitor, plan, result))
            self._asking.add(task)
            task.add_done_callback(self._asking.discard)

    def heard(self, receipt: Receipt) -> None:
        """Take the word of a listener's worker."""
        monitor = self._watch.monitor(CheckKey(receipt.monitor, Check.RECEIPT))
        result = self._ledger.arrived(receipt, monitor) if monitor else None
        if result is not None:
            self._digest(CheckKey(result.monitor, result.check), result)

    def claim(self, monitor: str, event_id: str) -> Claim:
        """Return what is known of an event that a worker knows only by its id."""
        return self._ledger.claim(monitor, event_id, self._outside.now())

    def deaf(self) -> None:
        """A receipt could not be taken just now: what is due meanwhile is unknown."""
        self._ledger.deaf(self._outside.now())

    async def keep(self) -> None:
        """Say what is to be said of events that should have been heard of, until cancelled."""
        while True:
            await asyncio.sleep(LOOK)
            self.miss(self._outside.now())

    def miss(self, now: datetime) -> None:
        for result in self._ledger.overdue(now):
            self._digest(CheckKey(result.monitor, result.check), result)

    async def _ask(self, monitor: Monitor, plan: ReceiptPlan, result: Result) -> None:
        """Ask for one event until it came out, or is given up."""
        if plan.poll is None:
            return
        url = fill(plan.poll.url, {"event_id": quote(result.event_id)})
        asked = replace(monitor, expect=plan.poll.expect)
        end = result.started_at + 2 * plan.within
        while self._outside.now() < end:
            await self._outside.sleep(max(SHORTEST_ASK, plan.within / ASKS) / timedelta(seconds=1))
            reply = await self._outside.send(sign.question(monitor, url))
            if judge.acknowledges(reply, asked):
                self.heard(_seen(monitor, result, self._outside.now()))
                return


def _seen(monitor: Monitor, result: Result, now: datetime) -> Receipt:
    return Receipt(
        monitor=monitor.id,
        event_id=result.event_id,
        kind=Check.DELIVERY,
        sent_at=result.started_at,
        arrived_at=now,
    )
