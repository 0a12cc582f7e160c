"""What one result adds to the timeline of an incident. What people add: ``monitor.responders``."""

from datetime import datetime

from monitor.core.incident import LOUDNESS
from monitor.core.model import Closing, Happened, Incident, IncidentEvent


def lines(was: Incident | None, now: Incident, at: datetime) -> tuple[IncidentEvent, ...]:
    """Return what happened to one part of an incident; nothing where only probes were counted.

    ``at`` is when we were sure; where it recovered, the line is dated from the first good probe.
    """
    happened = (
        () if was else (_line(now, Happened.JOINED if now.joined else Happened.OPENED, at, now.message),)
    )
    if was is not None and _louder(was, now):
        happened = (_line(now, Happened.WORSENED, at, now.message),)
    elif was is not None and was.reason is not now.reason:
        happened = (_line(now, Happened.CHANGED, at, now.message),)
    flapped = was is not None and was.flapping_since is not None
    if flapped != (now.flapping_since is not None):
        kind = Happened.STEADY if flapped else Happened.FLAPPING
        happened = (*happened, _line(now, kind, at, f"changed {now.changes} times"))
    if now.ended_at is not None and now.closing is not Closing.RESOLVED:
        kind = Happened.RECOVERED if now.closing is Closing.RECOVERED else Happened.UNWATCHED
        happened = (*happened, _line(now, kind, now.ended_at, ""))
    return happened


def whole(number: int, kind: Happened, at: datetime, *, who: str = "", words: str = "") -> IncidentEvent:
    """Return a line about the incident as a whole."""
    return IncidentEvent(number=number, origin=number, at=at, kind=kind, who=who, words=words)


def _line(part: Incident, kind: Happened, at: datetime, words: str) -> IncidentEvent:
    return IncidentEvent(
        number=part.number,
        origin=part.number,
        at=at,
        kind=kind,
        words=words,
        monitor=part.monitor,
        check=part.check,
    )


def _louder(was: Incident, now: Incident) -> bool:
    return LOUDNESS.index(now.severity) > LOUDNESS.index(was.severity)
