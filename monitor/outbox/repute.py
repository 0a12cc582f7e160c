"""How one notifier stands, and who is told when it is dead, or alive again."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

import structlog

from monitor.core import alert as telling
from monitor.core.model import Alert, Notifier, NotifierHealth, Record
from monitor.errors import NotifyError
from monitor.outbox import health
from monitor.outbox.outside import Duty, Outside

log = structlog.get_logger(__name__)


class Repute:
    """Keeps the health of one notifier; ``owe`` takes what the database must be told of it."""

    def __init__(self, notifier: Notifier, outside: Outside, *, owe: Callable[[Duty], None]) -> None:
        self._notifier = notifier
        self._outside = outside
        self._owe = owe
        self._health = NotifierHealth(notifier=notifier.name)

    @property
    def fallback(self) -> tuple[str, ...]:
        return self._notifier.fallback

    @property
    def by_mail(self) -> bool:
        return self._notifier.by_mail

    async def recall(self) -> None:
        """Go on where the last process stopped: nobody is told of the same death twice."""
        self._health = await self._outside.store.health(self._notifier.name)

    def follow(self, notifier: Notifier) -> bool:
        """Go on with the notifier as it is configured now; return whether it leads elsewhere than before."""
        moved = (notifier.url, notifier.target) != (self._notifier.url, self._notifier.target)
        self._notifier = notifier
        if moved:
            self._note(health.renewed(self._health))
        return moved

    def succeeded(self, left_at: datetime) -> None:
        """A message that left then was taken."""
        since, now = self._health.dead_since, self._outside.now()
        self._note(health.succeeded(self._health, left_at, now))
        if since is not None:
            site = self._outside.config().site
            self._tell(telling.alive(self._health, since, self._others(), site=site, now=now))

    def failed(self, error: NotifyError) -> None:
        """A message was refused. If this is the first refusal that no waiting will cure, others are told."""
        before, now = self._health.dead_since, self._outside.now()
        self._note(health.failed(self._health, error, now))
        if before is not None or self._health.dead_since is None:
            return
        log.error("the notifier is dead", notifier=self._notifier.name, why=str(error))
        site, fallback = self._outside.config().site, bool(self.fallback)
        self._tell(telling.dead(self._health, self._others(), fallback=fallback, site=site, now=now))

    def _others(self) -> tuple[str, ...]:
        """Return who is told of this notifier: its fallback, or else everybody else."""
        everybody = (one.name for one in self._outside.config().notifiers)
        return self.fallback or tuple(name for name in everybody if name != self._notifier.name)

    def _tell(self, alerts: tuple[Alert, ...]) -> None:
        if alerts:
            self._outside.store.record(Record(alerts=alerts))

    def _note(self, now: NotifierHealth) -> None:
        self._health = now
        self._owe(partial(self._outside.store.note, now))
