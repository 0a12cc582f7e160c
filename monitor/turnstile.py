"""Hostile probes take turns: they are tests, and must not be what hurts a listener, or gets us banned.

* Never two to one host within a minute, whichever monitors they belong to.
* Only while valid events are acknowledged: otherwise they wait, and go once the next valid event is.
* After what looks like a ban, none to that monitor for a day.
"""

from collections.abc import Container
from datetime import datetime, timedelta

from monitor.core.host import APART, host_of
from monitor.core.model import CheckKey, Monitor

SUSPECT = timedelta(minutes=5)  # a refusal so soon after a hostile probe may be its doing
BAN = timedelta(hours=24)
REMEMBERED = 10  # hostile probes to a host: what is confirmed late may have begun before the last ones


class Turnstile:
    """Who may send a hostile probe, and when. ``now`` is passed to every method that needs it."""

    def __init__(self) -> None:
        self._free_at: dict[str, datetime] = {}
        self._given_back: dict[str, list[datetime]] = {}
        self._sent_at: dict[str, tuple[datetime, ...]] = {}  # the latest to each host
        self._waiting: dict[str, set[CheckKey]] = {}

    def turn(self, monitor: Monitor, now: datetime) -> timedelta:
        """Take the next free turn at this monitor's host; return how long until then."""
        host = host_of(monitor)
        vacant = sorted(at for at in self._given_back.pop(host, ()) if at >= now)
        if vacant:
            at, self._given_back[host] = vacant[0], vacant[1:]
            return at - now
        at = max(now, self._free_at.get(host, now))
        self._free_at[host] = at + APART
        return at - now

    def taken(self, monitor: Monitor, at: datetime) -> None:
        """Note that a hostile probe left then, before this process began."""
        host = host_of(monitor)
        self._free_at[host] = max(at + APART, self._free_at.get(host, at))

    def give_back(self, monitor: Monitor, at: datetime) -> None:
        """Let somebody else have the turn at this instant."""
        self._given_back.setdefault(host_of(monitor), []).append(at)

    def too_soon(self, monitor: Monitor, now: datetime) -> timedelta:
        """Return how long until a minute has passed since the last hostile probe to this monitor's host."""
        sent = self._sent_at.get(host_of(monitor))
        return max(timedelta(0), sent[-1] + APART - now) if sent else timedelta(0)

    def sent(self, monitor: Monitor, now: datetime) -> None:
        """Note that a hostile probe leaves now."""
        host = host_of(monitor)
        self._sent_at[host] = (*self._sent_at.get(host, ())[1 - REMEMBERED :], now)
        self._free_at[host] = max(now + APART, self._free_at.get(host, now))

    def suspect(self, monitor: Monitor, failing_since: datetime) -> bool:
        """Return whether a hostile probe went to this host shortly before."""
        sent = self._sent_at.get(host_of(monitor), ())
        return any(timedelta(0) <= failing_since - at <= SUSPECT for at in sent)

    def wait(self, key: CheckKey) -> None:
        """Let this check wait until a valid event of its monitor is acknowledged."""
        self._waiting.setdefault(key.monitor, set()).add(key)

    def released(self, monitor: str) -> tuple[CheckKey, ...]:
        """Return the checks that waited for this monitor's acknowledgement; they wait no more."""
        return tuple(sorted(self._waiting.pop(monitor, ())))

    def tidy(self, monitors: Container[str], now: datetime) -> None:
        """Forget who has left, and what is so long ago that nobody will ask."""
        self._waiting = {name: keys for name, keys in self._waiting.items() if name in monitors}
        self._free_at = {host: at for host, at in self._free_at.items() if at > now}
        self._given_back = {host: turns for host, turns in self._given_back.items() if host in self._free_at}
        self._sent_at = {host: sent for host, sent in self._sent_at.items() if now - sent[-1] < BAN}

    def shift(self, by: timedelta) -> None:
        """The clock was set: what was planned or noted by the old one is meant by the new one."""
        self._free_at = {host: at + by for host, at in self._free_at.items()}
        self._given_back = {host: [at + by for at in turns] for host, turns in self._given_back.items()}
        self._sent_at = {host: tuple(at + by for at in sent) for host, sent in self._sent_at.items()}
