"""Hostile probes take turns: they are tests, and must not be what hurts a listener, or gets us banned.

* Never two to one host within a minute, whichever monitors they belong to.
* Only while valid events are acknowledged: otherwise they wait, and go once the next valid event is.
* After what looks like a ban, none to that monitor for a day.
"""

from datetime import datetime, timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from monitor.core.model import CheckKey, Monitor

APART = timedelta(seconds=60)
SUSPECT = timedelta(minutes=5)  # a refusal so soon after a hostile probe may be its doing
BAN = timedelta(hours=24)
REMEMBERED = 10  # hostile probes to a host: what is confirmed late may have begun before the last ones


class Turnstile:
    """Who may send a hostile probe, and when. ``now`` is passed to every method that needs it."""

    def __init__(self) -> None:
        self._free_at: dict[str, datetime] = {}
        self._sent_at: dict[str, tuple[datetime, ...]] = {}  # the latest to each host
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


def host_of(monitor: Monitor) -> str:
    """Return what a ban would hit: the host; on this machine itself, where nobody bans us, its port too."""
    parts = urlsplit(monitor.url)
    host, port = monitor.connect_to or (parts.hostname or "", parts.port or 0)
    return f"{host}:{port}" if _is_loopback(host) else host


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
