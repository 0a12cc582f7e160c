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
from monitor.web.api.shapes.house import AlertShown, ConfigShown, NotifierShown, ProblemShown
from monitor.web.api.shapes.monitors import (
    CheckShown,
    ExpectationShown,
    FindingShown,
    MonitorDetail,
    MonitorShown,
    PulseShown,
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
    "Page",
    "PhasesShown",
    "ProblemShown",
    "PulseShown",
    "ResultShown",
    "SecondsShown",
    "TransitionShown",
    "UptimeShown",
]
