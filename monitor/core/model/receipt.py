"""Receipts: the listener's word that an event was processed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.core.model.provider import Expectation
from monitor.core.model.words import Check


class Outcome(StrEnum):
    """What became of an event at the far end."""

    PROCESSED = "processed"
    SKIPPED = "skipped"  # on purpose: it came out, and was told apart from a real one there
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """One word from a worker. ``run`` names the processing run (its ``Idempotency-Key``), if it said so.

    ``kind`` is what the event was sent as: a receipt for a hostile one is the finding of its life.
    """

    monitor: str
    event_id: str
    kind: Check
    sent_at: datetime
    arrived_at: datetime
    outcome: Outcome = Outcome.PROCESSED
    note: str = ""
    run: str = ""

    @property
    def took(self) -> timedelta:
        """The processing latency: from our sending to the worker's word."""
        return max(timedelta(0), self.arrived_at - self.sent_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """Where we ask ourselves whether an event was processed. ``url`` is a template over ``{event_id}``."""

    url: str
    expect: Expectation


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptPlan:
    """How a monitor's events prove that they were processed: within so long after they were sent.

    ``by_get``: a GET of the address counts as well, for workers that can do nothing else. ``by_id``: the
    worker knows only the event's id and reports that. ``poll``: nobody reports, we ask.
    """

    within: timedelta
    by_get: bool = False
    by_id: bool = False
    poll: Poll | None = None

    @property
    def addressed(self) -> bool:
        """Whether events carry an address to report to."""
        return not self.by_id and self.poll is None
