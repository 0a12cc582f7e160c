"""THE STORY: the way of one probe. Read this first.

    write → sign → send → judge → believe → tell → record → count

Every arrow hands on one frozen value; no stage knows another. The first four are one look at a listener
(``look``); this file knows when to look, and what follows. Nothing here touches the network, the database or
the clock: what is outside comes in as ``Outside``.
"""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from monitor.core import changes, flapping, health, incident, judge
from monitor.core.changes import Changes
from monitor.core.model import (
    HOSTILE,
    AlertKind,
    Check,
    CheckKey,
    Monitor,
    Record,
    Result,
)
from monitor.core.possible import impossible
from monitor.diagnosis import Diagnosis
from monitor.heartbeats import HEARD, Heartbeats
from monitor.look import kept, look
from monitor.network import Network
from monitor.outside import Outside
from monitor.receipts import Receipts
from monitor.telling import Telling
from monitor.telling.quiet import Quiet
from monitor.turnstile import BAN, Turnstile
from monitor.underway import Underway
from monitor.watch import Watch

log = structlog.get_logger()

SECOND = timedelta(seconds=1)


class Pipeline:
    """Runs checks when the clock says so, and carries each result to its end.

    ``watch`` holds what we believe; only this process writes it, one check at a time.
    """

    def __init__(self, *, outside: Outside, network: Network, watch: Watch, quiet: Quiet) -> None:
        self._outside = outside
        self._network = network
        self._watch = watch
        self._turnstile = _turnstile(watch)
        self._underway = Underway(sleep=outside.sleep)
        self._diagnosis = Diagnosis(outside=outside, network=network, watch=watch, turnstile=self._turnstile)
        self.quiet = quiet
        self.telling = Telling(outside=outside, watch=watch, quiet=self.quiet)
        self.receipts = Receipts(outside=outside, watch=watch, digest=self._digest, again=self.start)
        self.heartbeats = Heartbeats(
            outside=outside,
            watch=watch,
            digest=self._digest,
            unreached=lambda: self.receipts.unreached_since,
        )

    @property
    def running(self) -> int:
        """How many checks are on their way."""
        return len(self._underway)

    def start(self, key: CheckKey, _due: datetime) -> None:
        """Start a check as its own task, unless it is still on its way or was asked to stay away."""
        if key in self._underway:
            self._outside.skipped("overlap")
            return
        if self._watch.held_until(key, self._outside.now()):
            self._outside.skipped("held")
            return
        self._underway.start(key, self._check)

    async def _check(self, key: CheckKey) -> None:
        """One scheduled probe, and the confirming ones it asks for."""
        try:
            scheduled, at_once = True, False
            while (monitor := self._watch.monitor(key)) is not None:
                if not await self._its_turn(key, monitor, at_once=at_once):
                    return
                began = self._outside.monotonic()
                result = await self._look(monitor, key.check)
                result = self._diagnosis.beside(key, replace(result, scheduled=scheduled))
                result = await self._diagnosis.diagnosed(key, result, monitor)
                if changes.probes_something_else(monitor, self._watch.monitor(key)):
                    scheduled, at_once = True, False  # the answer is about a listener that is watched no more
                    continue
                confirm_after = self._digest(key, self.receipts.weighed(kept(result, monitor), monitor))
                if confirm_after is None:
                    return
                spent = self._outside.monotonic() - began
                await self._underway.rest(confirm_after / SECOND - spent)
                scheduled, at_once = False, not confirm_after
        except Exception:
            log.exception("a check broke; its listener is not blamed", monitor=key.monitor, check=key.check)
            self._outside.failed()

    async def _look(self, monitor: Monitor, check: Check) -> Result:
        """Ask the listener, or what we heard where something is to call us."""
        if check in HEARD:
            return self.heartbeats.look(monitor, check)
        return await look(self._outside, self._network, monitor, check)

    def reloaded(self, changed: Changes) -> tuple[CheckKey, ...]:
        """End what waits in vain, now that the watch has a new configuration; return what is to be asked now.

        What was about to be asked again of a monitor that changed is asked at once.
        """
        watch = self._watch
        self.receipts.reloaded(changed)
        self.heartbeats.renewed(changed.reset)
        woken = self._underway.end_resting(
            lambda key: key.monitor in changed.reset or watch.monitor(key) is None
        )
        again = tuple(key for key in woken if watch.monitor(key) is not None)
        self._turnstile.tidy({key.monitor for key in watch.due}, self._outside.now())
        return tuple(dict.fromkeys((*changed.asked, *again)))

    def clock_set(self, by: timedelta) -> None:
        """The clock of this machine was set. Set back, it must not make us wait for as long."""
        self._network.clock_set()
        if by < timedelta(0):
            self._turnstile.shift(by)
            self._watch.move_holds(by)

    async def _its_turn(self, key: CheckKey, monitor: Monitor, *, at_once: bool) -> bool:
        """Wait for the turn of a hostile probe. False: not now, valid events are not acknowledged either."""
        if key.check not in HOSTILE or impossible(key.check, monitor):
            return True
        if at_once:
            self._turnstile.sent(monitor, self._outside.now())
            return True
        welcome = self._welcome(key)
        if welcome:
            await self._queue(monitor)
        if not welcome or not self._welcome(key):
            self._turnstile.wait(key)
            self._outside.skipped("delivery_failing")
            return False
        self._turnstile.sent(monitor, self._outside.now())
        return True

    async def _queue(self, monitor: Monitor) -> None:
        """Wait until no other hostile probe went to this host for a while; some go out of turn."""
        now = self._outside.now()
        left = turn = self._turnstile.turn(monitor, now)
        try:
            while left:
                await self._underway.rest(left / SECOND)
                left = self._turnstile.too_soon(monitor, self._outside.now())
        except asyncio.CancelledError:
            self._turnstile.give_back(monitor, now + turn)
            raise

    def _welcome(self, key: CheckKey) -> bool:
        """Whether the last valid event was acknowledged; a monitor that sends none is asked all the same."""
        delivery = CheckKey(key.monitor, Check.DELIVERY)
        if delivery not in self._watch.due:
            return True
        return self._watch.health(delivery).last_verdict in judge.ACKNOWLEDGED

    def _digest(self, key: CheckKey, result: Result) -> timedelta | None:
        """Believe, tell, record, count. Returns how long after this start a confirming probe is due."""
        monitor = self._watch.monitor(key)
        if monitor is None:  # it left the file while its probe was on the way
            return None
        before = self._watch.health(key)
        belief = flapping.counted(before, health.believe(before, result, monitor), result)
        open_ = self._watch.incident(key)
        change = incident.advance(open_, belief, result, before=before)
        if change and change.kind is AlertKind.OPENED and self._is_ban(key, result, monitor):
            result = replace(result, verdict=judge.banned(result.verdict))
            belief, change = health.believe(before, result, monitor), incident.ours(change, result)
            self._stop_hostile(monitor)
        if change and open_ is None:
            change = replace(change, incident=self._watch.placed(change.incident))
        change = flapping.damped(open_, change, before, belief.health, result)
        told, alerts = self.telling.told(change, result, monitor)
        happened = self._watch.believe(key, belief.health, told, result)
        self._outside.record(
            Record(
                result=result,
                key=key,
                health=belief.health,
                transitions=self.quiet.maintenance.masked(key, belief.transitions),
                incident=told,
                happened=happened,
                alerts=alerts + self._watch.sight.note(key, result, self._outside.now()),
            )
        )
        self._outside.observe(result, monitor)
        self.receipts.sent(monitor, result)
        self._release(key, result)
        for other in self.quiet.to_ask(key, result, told):
            self._ask_now(other)
        return belief.confirm_after

    def _ask_now(self, key: CheckKey) -> None:
        if key not in self._underway:
            self.start(key, self._outside.now())

    def _is_ban(self, key: CheckKey, result: Result, monitor: Monitor) -> bool:
        return key.check is Check.DELIVERY and self._diagnosis.banned(key, result, monitor)

    def _stop_hostile(self, monitor: Monitor) -> None:
        now = self._outside.now()
        for record in self._watch.stop_hostile(monitor, now, now + BAN):
            self._outside.record(record)

    def _release(self, key: CheckKey, result: Result) -> None:
        """A valid event was acknowledged: the hostile checks that waited for it may go."""
        if key.check is Check.DELIVERY and health.acknowledged(result.verdict):
            for waiting in self._turnstile.released(key.monitor):
                self.start(waiting, self._outside.now())

    async def stop(self, seconds: float) -> None:
        """Start nothing any more, end what only waits, and let what is on its way come home, for so long."""
        await self._underway.stop(seconds)

    async def drain(self, seconds: float) -> None:
        """Let what is on its way come home, for so long; then cancel it."""
        await self._underway.drain(seconds)


def _turnstile(watch: Watch) -> Turnstile:
    """A restart is no reason to send two hostile probes to a host within a minute."""
    turnstile = Turnstile()
    for key in watch.due:
        monitor, at = watch.monitor(key), watch.health(key).last_result_at
        if key.check in HOSTILE and monitor and at:
            turnstile.taken(monitor, at)
    return turnstile
