"""Whose patience a hostile probe costs: the host that is asked, whichever monitors ask it."""

from datetime import timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from monitor.core.model import Monitor

APART = timedelta(seconds=60)  # between two hostile probes to one host, at least


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
