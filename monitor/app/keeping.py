"""The standing duties of the owner: signs of life, housekeeping, and words about our own trouble."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import structlog

from monitor import system
from monitor.app.wiring import utc_now
from monitor.core import alert
from monitor.core.model import Queue, Record
from monitor.errors import NotOwner, StoreError
from monitor.schedule import Clock
from monitor.store import Store
from monitor.watch import Watch

log = structlog.get_logger()

NO_RECEIPT = "no receipt of any monitor arrives any more"
BEAT = 3.0  # seconds between two signs of life in the database (5 are promised)
TIDY = 5.0
CLOCK_STALLED = timedelta(seconds=60)
CLOCK_WRONG = timedelta(seconds=10)  # more than what answers take, less than what most verifiers forgive
TROUBLE_AFTER = timedelta(seconds=10)  # how long the database may be away before the operator is told


class Keeper:
    """Keeps the house: each duty runs until it is cancelled, or raises NotOwner."""

    def __init__(  # noqa: PLR0913  what it keeps an eye on
        self,
        *,
        store: Store,
        watch: Watch,
        clock: Clock,
        clock_set: Callable[[timedelta], None],
        skew: Callable[[], timedelta | None],
        unreached: Callable[[], datetime | None],
    ) -> None:
        self.queues: tuple[Queue, ...] | None = None  # not looked into yet
        self._skew = skew
        self._mistimed = False
        self._unreached = unreached
        self._deaf = False
        self._store = store
        self._watch = watch
        self._clock = clock
        self._clock_set = clock_set
        self._troubled_since: datetime | None = None
        self._put_off: set[str] = set()

    async def beat(self) -> None:
        """Show in the database that the clock ticks."""
        while True:
            if self._store.lost_ownership is not None:
                raise self._store.lost_ownership
            with self._patience("signs of life in the database"):
                await self._store.beat(utc_now())
                self.queues = await self._store.queues()
            await asyncio.sleep(BEAT)

    async def watchdog(self) -> None:
        """Show the service manager that the clock ticks, whatever the database does."""
        while True:
            if self.stalled() is None:
                system.notify("WATCHDOG=1")
            await asyncio.sleep(BEAT)

    async def time_of_day(self) -> None:
        """Notice when the clock of this machine is set: what waits for an instant must not wait for hours."""
        while True:
            await asyncio.sleep(1)
            if by := self._clock.jumped():
                log.warning("the time of day has jumped: checks are planned anew", seconds=by.total_seconds())
                self._clock_set(by)

    async def tidy(self) -> None:
        """Roll up and prune, a little at a time."""
        while True:
            await asyncio.sleep(TIDY)
            with self._patience("rolling up and pruning"):
                await self._store.tidy(utc_now())

    @contextmanager
    def _patience(self, duty: str) -> Iterator[None]:
        """Go on without the database. It may be away for hours: said once, and once when it is over."""
        try:
            yield
        except NotOwner:
            raise
        except StoreError as error:
            if duty not in self._put_off:
                log.warning(f"{duty} have to wait for the database", why=str(error))
            self._put_off.add(duty)
        else:
            if duty in self._put_off:
                log.info(f"{duty} go on")
            self._put_off.discard(duty)

    async def tell_of_trouble(self) -> None:
        """A database that stays away is our own fault, and the operator's to mend."""
        while True:
            await asyncio.sleep(1)
            since, now = self._store.away_since, utc_now()
            if since is not None and now - since > TROUBLE_AFTER and self._troubled_since is None:
                self._troubled_since = since
                self._tell("the database is away: results wait in memory, alerts leave from there", since)
            if since is None and self._troubled_since is not None:
                self._tell(f"the database is back, away since {self._troubled_since:%H:%M:%S} UTC", now)
                self._troubled_since = None
            self._tell_the_time(now)
            self._tell_of_receipts(now)

    def _tell_the_time(self, now: datetime) -> None:
        """A clock of ours that is wrong spoils every signature with a time in it, and nobody else sees it."""
        ahead = self._skew()
        if ahead is None:
            return
        wrong = abs(ahead) > CLOCK_WRONG
        if wrong and not self._mistimed:
            side = "behind" if ahead > timedelta(0) else "ahead of"
            self._tell(f"our clock is {abs(ahead).total_seconds():.0f} s {side} that of the listeners", now)
        if self._mistimed and not wrong:
            self._tell("our clock is right again", now)
        self._mistimed = wrong

    def _tell_of_receipts(self, now: datetime) -> None:
        """No monitor's receipts arrive: that is our address, and nobody else would say so."""
        since = self._unreached()
        if since is not None and not self._deaf:
            self._tell(f"{NO_RECEIPT}: look at the address in `receipts:`, or at all workers", since)
        if since is None and self._deaf:
            self._tell("receipts arrive again", now)
        self._deaf = since is not None

    def _tell(self, problem: str, since: datetime) -> None:
        names = tuple(notifier.name for notifier in self._watch.config.notifiers)
        alerts = alert.ours(problem, since, names, site=self._watch.site, now=utc_now())
        self._store.record(Record(alerts=alerts))

    def stalled(self) -> str | None:
        """Return what is wrong with the clock, or None: it ticks at least as often as its shortest check."""
        if self._clock.shortest is None:
            return None
        patience = max(CLOCK_STALLED, 2 * self._clock.shortest)
        silent = self._clock.silent_seconds
        return f"the clock has not ticked for {silent:.0f} s" if silent > patience.total_seconds() else None
