"""Writing the event: the synthetic message, before it is signed."""

import hashlib
import json
from datetime import UTC, datetime
from urllib.parse import quote

from monitor.core.document import child, parsed
from monitor.core.model import Event, EventTemplate, Monitor
from monitor.core.template import fill, names, to_bytes

PROBE_MARK = "70726f62-65"  # "probe" in hexadecimal: what our GUIDs begin with, so that a log can be searched


def write(
    monitor: Monitor, *, token: str, at: datetime, event_id: str | None = None, receipt_url: str = ""
) -> Event:
    """Return a fresh event. Its id is unmistakably synthetic: the template's prefix, then ``token``.

    An empty prefix makes a GUID (version 4) instead, for providers whose ids are GUIDs; a length cuts it.
    ``receipt_url``, if any, goes where the template has a place for it.
    """
    template = monitor.event
    event_id = event_id or identify(template, token)
    values = {
        "id": event_id,
        "type": template.type,
        "timestamp": str(int(at.timestamp())),
        "milliseconds": str(int(at.timestamp() * 1000)),
        "time": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "receipt_url": receipt_url,
    }
    body = to_bytes(fill(template.body, values))
    return Event(
        id=event_id,
        type=template.type,
        at=at,
        body=_with_address(body, template, receipt_url) if receipt_url else body,
        content_type=template.content_type,
    )


def identify(template: EventTemplate, token: str) -> str:
    """Return the id that this token makes."""
    if template.id_prefix:
        return (template.id_prefix + token)[: template.id_length]
    digits = hashlib.sha256(token.encode()).hexdigest()
    return f"{PROBE_MARK}{digits[:2]}-4{digits[2:5]}-8{digits[5:8]}-{digits[8:20]}"


def _with_address(body: bytes, template: EventTemplate, receipt_url: str) -> bytes:
    """Put the address at the provider's place for it, unless the body names its own; keep the spacing."""
    if template.receipt is None or "receipt_url" in names(template.body):
        return body
    if "urlencoded" in template.content_type:
        return body + to_bytes(f"&{template.receipt}={quote(receipt_url, safe='')}")
    document = parsed(body)
    *way, last = template.receipt.split(".")
    here = document
    for step in way:
        here = here.setdefault(step, {}) if isinstance(here, dict) else child(here, step)
    here[last] = receipt_url
    if b"\n" in body.strip():
        return to_bytes(json.dumps(document, indent=2))
    return to_bytes(json.dumps(document, separators=(",", ":")))
