"""The link in an alert with which its incident is acknowledged.

A row of the outbox holds a placeholder: the database never knows a token. It is filled while the alert is
being sent, for that notifier alone; where the site has no address, it is left out.
"""

from collections.abc import Callable
from dataclasses import replace

from monitor.core.model import Link, Message

PLACEHOLDER = "webhook-monitor:acknowledge/"


def to_acknowledge(number: int) -> Link:
    """Return the placeholder for the link of this incident."""
    return Link(label=f"Acknowledge #{number}", url=f"{PLACEHOLDER}{number}")


def filled(message: Message, address: Callable[[int], str]) -> Message:
    """Return the message as it is sent. ``address`` makes a link for an incident; empty: there is none."""
    links = (
        replace(link, url=address(int(link.url.removeprefix(PLACEHOLDER))))
        if link.url.startswith(PLACEHOLDER)
        else link
        for link in message.links
    )
    return replace(message, links=tuple(link for link in links if link.url))
