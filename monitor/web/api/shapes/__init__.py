"""The shapes of the API: what its JSON holds."""

from monitor.web.api.shapes.base import Page
from monitor.web.api.shapes.history import (
    ConsequencesShown,
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
)
from monitor.web.api.shapes.probes import EvidenceShown, FailureShown, HeaderShown, PhasesShown, ResultShown
from monitor.web.api.shapes.quiet import (
    HushShown,
    OccurrenceShown,
    SilenceAsked,
    SilenceShown,
    WindowAsked,
    WindowShown,
)

__all__ = [
    "AlertShown",
    "CheckShown",
    "ConfigShown",
    "ConsequencesShown",
    "EvidenceShown",
    "ExpectationShown",
    "FailureShown",
    "FindingShown",
    "HeaderShown",
    "HushShown",
    "IncidentShown",
    "LatencyShown",
    "MonitorDetail",
    "MonitorShown",
    "NotifierShown",
    "OccurrenceShown",
    "Page",
    "PhasesShown",
    "ProblemShown",
    "ResultShown",
    "SecondsShown",
    "SilenceAsked",
    "SilenceShown",
    "TransitionShown",
    "UptimeShown",
    "WindowAsked",
    "WindowShown",
]
