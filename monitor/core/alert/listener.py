"""Alerts about a listener: it fails, it fails worse, it is well again."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core.alert.afterwards import afterwards, well_again
from monitor.core.alert.facts import (
    CONSEQUENCES,
    FAILED,
    HEADLINE,
    LATE,
    SHORTEST,
    event,
    evidence,
    explained,
    failures,
    late_in_short,
    latency,
    links,
    others,
    probes,
    shortened,
    thread,
    told_late,
    what,
    when,
    who,
)
from monitor.core.consequences import consequences
from monitor.core.model import (
    AVAILABILITY,
    Alert,
    AlertKind,
    Check,
    Held,
    Incident,
    Message,
    Monitor,
    Reason,
    Result,
    Severity,
    Site,
)
from monitor.core.times import both, clock, duration
from monitor.core.words import explain

BANNED = (
    "It began right after one of our hostile test probes: they seem to have got our address banned. "
    "Real events may still arrive; from here nobody can tell. Hostile checks of this monitor stop for a "
    "day.\n"
    "First: look in the firewall (fail2ban, WAF) for the monitor's address and allow it; then look whether "
    "the listener itself is well."
)
SECOND = timedelta(seconds=1)
AFRESH = {
    AlertKind.WORSENED: "worse than before",
    AlertKind.ESCALATED: "not acknowledged",
    AlertKind.REMINDED: "still failing",
    AlertKind.STEADY: "steady now",
}
FOR_THE_FIRST_TIME = {AlertKind.OPENED, AlertKind.ESCALATED}  # who is told has not heard of it before
UPSTREAM = (
    "It stands before listeners: what depends on it is not told while it is down.\n"
    "First: look whether it runs, and whether it can be reached from outside."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """Why an incident that was told before is told again, and at which age that fell due."""

    age: timedelta
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _News:
    """All that one message is about. ``now`` is in the zone of the site: every time is told in it."""

    incident: Incident
    kind: AlertKind
    result: Result | None
    monitor: Monitor
    site: Site
    now: datetime
    begun: datetime | None = None
    late: Held | None = None
    again: Again | None = None


def announce(  # noqa: PLR0913  an alert is about all of these, and each is a value the pipeline holds already
    incident: Incident,
    kind: AlertKind,
    result: Result | None,
    monitor: Monitor,
    site: Site,
    *,
    now: datetime,
    begun: datetime | None = None,
    also_down: tuple[str, ...] = (),
    late: Held | None = None,
    again: Again | None = None,
) -> tuple[Alert, ...]:
    """Return one alert for each notifier it is told to. ``also_down`` are the ids of other monitors.

    ``begun`` is when the first part of its incident began to fail, where this may be another.

    ``kind`` is OPENED, WORSENED, ESCALATED, REMINDED or RECOVERED; ``result`` is the probe that told us, None
    where it is told ``late``, or ``again``, by a process that has seen none.
    """
    news = _News(
        incident=incident,
        kind=kind,
        result=result,
        monitor=monitor,
        site=site,
        now=now.astimezone(site.zone),
        begun=begun,
        late=late,
        again=again,
    )
    message = _recovered(news) if kind is AlertKind.RECOVERED else _failing(news, also_down)
    at = f":{again.age // SECOND}" if again else ""
    return tuple(
        Alert(
            key=f"{key(incident, kind)}{at}:{notifier}",
            notifier=notifier,
            kind=kind,
            severity=incident.severity,
            message=message,
            created_at=now,
            monitor=incident.monitor,
            check=incident.check,
            incident=incident.number,
        )
        for notifier in incident.told
    )


def key(incident: Incident, kind: AlertKind) -> str:
    """Name the fact that is told, the same each time it is found out.

    An alert that left from memory while the database was away is recognised by it afterwards, even by
    another process: the last good result is in the database, or it was never told to anybody.
    """
    good = incident.last_good_at.isoformat() if incident.last_good_at else "never"
    marks = {
        AlertKind.WORSENED: f":{incident.severity}",
        AlertKind.FLAPPING: f":{incident.changes}",
        AlertKind.STEADY: f":{incident.changes}",
    }
    return f"{incident.monitor}:{incident.check}:{kind}{marks.get(kind, '')}:{good}:{incident.number}"


def _failing(news: _News, also_down: tuple[str, ...]) -> Message:
    incident, result, monitor = news.incident, news.result, news.monitor
    costs = consequences(incident, monitor, news.now)
    facts = [
        *who(monitor),
        (FAILED, what(incident, result)),
        *when(incident, news.now),
        *((("told again", news.again.words),) if news.again else ()),
        *(((LATE, told_late(news.late.hush, news.now)),) if news.late else ()),
        *(((CONSEQUENCES, costs.text),) if costs else ()),
        *(latency(result, monitor) if result else ()),
        *(event(result) if result else ()),
        ("incident", _numbered(incident)),
    ]
    if also_down:
        facts.append(("also down", others(also_down)))
    return Message(
        headline=_headline(news),
        colour=_colour(incident),
        explanation=UPSTREAM if monitor.upstream else _explained(incident),
        facts=tuple(facts),
        evidence=evidence(result, monitor) if result else None,
        links=links(incident, monitor, news.site),
        thread=thread(incident, news.begun),
        first=news.kind in FOR_THE_FIRST_TIME and not incident.joined,
    )


def _numbered(incident: Incident) -> str:
    return f"#{incident.number}, joined: {incident.joined}" if incident.joined else f"#{incident.number}"


def _explained(incident: Incident) -> str:
    if incident.reason is Reason.OWN_FAULT:
        return BANNED
    words = explain(incident.reason)
    return explained(incident.diagnosis, words.meaning, f"First: {words.first}")


def _colour(incident: Incident) -> str:
    if incident.reason is Reason.OWN_FAULT:
        return "grey"
    return "red" if incident.severity in (Severity.CRITICAL, Severity.MAJOR) else "amber"


def _recovered(news: _News) -> Message:
    incident, monitor, now = news.incident, news.monitor, news.now
    ended = incident.ended_at or now
    lasted = duration(ended - incident.started_at)
    unseen = f", {duration(incident.unmeasured)} of it not measured" if incident.unmeasured else ""
    return Message(
        headline=f"RECOVERED {well_again(incident)} after {lasted}{unseen}{_counted(incident)}",
        colour="green",
        explanation=afterwards(incident, monitor, now),
        facts=(
            *who(monitor),
            ("what had failed", _cause(incident)),
            (f"{_what_it_was(incident)} for", f"{lasted}{unseen}"),
            ("from", both(incident.started_at, now)),
            ("until", both(ended, now)),
            *((("flapped", f"changed {incident.changes} times"),) if incident.changes else ()),
            *probes(incident),
            *(latency(news.result, monitor) if news.result else ()),
            ("incident", f"#{incident.number}"),
        ),
        links=links(incident, monitor, news.site),
        thread=thread(incident, news.begun),
    )


def _headline(news: _News) -> str:
    incident, now = news.incident, news.now
    since = clock(incident.started_at, now)
    late = f"told now: {late_in_short(news.late.hush, now)}" if news.late else ""
    if incident.severity is Severity.CRITICAL:
        began = ", ".join(filter(None, (_afresh(news), f"since {since}", late)))
        return f"SECURITY {incident.monitor} {explain(incident.reason).short} ({began})"
    said = (_afresh(news), f"{_began(incident)} {since}", late)
    tail = f" ({', '.join(filter(None, (_probes(incident), *said)))})"
    head = f"{_word(incident)} {incident.monitor}: "
    return head + shortened(_cause(incident), max(SHORTEST, HEADLINE - len(head) - len(tail))) + tail


def _afresh(news: _News) -> str:
    """Say why it is told again: what flaps may be well as often as not."""
    if news.kind is AlertKind.REMINDED and news.incident.flapping_since:
        return "still flapping"
    return AFRESH.get(news.kind, "")


def _began(incident: Incident) -> str:
    return "noticed" if incident.reason is Reason.FLAKY else "since"


def _counted(incident: Incident) -> str:
    """By its end a flaky time has seen more than its last 20 probes."""
    told = failures(incident)
    return f" ({told})" if told else ""


def _probes(incident: Incident) -> str:
    if incident.reason is Reason.FLAKY:
        return f"{incident.failures:,} of the last 20 probes failed"
    return failures(incident)


def _word(incident: Incident) -> str:
    if incident.severity is Severity.CRITICAL:
        return "SECURITY"
    if incident.reason is Reason.OWN_FAULT:
        return "UNKNOWN"
    if incident.severity is Severity.MAJOR:
        return "DOWN" if incident.check in AVAILABILITY else "TWICE"
    degraded = incident.check in {Check.DELIVERY, Check.RECEIPT} and incident.severity is Severity.MINOR
    return "DEGRADED" if degraded else "WARNING"


def _cause(incident: Incident) -> str:
    """One probe's words do not say that a listener is flaky; the reason's do."""
    short = explain(incident.reason).short
    if incident.reason is Reason.FLAKY:
        return f"{short}, last: {incident.message}" if incident.message else short
    return " ".join(incident.message.split()) or short


def _what_it_was(incident: Incident) -> str:
    return {Reason.SLOW: "was slow", Reason.FLAKY: "was flaky"}.get(incident.reason, "failed")
