"""Links in alerts: made while an alert is being sent, and read when somebody follows one."""

from functools import partial

from monitor.app.wiring import utc_now
from monitor.core.links import filled
from monitor.core.model import Message
from monitor.core.tokens import Action, Keyring, Ticket, read_ticket, ticket_token
from monitor.watch import Watch


class Tickets:
    """One link is good for one action on one incident, and names the notifier it was sent to."""

    def __init__(self, *, keyring: Keyring, watch: Watch) -> None:
        self._keyring = keyring
        self._watch = watch

    def dressed(self, notifier: str, message: Message) -> Message:
        """Return a message with the links of this notifier. What is over needs none."""
        return filled(message, partial(self._address, notifier), self._in_hand)

    def read(self, token: str) -> Ticket | None:
        """Return what a link is good for; None for one that is not ours."""
        return read_ticket(self._keyring, token)

    def _in_hand(self, number: int) -> str | None:
        open_ = self._watch.gathering.find(number)
        return open_.handling.acknowledged_by if open_ else None

    def _address(self, notifier: str, number: int) -> str:
        base, open_ = self._watch.site.url, self._watch.gathering.find(number)
        if not base or open_ is None:
            return ""
        ticket = Ticket(action=Action.ACKNOWLEDGE, incident=number, notifier=notifier, made_at=utc_now())
        return f"{base}/ack/{ticket_token(self._keyring, ticket)}"
