"""One notifier's line: what waits for it, and the one message that is on its way."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

import structlog

from monitor.core.alert import digest, waited
from monitor.core.model import Alert, Message, QueuedAlert
from monitor.errors import NotifyError, NotOwner, StoreError
from monitor.outbox import pace
from monitor.outbox.pace import Pace

LEASE = timedelta(seconds=60)  # longer than holding back and sending together
MOST = 1000  # alerts in one message
POLL = 15.0  # seconds; retries, and leases of a process that died, are found by looking
AWAY = 1.0  # seconds until a database that is away is asked again

Send = Callable[[str, Message], Awaitable[str]]
Duty = Callable[[], Awaitable[None]]

log = structlog.get_logger(__name__)


class Shelf(Protocol):
    """What the outbox needs of the store."""

    async def claim(
        self, notifier: str, *, now: datetime, lease: timedelta, limit: int = ...
    ) -> tuple[QueuedAlert, ...]: ...

    async def settle(self, keys: Collection[str], *, at: datetime) -> None: ...

    async def postpone(self, keys: Collection[str], *, due_at: datetime, error: str) -> None: ...

    async def give_up(self, keys: Collection[str], *, at: datetime, error: str) -> None: ...

    async def give_up_unserved(
        self, served: Collection[str], *, made_before: datetime, at: datetime, error: str
    ) -> None: ...

    async def next_due(self, notifier: str) -> datetime | None: ...

    def unwritten_alerts(self, older_than: timedelta) -> tuple[Alert, ...]: ...

    def sent_unwritten(self, keys: Sequence[str], at: datetime) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What the lines share of the world."""

    store: Shelf
    send: Send
    now: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]]
    jitter: Callable[[], float]
    observe: Callable[[str, str, float], None]
    by_mail: Callable[[str], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """What is on its way as one message; ``unwritten``: keys that the database did not know when it left."""

    alerts: tuple[Alert, ...]
    unwritten: frozenset[str]


class Line:
    """Sends one message at a time, in the order in which the alerts came."""

    def __init__(self, name: str, outside: Outside) -> None:
        self._name = name
        self._outside = outside
        self._pace = Pace()
        self._claimed: dict[str, Alert] = {}  # leased by us
        self._unwritten: dict[str, Alert] = {}  # the database did not take these yet
        self._tried: set[str] = set()  # of these: refused once, they wait their turn
        self._from_memory: set[str] = set()  # left unwritten; one may still turn up in a claim
        self._owed: list[Duty] = []  # what the database must still be told, in order
        self._away = False
        self._hurry = False
        self._woken = asyncio.Event()
        self.idle = asyncio.Event()

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
        except StoreError:
            return
        if due is not None and due > now:
            longest = now + timedelta(seconds=pace.LAST_RETRY)
            self._pace = Pace(again_at=min(due + pace.WINDOW, longest))

    async def _step(self) -> float:
        """Do the next thing that can be done. Return the seconds until there may be more."""
        now = self._outside.now()  # one for all: what is not due yet at the claim is still ahead at the rest
        await self._fetch(now)
        waiting = {**self._claimed, **self._unwritten}
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
        for alert in (queued.alert for queued in claimed):
            if alert.key in self._from_memory:  # written while it was on its way from memory
                self._owed.append(partial(store.settle, [alert.key], at=now))
            else:
                self._claimed[alert.key] = alert
                self._unwritten.pop(alert.key, None)

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
            error = "waits behind one that the service refused"
            self._owed.append(partial(self._outside.store.postpone, keys, due_at=at, error=error))
            await self._pay()

    async def _deliver(self, alerts: Sequence[Alert]) -> None:
        started = self._outside.now()
        # While the message is on its way the database may come back, and take what left from memory.
        parcel = Parcel(alerts=tuple(alerts), unwritten=frozenset(self._unwritten))
        try:
            words = await self._send(_message(alerts))
        except NotifyError as error:
            outcome = self._refused(parcel, error)
        else:
            outcome = self._sent(parcel, started)
            log.info("alert sent", notifier=self._name, alerts=len(alerts), answer=words)
        self._outside.observe(self._name, outcome, (self._outside.now() - started).total_seconds())

    async def _send(self, message: Message) -> str:
        try:
            return await self._outside.send(self._name, message)
        except NotifyError:
            raise
        except Exception as error:
            log.exception("a notifier broke; the alert is tried again", notifier=self._name)
            raise NotifyError(f"our own fault: {type(error).__name__}") from error

    def _sent(self, parcel: Parcel, left_at: datetime) -> str:
        store, now = self._outside.store, self._outside.now()
        if written := self._let_go(parcel.alerts, parcel):
            self._owed.append(partial(store.settle, written, at=now))
        if unwritten := [alert.key for alert in parcel.alerts if alert.key in parcel.unwritten]:
            self._from_memory.update(unwritten)
            store.sent_unwritten(unwritten, now)
            for key in unwritten:
                self._unwritten.pop(key, None)
        ours, rest = pace.about_ourselves(parcel.alerts), bool(self._claimed or self._unwritten)
        next_at = now + pace.breath(parcel.alerts, by_mail=self._outside.by_mail(self._name))
        self._pace = pace.sent(self._pace, left_at, next_at=next_at, ours=ours, rest=rest)
        return "sent"

    def _refused(self, parcel: Parcel, error: NotifyError) -> str:
        store, now = self._outside.store, self._outside.now()
        self._pace = pace.refused(self._pace, now, error.retry_after, self._outside.jitter())
        self._tried.update(parcel.unwritten)
        hopeless = [alert for alert in parcel.alerts if error.permanent or pace.too_old(alert, now)]
        lost = self._let_go(hopeless, parcel)
        later = self._let_go([alert for alert in parcel.alerts if alert not in hopeless], parcel)
        if lost:
            log.error("alerts given up", notifier=self._name, alerts=len(lost), why=str(error))
            self._owed.append(partial(store.give_up, lost, at=now, error=str(error)))
        if later and self._pace.again_at:
            log.warning("alert refused", notifier=self._name, again_at=self._pace.again_at, why=str(error))
            self._owed.append(partial(store.postpone, later, due_at=self._pace.again_at, error=str(error)))
        return "given_up" if lost else "failed"

    def _let_go(self, alerts: Sequence[Alert], parcel: Parcel) -> list[str]:
        """Return the keys of those that the database knows; what becomes of them is its to remember."""
        written = [alert.key for alert in alerts if alert.key not in parcel.unwritten]
        for key in written:
            self._claimed.pop(key, None)
        return written


def _message(alerts: Sequence[Alert]) -> Message:
    """Return the one message that tells all of these."""
    if any(alert.held_until for alert in alerts):
        return waited(alerts)
    return digest([alert.message for alert in alerts])


async def either(first: Awaitable[object], second: Awaitable[object]) -> None:
    """Wait for one of two, and let go of the other."""
    waits = [asyncio.ensure_future(first), asyncio.ensure_future(second)]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in waits:
            one.cancel()
        await asyncio.gather(*waits, return_exceptions=True)
