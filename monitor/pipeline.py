"""THE STORY: the way of one probe. Read this first.

    write → sign → send → judge → believe → tell → record → count

Every arrow hands on one frozen value; no stage knows another, only this file knows the order. Nothing here
touches the network, the database or the clock: what is outside comes in as ``Outside``.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from monitor.core import alert, changes, event, health, incident, judge, sign
from monitor.core.model import (
    HOSTILE,
    Alert,
    Check,
    CheckKey,
    Delivery,
    Event,
    Monitor,
    Phases,
    Reason,
    Record,
    Reply,
    Result,
    Verdict,
)
from monitor.network import Network
from monitor.watch import Watch

log = structlog.get_logger()

LAG_LIMIT = 1.0  # seconds; a loop stuck for longer may have caused the failure itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """Everything that is not thinking, as plain callables. Tests pass another one.

    ``send``     Delivery → Reply; never raises for a bad listener
    ``lag``      how long our event loop was stuck since then, in seconds
    ``record``   takes one unit of work; returns at once
    ``observe``  counts a finished probe
    ``skipped``  counts a start that did not happen, and why
    ``failed``   counts a tick that broke: our bug, never a listener's fault
    """

    now: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]]
    token: Callable[[], str]  # 32 random hex digits
    send: Callable[[Delivery], Awaitable[Reply]]
    lag: Callable[[datetime], float]
    record: Callable[[Record], None]
    observe: Callable[[Result, Monitor], None]
    skipped: Callable[[str], None]
    failed: Callable[[], None]


async def look(outside: Outside, network: Network, monitor: Monitor, check: Check) -> Result:
    """Send one probe and judge it. Records nothing, confirms nothing."""
    token = outside.token()
    written = event.write(monitor, token=token, at=outside.now())
    if check is Check.CERTIFICATE and not monitor.url.startswith("https:"):
        nothing = Reply(started_at=outside.now(), phases=Phases())
        verdict = judge.skipped("the listener is not behind TLS: there is no certificate to look at")
        return _result(outside, monitor, check, written, verdict, nothing)
    reply = await outside.send(_signed(outside, monitor, check, written, token))
    network.heard(monitor, reply)
    verdict = _own_lag(outside, judge.judge(check, reply, monitor), reply)
    verdict = await network.settle(verdict, monitor, reply)
    return _result(outside, monitor, check, written, verdict, reply)


def _signed(outside: Outside, monitor: Monitor, check: Check, written: Event, token: str) -> Delivery:
    trace = f"00-{token}-{token[:16]}-01"
    if check is Check.CERTIFICATE:
        return sign.handshake(monitor)
    if check is Check.FORGED:
        key = bytes.fromhex(outside.token() + outside.token())
        return sign.forge(written, monitor, at=outside.now(), traceparent=trace, key=key)
    return sign.sign(written, monitor, at=outside.now(), traceparent=trace)


def _own_lag(outside: Outside, verdict: Verdict, reply: Reply) -> Verdict:
    """A failure or a slow answer while our own loop was stuck says nothing about the listener."""
    if reply.failure is None and verdict.reason not in {Reason.SLOW, Reason.TIMEOUT}:
        return verdict
    lag = outside.lag(reply.started_at)
    if lag <= LAG_LIMIT:
        return verdict
    return judge.own_fault(f"our own event loop was stuck for {lag:.1f} s during this probe")


def _result(  # noqa: PLR0913, PLR0917  six values become one
    outside: Outside, monitor: Monitor, check: Check, written: Event, verdict: Verdict, reply: Reply
) -> Result:
    return Result(
        monitor=monitor.id,
        check=check,
        event_id=written.id,
        verdict=verdict,
        reply=reply if monitor.keep_bodies else replace(reply, body=""),
        finished_at=outside.now(),
    )


class Pipeline:
    """Runs checks when the clock says so, and carries each result to its end.

    ``watch`` holds what we believe; only this process writes it, one check at a time.
    """

    def __init__(self, *, outside: Outside, network: Network, watch: Watch) -> None:
        self._outside = outside
        self._network = network
        self._watch = watch
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
            self._outside.skipped("rate_limited")
            return
        task = asyncio.create_task(self._check(key))
        self._running[key] = task
        task.add_done_callback(lambda _: self._running.pop(key, None))

    async def _check(self, key: CheckKey) -> None:
        """One scheduled probe, and the confirming ones it asks for."""
        try:
            scheduled = True
            while (monitor := self._watch.monitor(key)) is not None:
                result = await look(self._outside, self._network, monitor, key.check)
                if changes.probes_something_else(monitor, self._watch.monitor(key)):
                    scheduled = True  # the answer is about a listener that is watched no more
                    continue
                confirm_after = self._digest(key, replace(result, scheduled=scheduled))
                if confirm_after is None:
                    return
                spent = self._outside.now() - result.started_at
                await self._outside.sleep(max(timedelta(0), confirm_after - spent) / timedelta(seconds=1))
                scheduled = False
        except Exception:
            log.exception("a check broke; its listener is not blamed", monitor=key.monitor, check=key.check)
            self._outside.failed()

    def _digest(self, key: CheckKey, result: Result) -> timedelta | None:
        """Believe, tell, record, count. Returns how long after this start a confirming probe is due."""
        monitor = self._watch.monitor(key)
        if monitor is None:  # it left the file while its probe was on the way
            return None
        result = self._beside_delivery(result)
        before, number = self._watch.health(key), self._watch.next_incident
        belief = health.believe(before, result, monitor)
        change = incident.advance(self._watch.incident(key), belief, result, number=number, before=before)
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
        return belief.confirm_after

    def _beside_delivery(self, result: Result) -> Result:
        """A hostile probe says what it says only beside the last delivery to the same listener."""
        if result.check not in HOSTILE:
            return result
        delivery = self._watch.health(CheckKey(result.monitor, Check.DELIVERY)).last_verdict
        return replace(result, verdict=judge.beside_delivery(result.verdict, delivery))

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
