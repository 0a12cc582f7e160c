"""The link in an alert with which its incident is acknowledged.

A row of the outbox holds a placeholder: the database never knows a token. It is filled while the alert is
being sent, for that notifier alone; where the site has no address, it is left out.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from monitor.core.incidents import Gathered
from monitor.core.model import Link, Message
from monitor.core.times import both
from monitor.core.tokens import TICKET_LIFE, Ticket

PLACEHOLDER = "webhook-monitor:acknowledge/"


def to_acknowledge(number: int) -> Link:
    """Return the placeholder for the link of this incident."""
    return Link(label=f"Acknowledge #{number}", url=f"{PLACEHOLDER}{number}")


def filled(message: Message, address: Callable[[int], str], in_hand: Callable[[int], str | None]) -> Message:
    """Return the message as it is sent. ``address`` makes a link for an incident; empty: there is none.

    Where somebody has an incident ``in_hand`` by now, the message says who instead.
    """
    links, facts = [], list(message.facts)
    for link in message.links:
        if not link.url.startswith(PLACEHOLDER):
            links.append(link)
            continue
        number = int(link.url.removeprefix(PLACEHOLDER))
        if who := in_hand(number):
            facts.append(("in hand", f"#{number}: {who}"))
        elif url := address(number):
            links.append(replace(link, url=url))
    return replace(message, links=tuple(links), facts=tuple(facts))


def dead(ticket: Ticket, gathered: Gathered, now: datetime) -> str | None:
    """Return why a link is good for nothing any more, in words; None while it is.

    ``now`` is in the zone of the site: times are told in it.
    """
    number, reopened_at = gathered.number, gathered.handling.reopened_at
    if gathered.ended_at is not None:
        return f"Incident #{number} is over since {both(gathered.ended_at, now)}."
    if reopened_at is not None and ticket.made_at < reopened_at:
        return f"Incident #{number} was over in between: this link is from before."
    if now - ticket.made_at > TICKET_LIFE:
        return f"Incident #{number} is still open, but this link is older than a day."
    return None
