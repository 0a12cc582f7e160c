"""The values that travel. Every one is frozen, made once, and handed on.

``words``    the vocabulary: statuses, reasons, severities, phases (stored and shown as they are)
``provider`` whose webhooks a listener expects: how they are signed, acknowledged, repeated
``monitor``  what an operator configured: a monitor, its notifiers
``probe``    one probe on its way: event, delivery, reply, verdict, result
``receipt``  the listener's word that an event was processed
``heartbeat`` what calls us from outside: jobs, real events
``belief``   what we hold to be true: health, transition, incident
``telling``  what people are told: message, alert
``reading``  what is read back: history, and the owner's picture of now
"""

from monitor.core.model.belief import CheckKey, Health, Incident, Record, Transition
from monitor.core.model.heartbeat import (
    Cron,
    Events,
    HeartbeatPlan,
    Pulse,
    Quiet,
    Sign,
    Signal,
    StatusPlan,
    TrafficPlan,
)
from monitor.core.model.monitor import (
    CheckPlan,
    Config,
    Monitor,
    Notifier,
    Print,
    Public,
    Site,
    Tls,
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
from monitor.core.model.reading import Latency, Queue, QueuedAlert, Recollection, Snapshot, StoredResult
from monitor.core.model.receipt import Outcome, Poll, Receipt, ReceiptPlan
from monitor.core.model.secret import Secret
from monitor.core.model.telling import Alert, AlertKind, Evidence, Link, Message
from monitor.core.model.words import (
    AVAILABILITY,
    AWAITED,
    FINDINGS,
    HOSTILE,
    OBSERVED,
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
    "FINDINGS",
    "HOSTILE",
    "OBSERVED",
    "PROVIDER_ONLY",
    "PUBLIC_KEY",
    "Alert",
    "AlertKind",
    "Check",
    "CheckKey",
    "CheckPlan",
    "Closing",
    "Config",
    "Cron",
    "Delivery",
    "Disable",
    "Event",
    "EventTemplate",
    "Events",
    "Evidence",
    "Expectation",
    "Failure",
    "FailureKind",
    "FaultDomain",
    "Handshake",
    "Health",
    "HeartbeatPlan",
    "Incident",
    "Latency",
    "Link",
    "Message",
    "Monitor",
    "Notifier",
    "Outcome",
    "Phase",
    "Phases",
    "Placement",
    "Policy",
    "Poll",
    "Print",
    "Provider",
    "Public",
    "Pulse",
    "Queue",
    "QueuedAlert",
    "Quiet",
    "Reason",
    "Receipt",
    "ReceiptPlan",
    "Recollection",
    "Record",
    "Reply",
    "Result",
    "Retry",
    "Scheme",
    "Secret",
    "Severity",
    "Sign",
    "Signal",
    "Site",
    "Snapshot",
    "Status",
    "StatusPlan",
    "StoredResult",
    "Tls",
    "TrafficPlan",
    "Transition",
    "Verdict",
]
