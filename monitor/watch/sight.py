"""Our own sight: since when our network is away. One word about ourselves then, one when we see again."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from monitor.core import alert
from monitor.core.model import Alert, CheckKey, Config, FaultDomain, Health, Reason, Result, Status

AFTERMATH = timedelta(seconds=60)  # what fails right after a blindness of ours may have begun in it
SURE = timedelta(seconds=30)  # what is over sooner is told once, afterwards


class Sight:
    """Which checks could not see the outside, and since when. ``config`` names who is told."""

    def __init__(self, healths: Mapping[CheckKey, Health], config: Callable[[], Config]) -> None:
        self._config = config
        self._away = {  # a blind spell outlives a restart: it is in the healths
            key: known.since
            for key, known in healths.items()
            if known.reason is Reason.OWN_NETWORK and known.status is Status.UNKNOWN and known.since
        }
        self._told: datetime | None = None
        self._last: tuple[datetime, datetime] | None = None  # the last blindness that is over

    @property
    def lost_at(self) -> datetime | None:
        """Since when we are blind; None: we see."""
        return min(self._away.values(), default=None)

    def note(self, key: CheckKey, result: Result, now: datetime) -> tuple[Alert, ...]:
        """Take one result. Who sees again says, once, what was not measured."""
        if result.verdict.reason is Reason.OWN_NETWORK:
            self._away.setdefault(key, result.started_at)
            return ()
        since = self.lost_at
        if since is None or key not in self._away or not _sees(result):
            return ()
        self._away.clear()
        self._last = (since, result.started_at)
        return alert.blind(since, result.started_at, self._names(), site=self._config().site, now=now)

    def blind_since(self, at: datetime) -> datetime | None:
        """Return when our own network went away, if it was away then, or back for a moment only."""
        since = self.lost_at
        if since is not None and since <= at:
            return since
        if self._last is None:
            return None
        since, until = self._last
        return since if since <= at <= until + AFTERMATH else None

    def due(self, now: datetime) -> tuple[Alert, ...]:
        """Return the word that we are blind, once it is no accident. It leaves as soon as it can."""
        since = self.lost_at
        if since is None or since == self._told or now - since < SURE:
            return ()
        self._told = since
        return alert.blinded(since, self._names(), site=self._config().site, now=now)

    def forget(self, key: CheckKey) -> None:
        self._away.pop(key, None)

    def rename(self, names: Mapping[str, str]) -> None:
        """Follow monitors to their new ids."""
        self._away = {
            CheckKey(names.get(key.monitor, key.monitor), key.check): at for key, at in self._away.items()
        }

    def _names(self) -> tuple[str, ...]:
        return tuple(notifier.name for notifier in self._config().notifiers)


def _sees(result: Result) -> bool:
    """An answer is sight; so is a failure that others' answers have proved to be the listener's."""
    return result.reply.http_status is not None or result.verdict.fault_domain is FaultDomain.LISTENER
