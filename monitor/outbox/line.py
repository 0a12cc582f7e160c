"""One notifier's line: what waits for it, and the one message that is on its way."""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from monitor.core import alert as telling
from monitor.core.model import Alert, Message, Notifier, QueuedAlert
from monitor.errors import NotifyError, NotOwner, StoreError
from monitor.outbox import pace
from monitor.outbox.outside import Duty, Outside
from monitor.outbox.pace import Pace
from monitor.outbox.parcel import Parcel
from monitor.outbox.repute import Repute

LEASE = timedelta(seconds=60)  # longer than holding back and sending together
MOST = 1000  # alerts in one message
POLL = 15.0  # seconds; retries, and leases of a process that died, are found by looking
AWAY = 1.0  # seconds until a database that is away is asked again

log = structlog.get_logger(__name__)


class Line:
    """Sends one message at a time, in the order in which the alerts came."""

    def __init__(self, notifier: Notifier, outside: Outside) -> None:
        self._name = notifier.name
        self._outside = outside
        self._pace = Pace()
        self._owed: list[Duty] = []  # what the database must still be told, in order
        self._repute = Repute(notifier, outside, owe=self._owed.append)
        self._claimed: dict[str, QueuedAlert] = {}  # leased by us
        self._unwritten: dict[str, Alert] = {}  # the database did not take these yet
        self._tried: set[str] = set()  # of these: refused once, they wait their turn
        self._from_memory: set[str] = set()  # left unwritten; one may still turn up in a claim
        self._away = False
        self._hurry = False
        self._woken = asyncio.Event()
        self.idle = asyncio.Event()
        self.moved_at = outside.now()  # when it last looked what there is to do

    def follow(self, notifier: Notifier) -> None:
        """Go on with the notifier as it is configured now. One that leads elsewhere is tried at once."""
        if self._repute.follow(notifier):
            self.renew()

    def renew(self) -> None:
        """Ask again now: whatever it refused, it may be mended."""
        self._pace = Pace()
        self._owed.append(partial(self._outside.store.hasten, self._name, at=self._outside.now()))
        self.wake()

    def wake(self) -> None:
        self.idle.clear()
        self._woken.set()

    def hurry(self) -> None:
        """Hold nothing back from now on: we are about to stop."""
        self._hurry = True
        self.wake()

    def take_unwritten(self, alerts: Sequence[Alert]) -> None:
        """Take what the database did not take in time; forget what it has taken since."""
        before = self._unwritten.keys()
        self._unwritten = {alert.key: alert for alert in alerts if alert.key not in self._from_memory}
        self._tried &= self._unwritten.keys()
        if self._unwritten.keys() - before:
            self.wake()

    async def run(self) -> None:
        """Serve until cancelled. Raises NotOwner, and nothing else."""
        await self._remember()
        while True:
            self._woken.clear()
            try:
                wait = await self._step()
            except NotOwner:
                raise
            except StoreError as error:
                wait = self._miss(error)
            except Exception:
                log.exception("the outbox stumbled; it goes on", notifier=self._name)
                wait = POLL
            if wait > 0:
                await either(self._woken.wait(), self._outside.sleep(wait))

    async def _remember(self) -> None:
        """After a restart, what waits for its next try must not be overtaken by what comes after it.

        If the last process died while it held a window's alerts, their leases end within a window too.
        """
        now = self._outside.now()
        try:
            due = await self._outside.store.next_due(self._name)
            await self._repute.recall()
        except StoreError:
            return
        if due is not None and due > now:
            longest = now + timedelta(seconds=pace.LAST_RETRY)
            self._pace = Pace(again_at=min(due + pace.WINDOW, longest))

    async def _step(self) -> float:
        """Do the next thing that can be done. Return the seconds until there may be more."""
        now = self._outside.now()  # one for all: what is not due yet at the claim is still ahead at the rest
        self.moved_at = now
        await self._fetch(now)
        waiting = {key: queued.alert for key, queued in self._claimed.items()} | self._unwritten
        paced = replace(self._pace, free_at=None, ours_at=None) if self._hurry else self._pace
        chosen = pace.choose(paced, list(waiting.values()), now, tried=self._tried)
        if chosen:
            await self._deliver(chosen)
            return 0.0
        if self._pace.refusing(now):
            await self._put_back()
        if not self._woken.is_set():
            self.idle.set()
        return self._rest(now)

    def _rest(self, asked_at: datetime) -> float:
        """Return the seconds until something is due that was not when the database was asked."""
        if self._away:
            return AWAY
        times = [self._pace.again_at]
        if self._claimed or self._unwritten:
            times += [self._pace.next_at, self._pace.free_at, self._pace.ours_at]
        now = self._outside.now()
        ahead = [(at - now).total_seconds() for at in times if at is not None and at > asked_at]
        return max(0.0, min([POLL, *ahead]))

    async def _fetch(self, now: datetime) -> None:
        """Claim what is due, once all that is owed is paid. A database that is away is asked again."""
        store = self._outside.store
        try:
            await self._pay()
            claimed = await store.claim(self._name, now=now, lease=LEASE, limit=MOST)
        except NotOwner:
            raise
        except StoreError as error:
            self._miss(error)
            return
        self._away = False
        for queued in claimed:
            key = queued.alert.key
            if key in self._from_memory:  # written while it was on its way from memory
                self._owed.append(partial(store.settle, [key], at=now))
            else:
                self._claimed[key] = queued
                self._unwritten.pop(key, None)

    def _miss(self, error: StoreError) -> float:
        """Note that the database is away; say it once."""
        if not self._away:
            log.warning("the outbox waits for the database", notifier=self._name, why=str(error))
        self._away = True
        return AWAY

    async def _pay(self) -> None:
        """A sending that is not settled would be repeated when its lease ends."""
        while self._owed:
            await self._owed[0]()
            self._owed.pop(0)

    async def _put_back(self) -> None:
        """Leave no lease on what cannot leave before the service is asked again."""
        keys, at = list(self._claimed), self._pace.again_at
        if keys and at is not None:
            self._claimed.clear()
            self._owed.append(partial(self._outside.store.put_back, keys, due_at=at))
            await self._pay()

    async def _deliver(self, alerts: Sequence[Alert]) -> None:
        started = self._outside.now()
        parcel = self._packed(alerts, started)
        await self._depart(parcel)
        try:
            words = await self._send(telling.message(parcel.queued))
        except NotifyError as error:
            outcome = self._refused(parcel, error)
        else:
            outcome = self._sent(parcel)
            log.info("alert sent", notifier=self._name, alerts=len(alerts), answer=words)
        self._outside.observe(self._name, outcome, (self._outside.now() - started).total_seconds())

    def _packed(self, alerts: Sequence[Alert], at: datetime) -> Parcel:
        """While it is on its way the database may come back, and take what left from memory."""
        fresh = (QueuedAlert(alert=alert, attempts=0, due_at=alert.created_at) for alert in alerts)
        queued = tuple(self._claimed.get(one.alert.key, one) for one in fresh)
        return Parcel(queued=queued, unwritten=frozenset(self._unwritten), left_at=at)

    async def _depart(self, parcel: Parcel) -> None:
        """Write down that these leave: whoever finds them unsettled knows that they may have arrived."""
        keys = [alert.key for alert in parcel.alerts if alert.key not in parcel.unwritten]
        try:
            await self._outside.store.depart(keys, at=parcel.left_at)
        except NotOwner:
            raise
        except StoreError as error:  # an alert does not wait for that
            self._miss(error)

    async def _send(self, message: Message) -> str:
        try:
            return await self._outside.send(self._name, message)
        except NotifyError:
            raise
        except Exception as error:
            log.exception("a notifier broke; the alert is tried again", notifier=self._name)
            raise NotifyError(f"our own fault: {type(error).__name__}") from error

    def _sent(self, parcel: Parcel) -> str:
        store, now = self._outside.store, self._outside.now()
        if written := self._let_go(parcel.alerts, parcel):
            self._owed.append(partial(store.settle, written, at=now))
        if unwritten := [alert.key for alert in parcel.alerts if alert.key in parcel.unwritten]:
            self._from_memory.update(unwritten)
            store.sent_unwritten(unwritten, now)
            for key in unwritten:
                self._unwritten.pop(key, None)
        ours, rest = pace.about_ourselves(parcel.alerts), bool(self._claimed or self._unwritten)
        next_at = now + pace.breath(parcel.alerts, by_mail=self._repute.by_mail)
        self._pace = pace.sent(self._pace, parcel.left_at, next_at=next_at, ours=ours, rest=rest)
        self._repute.succeeded(parcel.left_at)
        return "sent"

    def _refused(self, parcel: Parcel, error: NotifyError) -> str:
        now, give_up_after = self._outside.now(), self._outside.config().give_up_after
        self._repute.failed(error)
        old = {one.alert.key for one in parcel.queued if pace.too_old(one, now, give_up_after)}
        doomed = error.hopeless or (error.permanent and bool(self._repute.fallback))
        lost = [alert for alert in parcel.alerts if doomed or alert.key in old]
        later = [alert for alert in parcel.alerts if alert not in lost]
        self._tried.update(parcel.unwritten)
        if later or not lost:
            self._pace = pace.refused(self._pace, now, error.retry_after, self._outside.jitter())
        else:
            self._pace = pace.sent(self._pace, now, next_at=now + pace.SECOND, ours=False, rest=False)
        self._postpone(later, parcel, error)
        return self._part_with(lost, parcel, error, now) or "failed"

    def _postpone(self, later: Sequence[Alert], parcel: Parcel, error: NotifyError) -> None:
        keys, again_at = self._let_go(later, parcel), self._pace.again_at
        if not keys or again_at is None:
            return
        log.warning("alert refused", notifier=self._name, again_at=again_at, why=str(error))
        doubts: dict[datetime | None, list[str]] = {}
        for one in parcel.queued:
            if one.alert.key in keys:  # a refusal now says nothing of what left before we died
                doubts.setdefault(parcel.left_at if error.unsure else one.left_at, []).append(one.alert.key)
        for left_at, some in doubts.items():
            again = partial(self._outside.store.postpone, some, due_at=again_at, error=str(error))
            self._owed.append(partial(again, left_at=left_at))

    def _part_with(self, lost: Sequence[Alert], parcel: Parcel, error: NotifyError, now: datetime) -> str:
        """Hand over, or give up, what this notifier will never take. Returns which; empty: nothing."""
        store, heirs, why = self._outside.store, self._repute.fallback, str(error)
        keys = self._let_go(lost, parcel)
        if not keys:
            return ""
        if heirs:
            others = [telling.instead(alert, heir) for heir in heirs for alert in lost if alert.key in keys]
            log.warning("alerts handed over", notifier=self._name, to=heirs, alerts=len(keys), why=why)
            self._owed.append(partial(store.hand_over, keys, others, at=now, error=why))
            return "handed_over"
        log.error("alerts given up", notifier=self._name, alerts=len(keys), why=why)
        self._owed.append(partial(store.give_up, keys, at=now, error=why))
        return "given_up"

    def _let_go(self, alerts: Sequence[Alert], parcel: Parcel) -> list[str]:
        """Return the keys of those that the database knows; what becomes of them is its to remember."""
        written = [alert.key for alert in alerts if alert.key not in parcel.unwritten]
        for key in written:
            self._claimed.pop(key, None)
        return written


async def either(first: Awaitable[object], second: Awaitable[object]) -> None:
    """Wait for one of two, and let go of the other."""
    waits = [asyncio.ensure_future(first), asyncio.ensure_future(second)]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in waits:
            one.cancel()
        await asyncio.gather(*waits, return_exceptions=True)
