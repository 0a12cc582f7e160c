"""The events that we have sent lately, by their ids, and what was heard of each."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from monitor.core.model import Check, Outcome, Receipt

MOST = 100_000  # events, and receipts that came before their event's answer: the latest are enough


@dataclass(slots=True, kw_only=True)
class Sent:
    """One event that was sent. ``runs``: the processing runs that did its work, by name where they have one.

    ``suspect``: its receipt was seen twice, and no name says that these were two runs. ``twice``: told.
    """

    monitor: str
    kind: Check
    at: datetime
    refused: bool = False
    outcome: Outcome | None = None
    runs: list[str] = field(default_factory=list)
    suspect: bool = False
    twice: bool = False

    def hear(self, receipt: Receipt) -> Outcome | None:
        """Note a receipt; return what was held of the event before: of several words the best."""
        before, self.outcome = self.outcome, max(self.outcome, receipt.outcome, key=_worth)
        if receipt.outcome is Outcome.PROCESSED:
            self.runs.append(receipt.run)
        return before


@dataclass(slots=True)
class Book:
    """What is known of events. It forgets the oldest."""

    _sent: OrderedDict[str, Sent] = field(default_factory=OrderedDict)
    _early: OrderedDict[str, list[Receipt]] = field(default_factory=OrderedDict)

    def enter(self, event_id: str, event: Sent) -> list[Receipt]:
        """Note an event; return the receipts that came before its answer did."""
        self._sent[event_id] = event
        if len(self._sent) > MOST:
            self._sent.popitem(last=False)
        early = self._early.pop(event_id, [])
        return [receipt for receipt in early if receipt.monitor == event.monitor]

    def keep(self, receipt: Receipt) -> None:
        """Keep a receipt for its event's answer."""
        self._early.setdefault(receipt.event_id, []).append(receipt)
        if len(self._early) > MOST:
            self._early.popitem(last=False)

    def recall(self, receipt: Receipt) -> Sent:
        """Note an event of the time before our start: all that is known of it is what its receipt says."""
        event = Sent(monitor=receipt.monitor, kind=receipt.kind, at=receipt.sent_at)
        self.enter(receipt.event_id, event)
        return event

    def find(self, event_id: str, monitor: str) -> Sent | None:
        """Return the event, if it is this monitor's."""
        event = self._sent.get(event_id)
        return event if event is not None and event.monitor == monitor else None

    def suspects(self, event_id: str) -> bool:
        event = self._sent.get(event_id)
        return event is not None and event.suspect

    def forget(self, monitors: frozenset[str]) -> None:
        """Forget what was heard of these: a receipt that still comes says nothing any more."""
        for event in self._sent.values():
            if event.monitor in monitors:
                event.monitor = ""

    def rename(self, names: Mapping[str, str]) -> None:
        for event in self._sent.values():
            event.monitor = names.get(event.monitor, event.monitor)
        for event_id, early in self._early.items():
            self._early[event_id] = [
                replace(receipt, monitor=names.get(receipt.monitor, receipt.monitor)) for receipt in early
            ]


def _worth(outcome: Outcome | None) -> int:
    return 0 if outcome is None else 1 if outcome is Outcome.FAILED else 2
