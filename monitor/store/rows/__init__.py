"""Values ⇄ rows. Nobody else knows how a value lies in the database.

``times``    instants ⇄ microseconds
``results``  results, and the evidence of the failing ones
``beliefs``  health, transitions, incidents
``alerts``   alerts and their final words
"""

from monitor.store.rows.alerts import (
    alert_to_row,
    notifier_health_from_row,
    notifier_health_to_row,
    queued_from_row,
)
from monitor.store.rows.beliefs import (
    happened_from_row,
    happened_to_row,
    health_from_text,
    health_to_text,
    incident_from_row,
    incident_to_row,
    transition_from_row,
    transition_to_row,
)
from monitor.store.rows.results import evidence_to_text, result_from_evidence, result_from_row, result_to_row
from monitor.store.rows.times import MICROSECOND, micros, micros_or_none, moment, moment_or_none
from monitor.store.rows.words import clean

__all__ = [
    "MICROSECOND",
    "alert_to_row",
    "clean",
    "evidence_to_text",
    "happened_from_row",
    "happened_to_row",
    "health_from_text",
    "health_to_text",
    "incident_from_row",
    "incident_to_row",
    "micros",
    "micros_or_none",
    "moment",
    "moment_or_none",
    "notifier_health_from_row",
    "notifier_health_to_row",
    "queued_from_row",
    "result_from_evidence",
    "result_from_row",
    "result_to_row",
    "transition_from_row",
    "transition_to_row",
]
