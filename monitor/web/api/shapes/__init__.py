"""The shapes of the API: what its JSON holds."""

from monitor.web.api.shapes.base import Page
from monitor.web.api.shapes.history import (
    LatencyShown,
    SecondsShown,
    TransitionShown,
    UptimeShown,
)
from monitor.web.api.shapes.house import AlertShown, ConfigShown, NotifierShown, ProblemShown
from monitor.web.api.shapes.incidents import (
    AffectedShown,
    Assigned,
    ConsequencesShown,
    IncidentDetail,
    IncidentShown,
    LineShown,
    Merged,
    Noted,
    PostMortem,
    Signed,
)
from monitor.web.api.shapes.monitors import (
    CheckShown,
    ExpectationShown,
    FindingShown,
    MonitorDetail,
    MonitorShown,
)
from monitor.web.api.shapes.probes import EvidenceShown, FailureShown, HeaderShown, PhasesShown, ResultShown

__all__ = [
    "AffectedShown",
    "AlertShown",
    "Assigned",
    "CheckShown",
    "ConfigShown",
    "ConsequencesShown",
    "EvidenceShown",
    "ExpectationShown",
    "FailureShown",
    "FindingShown",
    "HeaderShown",
    "IncidentDetail",
    "IncidentShown",
    "LatencyShown",
    "LineShown",
    "Merged",
    "MonitorDetail",
    "MonitorShown",
    "Noted",
    "NotifierShown",
    "Page",
    "PhasesShown",
    "PostMortem",
    "ProblemShown",
    "ResultShown",
    "SecondsShown",
    "Signed",
    "TransitionShown",
    "UptimeShown",
]
