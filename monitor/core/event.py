"""Writing the event: the synthetic message, before it is signed."""

import hashlib
from datetime import UTC, datetime

from monitor.core.model import Event, EventTemplate, Monitor
from monitor.core.template import fill, to_bytes

PROBE_MARK = "70726f62-65"  # "probe" in hexadecimal: what our GUIDs begin with, so that a log can be searched


def write(monitor: Monitor, *, token: str, at: datetime) -> Event:
    """Return a fresh event. Its id is unmistakably synthetic: the template's prefix, then ``token``.

    An empty prefix makes a GUID (version 4) instead, for providers whose ids are GUIDs; a length cuts it.
    """
    template = monitor.event
    event_id = _identity(template, token)
    values = {
        "id": event_id,
        "type": template.type,
        "timestamp": str(int(at.timestamp())),
        "milliseconds": str(int(at.timestamp() * 1000)),
        "time": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    return Event(
        id=event_id,
        type=template.type,
        at=at,
        body=to_bytes(fill(template.body, values)),
        content_type=template.content_type,
    )


def _identity(template: EventTemplate, token: str) -> str:
    if template.id_prefix:
        return (template.id_prefix + token)[: template.id_length]
    digits = hashlib.sha256(token.encode()).hexdigest()
    return f"{PROBE_MARK}{digits[:2]}-4{digits[2:5]}-8{digits[5:8]}-{digits[8:20]}"
