"""The values that travel. Every one is frozen, made once, and handed on.

``words``    the vocabulary: statuses, reasons, severities, phases (stored and shown as they are)
``provider`` whose webhooks a listener expects: how they are signed, acknowledged, repeated
``monitor``  what an operator configured: a monitor, its notifiers
``routing``  who hears of an incident, and when
``probe``    one probe on its way: event, delivery, reply, verdict, result
``receipt``  the listener's word that an event was processed
``belief``   what we hold to be true: health, transition, incident
``hushing``  why nobody is told now
``handling`` what becomes of an incident among people
``telling``  what people are told: message, alert
``reading``  what is read back: history, and the owner's picture of now
"""

from monitor.core.model.belief import CheckKey, Health, Incident, Record, Transition
from monitor.core.model.handling import Deed, Handling, Happened, IncidentEvent, Joined
from monitor.core.model.hushing import (
    Held,
    Hush,
    HushedBy,
    Occurrence,
    Recurrence,
    Scope,
    Silence,
    Window,
)
from monitor.core.model.monitor import (
    CheckPlan,
    Config,
    Monitor,
    Notifier,
    Print,
    Public,
    Secret,
    Site,
    Tls,
    Watchdog,
)
from monitor.core.model.probe import Delivery, Event, Failure, Phases, Reply, Result, Verdict
from monitor.core.model.provider import (
    PROVIDER_ONLY,
    PUBLIC_KEY,
    Disable,
    EventTemplate,
    Expectation,
    Handshake,
    Placement,
    Policy,
    Provider,
    Retry,
    Scheme,
)
from monitor.core.model.reading import (
    Latency,
    Queue,
    QueuedAlert,
    Recollection,
    Snapshot,
    Standing,
    StoredResult,
)
from monitor.core.model.receipt import Outcome, Poll, Receipt, ReceiptPlan
from monitor.core.model.routing import EVERY_DAY, QuietHours, Route, Routing, Step
from monitor.core.model.telling import (
    TEMPLATES,
    Alert,
    AlertKind,
    AlertState,
    BadTemplate,
    Evidence,
    Link,
    Message,
)
from monitor.core.model.words import (
    AVAILABILITY,
    AWAITED,
    COME_OUT,
    FINDINGS,
    HOSTILE,
    PROOFS,
    Check,
    Closing,
    FailureKind,
    FaultDomain,
    Phase,
    Reason,
    Severity,
    Status,
)

__all__ = [
    "AVAILABILITY",
    "AWAITED",
    "COME_OUT",
    "EVERY_DAY",
    "FINDINGS",
    "HOSTILE",
    "PROOFS",
    "PROVIDER_ONLY",
    "PUBLIC_KEY",
    "TEMPLATES",
    "Alert",
    "AlertKind",
    "AlertState",
    "BadTemplate",
    "Check",
    "CheckKey",
    "CheckPlan",
    "Closing",
    "Config",
    "Deed",
    "Delivery",
    "Disable",
    "Event",
    "EventTemplate",
    "Evidence",
    "Expectation",
    "Failure",
    "FailureKind",
    "FaultDomain",
    "Handling",
    "Handshake",
    "Happened",
    "Health",
    "Held",
    "Hush",
    "HushedBy",
    "Incident",
    "IncidentEvent",
    "Joined",
    "Latency",
    "Link",
    "Message",
    "Monitor",
    "Notifier",
    "Occurrence",
    "Outcome",
    "Phase",
    "Phases",
    "Placement",
    "Policy",
    "Poll",
    "Print",
    "Provider",
    "Public",
    "Queue",
    "QueuedAlert",
    "QuietHours",
    "Reason",
    "Receipt",
    "ReceiptPlan",
    "Recollection",
    "Record",
    "Recurrence",
    "Reply",
    "Result",
    "Retry",
    "Route",
    "Routing",
    "Scheme",
    "Scope",
    "Secret",
    "Severity",
    "Silence",
    "Site",
    "Snapshot",
    "Standing",
    "Status",
    "Step",
    "StoredResult",
    "Tls",
    "Transition",
    "Verdict",
    "Watchdog",
    "Window",
]
