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

from monitor.core import alert, ban, changes, health, incident, judge
from monitor.core.model import (
    HOSTILE,
    Alert,
    AlertKind,
    Check,
    CheckKey,
    Monitor,
    Record,
    Result,
    Status,
)
from monitor.core.possible import impossible
from monitor.look import Looker, ask_each_secret, look
from monitor.network import Network
from monitor.outside import Outside
from monitor.receipts import Receipts
from monitor.turnstile import BAN, Turnstile
from monitor.watch import Watch

log = structlog.get_logger()

DIAGNOSIS_PATIENCE = 3.0  # seconds that an alert may wait for what a second probe says


class Pipeline:
    """Runs checks when the clock says so, and carries each result to its end.

    ``watch`` holds what we believe; only this process writes it, one check at a time.
    """

    def __init__(self, *, outside: Outside, network: Network, watch: Watch) -> None:
        self._outside = outside
        self._network = network
        self._watch = watch
        self._turnstile = Turnstile()
        self.receipts = Receipts(outside=outside, watch=watch, digest=self._digest)
        self._running: dict[CheckKey, asyncio.Task[None]] = {}

    @property
    def running(self) -> int:
        """How many checks are on their way."""
        return len(self._running)

    def start(self, key: CheckKey, _due: datetime) -> None:
        """Start a check as its own task, unless it is still on its way or was asked to stay away."""
        if key in self._running:
            self._outside.skipped("overlap")
            return
        if self._watch.held_until(key, self._outside.now()):
            self._outside.skipped("held")
            return
        task = asyncio.create_task(self._check(key))
        self._running[key] = task
        task.add_done_callback(lambda _: self._running.pop(key, None))

    async def _check(self, key: CheckKey) -> None:
        """One scheduled probe, and the confirming ones it asks for."""
        try:
            scheduled, at_once = True, False
            while (monitor := self._watch.monitor(key)) is not None:
                if not at_once and not await self._its_turn(key, monitor):
                    return
                result = await look(self._outside, self._network, monitor, key.check)
                result = await self._diagnosed(key, result, monitor)
                if changes.probes_something_else(monitor, self._watch.monitor(key)):
                    scheduled, at_once = True, False  # the answer is about a listener that is watched no more
                    continue
                confirm_after = self._digest(key, replace(result, scheduled=scheduled))
                if confirm_after is None:
                    return
                spent = self._outside.now() - result.started_at
                await self._outside.sleep(max(timedelta(0), confirm_after - spent) / timedelta(seconds=1))
                scheduled, at_once = False, not confirm_after
        except Exception:
            log.exception("a check broke; its listener is not blamed", monitor=key.monitor, check=key.check)
            self._outside.failed()

    async def _its_turn(self, key: CheckKey, monitor: Monitor) -> bool:
        """Wait for the turn of a hostile probe. False: not now, valid events are not acknowledged either."""
        if key.check not in HOSTILE or impossible(key.check, monitor):
            return True
        turn = self._turnstile.turn(monitor, self._outside.now()) if self._welcome(key) else None
        if turn:
            await self._outside.sleep(turn / timedelta(seconds=1))
        if turn is None or not self._welcome(key):
            self._turnstile.wait(key)
            self._outside.skipped("delivery_failing")
            return False
        self._turnstile.sent(monitor, self._outside.now())
        return True

    def _welcome(self, key: CheckKey) -> bool:
        """Whether the last valid event was acknowledged; a monitor that sends none is asked all the same."""
        delivery = CheckKey(key.monitor, Check.DELIVERY)
        if delivery not in self._watch.due:
            return True
        return self._watch.health(delivery).last_verdict in judge.ACKNOWLEDGED

    async def _diagnosed(self, key: CheckKey, result: Result, monitor: Monitor) -> Result:
        """Beside a refusal that is about to be told, ask once with a forged event, and with each secret."""
        if result.verdict.reason not in judge.DIAGNOSED or not self._opens(key, result, monitor):
            return result
        if self._banned(key, result, monitor):
            return result
        try:
            async with asyncio.timeout(DIAGNOSIS_PATIENCE):
                words = await self._second_opinion(result, monitor)
        except TimeoutError:
            return result
        told = " ".join(filter(None, (result.verdict.diagnosis, words)))
        return replace(result, verdict=replace(result.verdict, diagnosis=told))

    async def _second_opinion(self, result: Result, monitor: Monitor) -> str:
        said = ""
        if not impossible(Check.FORGED, monitor):
            self._turnstile.sent(monitor, self._outside.now())
            forged = await look(self._outside, self._network, monitor, Check.FORGED)
            said = judge.diagnose(result.reply, forged.reply, monitor)
        if len(monitor.secrets) < 2:
            return said
        looker = Looker(outside=self._outside, network=self._network, monitor=monitor, check=Check.ROTATION)
        _, accepted = await ask_each_secret(looker)
        return f"{said} Asked one by one: {accepted}.".strip()

    def _opens(self, key: CheckKey, result: Result, monitor: Monitor) -> bool:
        """Whether this result confirms an outage of deliveries that nobody was told of."""
        if key.check is not Check.DELIVERY or self._watch.incident(key) is not None:
            return False
        return health.believe(self._watch.health(key), result, monitor).health.settled is Status.DOWN

    def _banned(self, key: CheckKey, result: Result, monitor: Monitor) -> bool:
        before = self._watch.health(key)
        forged = self._watch.last_result(CheckKey(key.monitor, Check.FORGED))
        return self._turnstile.suspect(
            monitor, before.streak_started_at or result.started_at
        ) and ban.looks_banned(before, result, forged.reply if forged else None)

    def _digest(self, key: CheckKey, result: Result) -> timedelta | None:
        """Believe, tell, record, count. Returns how long after this start a confirming probe is due."""
        monitor = self._watch.monitor(key)
        if monitor is None:  # it left the file while its probe was on the way
            return None
        result = self._beside(key, result)
        before, number = self._watch.health(key), self._watch.next_incident
        belief = health.believe(before, result, monitor)
        change = incident.advance(self._watch.incident(key), belief, result, number=number, before=before)
        if change and change.kind is AlertKind.OPENED and self._is_ban(key, result, monitor):
            result = replace(result, verdict=judge.banned(result.verdict))
            belief, change = health.believe(before, result, monitor), incident.ours(change, result)
            self._stop_hostile(monitor)
        change = incident.addressed(change, monitor.notify) if change else None
        alerts = self._told(change, result, monitor)
        self._watch.believe(key, belief.health, change.incident if change else None, result)
        self._outside.record(
            Record(
                result=result,
                key=key,
                health=belief.health,
                transitions=belief.transitions,
                incident=change.incident if change else None,
                alerts=alerts + self._watch.sight(key, result, self._outside.now()),
            )
        )
        self._outside.observe(result, monitor)
        self.receipts.sent(monitor, result)
        self._release(key, result)
        return belief.confirm_after

    def _is_ban(self, key: CheckKey, result: Result, monitor: Monitor) -> bool:
        return key.check is Check.DELIVERY and self._banned(key, result, monitor)

    def _stop_hostile(self, monitor: Monitor) -> None:
        now = self._outside.now()
        for record in self._watch.stop_hostile(monitor, now, now + BAN):
            self._outside.record(record)

    def _release(self, key: CheckKey, result: Result) -> None:
        """A valid event was acknowledged: the hostile checks that waited for it may go."""
        if key.check is Check.DELIVERY and health.acknowledged(result.verdict):
            for waiting in self._turnstile.released(key.monitor):
                self.start(waiting, self._outside.now())

    def _beside(self, key: CheckKey, result: Result) -> Result:
        """A hostile probe says what it says only beside the last delivery, a refusal beside a ban."""
        if result.check in HOSTILE:
            delivery = self._watch.health(CheckKey(key.monitor, Check.DELIVERY)).last_verdict
            return replace(result, verdict=judge.beside_delivery(result.verdict, delivery))
        open_ = self._watch.incident(key)
        if open_ is not None and ban.lasts(open_, result, BAN):
            return replace(result, verdict=judge.banned(result.verdict))
        return result

    def _told(self, change: incident.Change | None, result: Result, monitor: Monitor) -> tuple[Alert, ...]:
        """Return who is to be told of this change, in final words."""
        if change is None or change.kind is None:
            return ()
        now = change.incident
        log.info(
            f"incident {change.kind}",
            incident=now.number,
            monitor=now.monitor,
            check=now.check,
            severity=now.severity,
            reason=now.reason,
            said=result.verdict.message,
        )
        return alert.announce(
            change.incident,
            change.kind,
            result,
            monitor,
            self._watch.site,
            now=self._outside.now(),
            also_down=self._watch.also_down(monitor.id),
        )

    async def drain(self, seconds: float) -> None:
        """Let what is on its way come home, for so long; then cancel it."""
        tasks = list(self._running.values())
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
