"""The shapes of the API: what its JSON holds."""

from monitor.web.api.shapes.base import Page
from monitor.web.api.shapes.history import (
    ConsequencesShown,
    EventsShown,
    HourShown,
    IncidentShown,
    LatencyShown,
    SecondsShown,
    TransitionShown,
    UptimeShown,
)
from monitor.web.api.shapes.house import (
    AlertShown,
    ConfigShown,
    NotifierShown,
    NotifierState,
    ProblemShown,
    RetryAsked,
    RetryShown,
)
from monitor.web.api.shapes.monitors import (
    CheckShown,
    ExpectationShown,
    FindingShown,
    MonitorDetail,
    MonitorShown,
    PulseShown,
    ReceiptShown,
)
from monitor.web.api.shapes.probes import EvidenceShown, FailureShown, HeaderShown, PhasesShown, ResultShown

__all__ = [
    "AlertShown",
    "CheckShown",
    "ConfigShown",
    "ConsequencesShown",
    "EventsShown",
    "EvidenceShown",
    "ExpectationShown",
    "FailureShown",
    "FindingShown",
    "HeaderShown",
    "HourShown",
    "IncidentShown",
    "LatencyShown",
    "MonitorDetail",
    "MonitorShown",
    "NotifierShown",
    "NotifierState",
    "Page",
    "PhasesShown",
    "ProblemShown",
    "PulseShown",
    "ReceiptShown",
    "ResultShown",
    "RetryAsked",
    "RetryShown",
    "SecondsShown",
    "TransitionShown",
    "UptimeShown",
]
