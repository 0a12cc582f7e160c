"""What calls us from outside: jobs give signs of life, listeners report real events.

The clock asks as for any check, and the answer is in what we heard; a job that says how its run ended is
judged at once. What we could not hear is unknown, not silence: a restart, a machine that slept, a pause.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from monitor import cron
from monitor.core import heartbeat, judge, traffic
from monitor.core.model import (
    Check,
    CheckKey,
    Events,
    Health,
    Monitor,
    Phases,
    Pulse,
    Reason,
    Reply,
    Result,
    Sign,
    Signal,
    Status,
    Verdict,
)
from monitor.outside import Outside
from monitor.watch import Watch

HEARD = frozenset({Check.HEARTBEAT, Check.TRAFFIC})  # the checks that are answered here
SILENCE = frozenset({Reason.SILENT, Reason.NO_TRAFFIC})
LOOK = 1.0  # seconds between two looks at whether we are awake
ASLEEP = timedelta(seconds=10)  # longer between two looks: nobody listened in between
UNREACHED = "neither receipts nor calls reach us any more: our own address is away, or all who call"


class Heartbeats:
    """Takes calls, and says what they mean. ``digest`` takes what a call says at once, as any result.

    ``unreached``: since when no receipt of any monitor arrives, though they did before. Then nobody can call.
    """

    def __init__(
        self,
        *,
        outside: Outside,
        watch: Watch,
        digest: Callable[[CheckKey, Result], object],
        unreached: Callable[[], datetime | None],
    ) -> None:
        self._outside = outside
        self._watch = watch
        self._digest = digest
        self._unreached = unreached
        self._unreached_since: datetime | None = None
        self._began = outside.now()
        self._called_at = outside.now()
        self._woken: set[str] = set()  # those whose waiting has been told of our own start

    # --- what calls us --------------------------------------------------------------------------------------

    def hear(self, monitor: Monitor, signal: Signal) -> Pulse:
        """Take a job's call; return what is to be written of it before it is answered."""
        key = CheckKey(monitor.id, Check.HEARTBEAT)
        before, self._called_at = self._pulse(monitor, key, signal.at), signal.at
        pulse = heartbeat.heard(before, signal)
        self._watch.calls.put(pulse)
        if self._watch.monitor(key):
            began = before.started_at if signal.sign is not Sign.START else None
            took = signal.at - began if began else None
            self._digest(key, self._result(monitor, key, pulse, signal.at, took))
        return pulse

    def count(self, events: Events) -> None:
        """Take real events, once they are written. The clock judges them."""
        self._called_at = events.at
        self._watch.calls.add(events)

    def deaf(self, start: datetime, end: datetime, *, only: str | None = None) -> None:
        """Nothing could be heard between these instants, of nobody or of one monitor alone."""
        for monitor in self._watch.config.monitors:
            pulse = self._watch.calls.find(monitor.id, monitor.was)
            if pulse is not None and only in {None, monitor.id}:
                self._put(_deafened(monitor, pulse, start, end))

    def renewed(self, monitors: Iterable[str]) -> None:
        """What is watched there has changed: what was heard so far says nothing of silence any more."""
        now = self._outside.now()
        for name in monitors:
            if pulse := self._watch.calls.find(name, None):
                self._put(heartbeat.anew(pulse, now))

    async def keep(self) -> None:
        """Notice when this machine sleeps or stands still, or is reached again, until cancelled."""
        last = self._outside.now()
        while True:
            await asyncio.sleep(LOOK)
            now = self._outside.now()
            if now - last > ASLEEP:
                self.deaf(last, now)
            last = now
            self.reached_again(now)

    def reached_again(self, now: datetime) -> None:
        """What may have called while nobody could reach us takes its time to come again."""
        since, self._unreached_since = self._unreached_since, self._unreached()
        if since is not None and self._unreached_since is None:
            self.deaf(since, now)

    # --- what it means --------------------------------------------------------------------------------------

    def look(self, monitor: Monitor, check: Check) -> Result:
        """Say what is to be said now."""
        key, now = CheckKey(monitor.id, check), self._outside.now()
        return self._result(monitor, key, self._pulse(monitor, key, now), now, None)

    def _result(
        self, monitor: Monitor, key: CheckKey, pulse: Pulse, now: datetime, took: timedelta | None
    ) -> Result:
        """``took``: how long the run lasted that has just ended, where its start was heard."""
        phases = Phases(wait=took.total_seconds()) if took is not None else Phases()
        verdict = self._verdict(monitor, pulse, now, now.astimezone(self._watch.site.zone))
        if verdict.reason in SILENCE and pulse.heard_at is not None and self._nobody_gets_through():
            verdict = judge.own_fault(UNREACHED)
        return Result(
            monitor=monitor.id,
            check=key.check,
            event_id="",
            verdict=verdict,
            reply=Reply(started_at=now, phases=phases, body=pulse.note),
            finished_at=now,
        )

    def _verdict(self, monitor: Monitor, pulse: Pulse, now: datetime, told_at: datetime) -> Verdict:
        if monitor.heartbeat is not None:
            due = heartbeat.due(pulse, monitor.heartbeat, cron.next_after)
            return judge.judge_heartbeat(pulse, due, told_at)
        if monitor.traffic is None:
            return judge.skipped("nobody reports real events")
        if self._watch.health(CheckKey(monitor.id, Check.DELIVERY)).settled is Status.DOWN:
            self._watch.calls.put(heartbeat.anew(pulse, now))  # afterwards it takes its time to come again
            return judge.inconclusive("no event is accepted at the moment, so none can be expected")
        start = traffic.window(monitor.traffic, now)
        count = self._watch.calls.count(monitor.id, start)
        return judge.judge_traffic(monitor.traffic, pulse, count, start, told_at)

    def _nobody_gets_through(self) -> bool:
        """Receipts tell it where workers report to the same address."""
        config, since = self._watch.config, self._unreached()
        alike = config.site.url in {None, config.receipts_url}
        return alike and since is not None and self._called_at < since

    def _pulse(self, monitor: Monitor, key: CheckKey, now: datetime) -> Pulse:
        """Return what is known of a monitor; where nobody has listened to it, that begins now."""
        calls, silent_from = self._watch.calls, self._watch.calls.silent_from
        known = calls.find(monitor.id, monitor.was)
        believed = self._watch.health(key)
        if known is None:
            pulse = Pulse(monitor=monitor.id, since=now)
        elif believed == Health() or believed.status is Status.PAUSED:
            pulse = replace(heartbeat.anew(known, now), failed_at=None)
        elif monitor.id not in self._woken and silent_from is not None:
            pulse = _deafened(monitor, known, silent_from, self._began)
        else:
            pulse = known
        self._woken.add(monitor.id)
        if pulse is not known:
            self._put(pulse)
        return pulse

    def _put(self, pulse: Pulse) -> None:
        self._watch.calls.put(pulse)
        self._outside.keep(pulse)


def _deafened(monitor: Monitor, pulse: Pulse, start: datetime, end: datetime) -> Pulse:
    """Real events may come at any time, a job's call when it is expected."""
    if monitor.heartbeat is not None:
        return heartbeat.deafened(pulse, monitor.heartbeat, cron.next_after, start=start, end=end)
    return pulse if end <= pulse.since else replace(heartbeat.anew(pulse, end), deaf_from=start)
