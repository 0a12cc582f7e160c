"""The tables. Times are integer microseconds since the epoch, UTC: the same in every database."""

from monitor.store.tables.base import Base
from monitor.store.tables.heard import heartbeats, real_events, receipts
from monitor.store.tables.housekeeping import owners, progress
from monitor.store.tables.incidents import happened, incidents
from monitor.store.tables.probing import checks, failures, results, rollups, transitions
from monitor.store.tables.telling import alerts, notifiers, silences, windows

__all__ = [
    "Base",
    "alerts",
    "checks",
    "failures",
    "happened",
    "heartbeats",
    "incidents",
    "notifiers",
    "owners",
    "progress",
    "real_events",
    "receipts",
    "results",
    "rollups",
    "silences",
    "transitions",
    "windows",
]
