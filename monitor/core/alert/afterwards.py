"""What is well again once it is over, and what to do about what happened in between."""

from datetime import datetime

from monitor.core.consequences import consequences
from monitor.core.model import Check, Incident, Monitor, Reason, Severity
from monitor.core.times import clock

WELL_AGAIN = {
    Check.HANDSHAKE: "it answers the provider's challenge again",
    Check.RECEIPT: "events are processed again",
    Check.CERTIFICATE: "its certificate is good again",
    Check.HEARTBEAT: "it gives signs of life again",
    Check.TRAFFIC: "real events arrive again",
    Check.PROVIDER: "the provider sends again",
    Check.FORGED: "forged events are refused again",
    Check.TAMPERED: "tampered events are refused again",
    Check.UNSIGNED: "unsigned events are refused again",
    Check.STALE: "stale events are refused again",
    Check.DUPLICATE: "repeated events are treated as they should be again",
    Check.ROTATION: "the retired secret is refused",
    Check.FIDELITY: "events in any spacing are accepted again",
}
AFTERWARDS = {
    Check.DELIVERY: "A valid event is accepted as it should be.",
    Check.HANDSHAKE: "Look whether the provider has switched the endpoint off in between.",
    Check.HEARTBEAT: "Look whether what it should have done {span} is still to be done.",
    Check.TRAFFIC: "Look in the provider's dashboard for events {span} that are to be sent again.",
    Check.PROVIDER: "Look in the provider's dashboard for events {span} that are to be sent again.",
}


def well_again(incident: Incident) -> str:
    """Name the monitor, and what it does again: "orders: events are processed again,"."""
    again = WELL_AGAIN.get(incident.check)
    return f"{incident.monitor}: {again}," if again else incident.monitor


def afterwards(incident: Incident, monitor: Monitor, now: datetime) -> str:
    """Say what to do about what happened in between."""
    span = f"between {clock(incident.started_at, now)} and {clock(incident.ended_at or now, now)}"
    if incident.check is Check.RECEIPT:
        return _after_receipts(incident, span, now)
    if incident.reason is Reason.PROCESSED_TWICE:
        return f"Look for events {span} that were processed twice, and undo one of the two."
    if incident.severity is Severity.CRITICAL:
        return f"Hostile events are refused. Look for events accepted {span} that the provider never sent."
    if costs := consequences(incident, monitor, now):
        return f"Real events are accepted again. {costs.text}"
    if incident.check is Check.DELIVERY and monitor.upstream:
        return "It can be reached again."
    return AFTERWARDS.get(incident.check, "All is well again.").format(span=span)


def _after_receipts(incident: Incident, span: str, now: datetime) -> str:
    """The provider takes what was accepted for delivered: nobody but its owner will do it again."""
    if incident.reason is Reason.REFUSED_BUT_PROCESSED:
        return f"Look for events {span} that were done, refused, and done again when they were repeated."
    if incident.down_since is None:
        return "What is accepted is processed in time again."
    if incident.down_until is not None:
        return (
            f"What is accepted is processed in time again. From {clock(incident.down_until, now)} on events "
            f"came out late: the queue had kept them. Look whether all that were accepted {span} have come "
            "out; the provider will not send them again."
        )
    return (
        f"What is accepted is processed again. Events accepted {span} may wait in the queue or be lost: "
        "the provider will not send them again."
    )
