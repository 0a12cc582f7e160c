"""Who can tell whether our own network is up: hosts far away that are never all down at once.

A canary that never answers does harm: every unsure failure would be taken for our own. So only hosts that
the notifiers really speak to are taken, and none is guessed.
"""

import ipaddress
import re
from collections.abc import Iterable
from urllib.parse import parse_qs, urlsplit

from monitor.core.model import Monitor

# Where the services of Apprise are reached that have no host in their URL.
_SERVICES = {
    "discord": "discord.com",
    "msteams": "outlook.office.com",
    "opsgenie": "api.opsgenie.com",
    "pagerduty": "events.pagerduty.com",
    "pover": "api.pushover.net",
    "pushover": "api.pushover.net",
    "sendgrid": "api.sendgrid.com",
    "slack": "hooks.slack.com",
    "tgram": "api.telegram.org",
    "twilio": "api.twilio.com",
    "webex": "webexapis.com",
    "wxteams": "webexapis.com",
}
# The services that are reached at the host in their URL: the port without and with TLS (an `s` at the end).
_HOSTED = {
    "apprise": (80, 443),
    "form": (80, 443),
    "gotify": (80, 443),
    "json": (80, 443),
    "mailto": (25, 587),
    "matrix": (80, 443),
    "http": (80, 443),
    "mmost": (80, 443),
    "ntfy": (80, 443),
    "rocket": (80, 443),
    "xml": (80, 443),
}
_LOCAL_NAMES = ("localhost", ".localhost", ".local", ".internal", ".lan", ".home.arpa", ".test", ".invalid")

_MAIL_SERVER = re.compile(r"(smtp|mail|mx|relay)[^.]*\.")

HostPort = tuple[str, int]


def is_external(host: str) -> bool:
    """Return whether reaching a host proves that the internet is there: it is no private or local one."""
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        name = host.lower().rstrip(".")
        return "." in name and not name.endswith(_LOCAL_NAMES)


def canaries(notifier_urls: Iterable[str]) -> tuple[HostPort, ...]:
    """Return the external hosts behind these Apprise URLs, each once."""
    found = (_host_behind(url) for url in notifier_urls)
    return tuple(dict.fromkeys(place for place in found if place and is_external(place[0])))


def external_hosts(monitors: Iterable[Monitor]) -> frozenset[str]:
    """Return the external hosts that probes speak to: one that answers speaks for our network, too."""
    hosts = (
        monitor.connect_to[0] if monitor.connect_to else urlsplit(monitor.url).hostname or ""
        for monitor in monitors
        if monitor.enabled
    )
    return frozenset(host for host in hosts if is_external(host))


def _host_behind(url: str) -> HostPort | None:
    scheme = url.partition("://")[0].lower()
    if scheme in _SERVICES:
        return _SERVICES[scheme], 443
    secure = scheme.endswith("s") and scheme[:-1] in _HOSTED
    ports = _HOSTED.get(scheme[:-1] if secure else scheme)
    if ports is None:
        return None
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
        server = parse_qs(parts.query).get("smtp", [""])[0]
    except ValueError:
        return None
    if scheme.startswith("mailto") and not (server or port or _MAIL_SERVER.match(host or "")):
        return None  # the domain of an address: Apprise knows the server behind it, we do not
    where = server or host
    return (where, port or ports[secure]) if where else None
