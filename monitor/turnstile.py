"""Hostile probes take turns: they are tests, and must not be what hurts a listener, or gets us banned.

* Never two to one host within a minute, whichever monitors they belong to.
* Only while valid events are acknowledged: otherwise they wait, and go once the next valid event is.
* After what looks like a ban, none to that monitor for a day.
"""

from datetime import datetime, timedelta

from monitor.core.host import APART, host_of
from monitor.core.model import CheckKey, Monitor

SUSPECT = timedelta(minutes=5)  # a refusal so soon after a hostile probe may be its doing
BAN = timedelta(hours=24)


class Turnstile:
    """Who may send a hostile probe, and when. ``now`` is passed to every method that needs it."""

    def __init__(self) -> None:
        self._free_at: dict[str, datetime] = {}
        self._sent_at: dict[str, datetime] = {}
        self._waiting: dict[str, set[CheckKey]] = {}

    def turn(self, monitor: Monitor, now: datetime) -> timedelta:
        """Take the next free turn at this monitor's host; return how long until then."""
        host = host_of(monitor)
        at = max(now, self._free_at.get(host, now))
        self._free_at[host] = at + APART
        return at - now

    def sent(self, monitor: Monitor, now: datetime) -> None:
        """Note that a hostile probe leaves now."""
        host = host_of(monitor)
        self._sent_at[host] = now
        self._free_at[host] = max(now + APART, self._free_at.get(host, now))

    def suspect(self, monitor: Monitor, failing_since: datetime) -> bool:
        """Return whether a hostile probe went to this host shortly before."""
        sent = self._sent_at.get(host_of(monitor))
        return sent is not None and timedelta(0) <= failing_since - sent <= SUSPECT

    def wait(self, key: CheckKey) -> None:
        """Let this check wait until a valid event of its monitor is acknowledged."""
        self._waiting.setdefault(key.monitor, set()).add(key)

    def released(self, monitor: str) -> tuple[CheckKey, ...]:
        """Return the checks that waited for this monitor's acknowledgement; they wait no more."""
        return tuple(sorted(self._waiting.pop(monitor, ())))
