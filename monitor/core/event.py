"""Writing the event: the synthetic message, before it is signed."""

from datetime import UTC, datetime

from monitor.core.model import Event, Monitor
from monitor.core.template import fill


def write(monitor: Monitor, *, token: str, at: datetime) -> Event:
    """Return a fresh event. Its id is unmistakably synthetic: the template's prefix, then ``token``."""
    template = monitor.event
    event_id = template.id_prefix + token
    values = {
        "id": event_id,
        "type": template.type,
        "timestamp": str(int(at.timestamp())),
        "time": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    return Event(
        id=event_id,
        type=template.type,
        at=at,
        body=fill(template.body, values).encode(),
        content_type=template.content_type,
    )
