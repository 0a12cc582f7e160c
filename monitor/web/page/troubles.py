"""One component's trouble in the words of the public page: what it is, or was, and for how long."""

from dataclasses import replace
from datetime import datetime

from monitor.core.consequences import consequences
from monitor.core.model import Check, Closing, Handling, Incident, Monitor, Public, Reason, Severity, Status
from monitor.core.summary import Standing
from monitor.core.times import duration
from monitor.web.page.gathered import Trouble
from monitor.web.page.moments import moment, whole

NOT_ACCEPTED = "Events sent to it are not accepted at the moment."
DOWN = {
    Reason.SILENT: "It has given no sign of life in time.",
    Reason.JOB_FAILED: "Its last run failed.",
    Reason.NO_TRAFFIC: "No events arrive there at the moment.",
    Reason.DISABLED_BY_PROVIDER: "No events are sent to it at the moment.",
}


def running(incident: Incident, monitor: Monitor, public: Public, stands: Standing, now: datetime) -> Trouble:
    """Say what is open; where nobody measures at the moment, that nobody knows."""
    down = _was_down(incident) and incident.down_until is None
    status = Status.DOWN if down else Status.DEGRADED
    title = f"{public.name} is {'down' if down else 'degraded'}"
    text = _now(incident, down=down)
    text = _with_consequences(text, incident, monitor, now)
    if stands.status is Status.UNKNOWN:
        status = Status.UNKNOWN
        title = f"{public.name} was {'down' if down else 'degraded'} when it was measured last"
        text = "It is not measured at the moment, so nobody knows whether this is over."
    lasted = f"for {duration(whole(now - incident.started_at))}"
    return Trouble(
        name=public.name,
        title=title,
        status=status,
        text=text,
        began=moment(incident.started_at, now),
        lasted=lasted,
        length=now - incident.started_at,
    )


def investigated(trouble: Trouble, handling: Handling | None) -> Trouble:
    """Say that somebody has it in hand; who it is concerns nobody outside."""
    if handling is None or handling.acknowledged_at is None:
        return trouble
    return replace(trouble, text=f"{trouble.text} It is being investigated.".strip())


def _now(incident: Incident, *, down: bool) -> str:
    if incident.check is Check.RECEIPT:
        return (
            "Events are accepted, but not processed at the moment."
            if down
            else "Events are processed, but later than they should be."
        )
    if down:
        return DOWN.get(incident.reason, NOT_ACCEPTED)
    return "Events still arrive, but not as they should."


def over(incident: Incident, monitor: Monitor, public: Public, now: datetime) -> Trouble:
    """Say what is over, and what became of real events where the operator wants that told."""
    down = _was_down(incident)
    end = incident.ended_at or now
    if incident.closing is Closing.RECOVERED:
        text = _with_consequences("", incident, monitor, now)
    else:
        text = "The watch over it ended then; its end was not seen."
    return Trouble(
        name=public.name,
        title=f"{public.name} was {'down' if down else 'degraded'}",
        status=Status.DOWN if down else Status.DEGRADED,
        text=text,
        began=moment(incident.started_at, now),
        lasted=f"for {duration(end - incident.started_at)}{_unseen(incident)}",
        length=end - incident.started_at,
    )


def _was_down(incident: Incident) -> bool:
    return incident.severity in {Severity.CRITICAL, Severity.MAJOR}


def _with_consequences(text: str, incident: Incident, monitor: Monitor, now: datetime) -> str:
    """Add what becomes of real events, where the operator wants that told."""
    if monitor.public is None or not monitor.public.consequences:
        return text
    costs = consequences(incident, monitor, now)
    return f"{text} {costs.public}".strip() if costs else text


def _unseen(incident: Incident) -> str:
    return f", {duration(incident.unmeasured)} of it not measured" if incident.unmeasured else ""
