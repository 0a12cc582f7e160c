"""The shapes of the API: what its JSON holds."""

from monitor.web.api.shapes.base import Page
from monitor.web.api.shapes.history import (
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
    ReceiptShown,
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
    "HushShown",
    "IncidentDetail",
    "IncidentShown",
    "LatencyShown",
    "LineShown",
    "Merged",
    "MonitorDetail",
    "MonitorShown",
    "Noted",
    "NotifierShown",
    "NotifierState",
    "OccurrenceShown",
    "Page",
    "PhasesShown",
    "PostMortem",
    "ProblemShown",
    "ReceiptShown",
    "ResultShown",
    "RetryAsked",
    "RetryShown",
    "SecondsShown",
    "Signed",
    "SilenceAsked",
    "SilenceShown",
    "TransitionShown",
    "UptimeShown",
    "WindowAsked",
    "WindowShown",
]
