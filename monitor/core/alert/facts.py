"""What an alert says beside its headline: facts with labels, evidence, links."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from http import HTTPStatus

from monitor.core.links import to_acknowledge
from monitor.core.model import (
    AVAILABILITY,
    OBSERVED,
    PROOFS,
    Check,
    Evidence,
    FailureKind,
    Hush,
    HushedBy,
    Incident,
    Link,
    Monitor,
    Phase,
    Reason,
    Reply,
    Result,
    Site,
)
from monitor.core.redact import Redactor
from monitor.core.times import both, clock, duration
from monitor.core.words import explain

# Labels that the digest reads again to find a common cause.
LISTENER = "listener"
FAILED = "what failed"
CONSEQUENCES = "consequences"  # for real events
EVENT = "event id to search for"
RUNBOOK = "Runbook"
LATE = "told so late because of"
MEANT_FOR = "meant for"  # another notifier, which did not take it

HEADLINE = 140  # Slack's headers end at 150, and a phone shows less
SHORTEST = 30  # room that a headline has for a cause, whatever else it says
EXCERPT = 300  # characters of the body: enough to recognise it, short enough to read on a phone
NAMED = 10  # others that are down are named up to here, then counted

BEFORE_IT_LEFT = frozenset({Phase.RESOLVE, Phase.CONNECT, Phase.TLS})
WHILE = {
    Phase.RESOLVE: "while resolving its name",
    Phase.CONNECT: "while connecting",
    Phase.TLS: "during the TLS handshake",
    Phase.SEND: "while sending the event",
    Phase.WAIT: "while waiting for the answer",
    Phase.RECEIVE: "while reading the answer",
}


def explained(diagnosis: str, meaning: str, first: str) -> str:
    """Return the explanation of an alert: the diagnosis, if there is one, what it means, what to do first."""
    return "\n".join(filter(None, (diagnosis, meaning, first)))


def diagnosed(explanation: str) -> str:
    """Return the diagnosis that an explanation begins with, or nothing."""
    diagnosis, *rest = explanation.split("\n")
    return diagnosis if len(rest) == 2 else ""


def counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def failures(incident: Incident) -> str:
    """Say how many failed: "11 failed probes", "2 events"; nothing of what is only looked at."""
    if incident.check in OBSERVED:
        return ""
    if incident.check is Check.RECEIPT or incident.reason in PROOFS:
        return counted(incident.failures, "event")
    return counted(incident.failures, "slow probe" if incident.reason is Reason.SLOW else "failed probe")


def shortened(text: str, room: int) -> str:
    """Return what fits of a sentence: without its last clauses, or cut if one alone is too long."""
    while len(text) > room and "; " in text:
        text = text.rpartition("; ")[0]
    return text if len(text) <= room else text[: room - 1] + "…"


def span(start: str, end: str) -> str:
    """Say it in one zone, and name that once, unless clocks were changed in between."""
    start, end = (moment.partition(" (")[0] for moment in (start, end))
    clock, _, zone = start.rpartition(" ")
    return f"{clock if end.endswith(f' {zone}') else start}–{end}"


def where(monitor: Monitor) -> str:
    """Return method and URL without credentials, query values, or any secret written into the path."""
    hidden = (*monitor.hidden, *monitor.secrets)
    return f"{monitor.method} {Redactor(secret.reveal() for secret in hidden).text(monitor.url)}"


def who(monitor: Monitor) -> tuple[tuple[str, str], ...]:
    """Name the monitor: its id, what the public page calls it, its tags."""
    public = monitor.public
    names = [name for name in (public.name, public.group) if name] if public else []
    facts = [("monitor", f"{monitor.id} ({' · '.join(names)})" if names else monitor.id)]
    if monitor.tags:
        facts.append(("tags", ", ".join(monitor.tags)))
    return tuple(facts) if monitor.heartbeat else (*facts, (LISTENER, where(monitor)))


def what(incident: Incident, result: Result | None) -> str:
    """Say what failed, and in which phase if there is no answer."""
    failure = result.reply.failure if result and not result.verdict.good else None
    short = explain(incident.reason).short
    return f"{short}, {WHILE[failure.phase]}" if failure else short


def told_late(hush: Hush, now: datetime) -> str:
    """Say why an alarm comes so late: "maintenance “move to eu” until 15:00:00 UTC"."""
    name = f" “{hush.name}”" if hush.name else ""
    until = ""
    if hush.until:  # whoever ended it before its time, its announced end is in the future
        until = f" until {clock(hush.until, now)}" if hush.until <= now else ", ended early"
    return {
        HushedBy.MAINTENANCE: f"maintenance{name}{until}",
        HushedBy.SILENCE: f"silence{name}{until}",
        HushedBy.PARENT: f"{hush.name}, which it depends on, was down",
        HushedBy.DOUBT: f"{hush.name}, which it depends on, may be down as well",
        HushedBy.BLIND: "the monitor's own network was away",
    }[hush.by]


def when(incident: Incident, now: datetime) -> tuple[tuple[str, str], ...]:
    good = both(incident.last_good_at, now) if incident.last_good_at else "never seen"
    since = both(incident.started_at, now)
    if incident.check in OBSERVED:
        return ("seen since", since), ("last good look", good)
    if incident.reason in PROOFS:
        return ("seen since", since), ("last good", good), *probes(incident)
    if incident.check is Check.RECEIPT:
        began, good_label = ("failing since", f"{since}, first event that failed"), "last processed"
    elif incident.reason is Reason.SLOW:
        began, good_label = ("slow since", f"{since}, first slow probe"), "last acknowledged"
    elif incident.reason is Reason.FLAKY:  # good ones lie between those that failed, and some failed before
        began, good_label = ("noticed", f"{since}, failing probes among good ones"), "last good"
    else:
        began, good_label = ("failing since", f"{since}, first failing probe"), "last good"
    if incident.changes:  # it was well in between, again and again
        good_label = "last good before that"
    return began, (good_label, good), *probes(incident)


def probes(incident: Incident) -> tuple[tuple[str, str], ...]:
    """Say how many failed. A slow answer is an answer; what was looked up is no probe that failed."""
    if incident.check in OBSERVED:
        return ()
    if incident.check is Check.RECEIPT or incident.reason in PROOFS:
        return (("events", f"{incident.failures:,}"),)
    label = "probes too slow" if incident.reason is Reason.SLOW else "probes failed"
    return ((label, f"{incident.failures:,}"),)


def late_in_short(hush: Hush, now: datetime) -> str:
    """Say the same where there is little room: "maintenance until 15:00:00 UTC"."""
    if hush.by is HushedBy.PARENT:
        return f"{hush.name} was down"
    return told_late(replace(hush, name=""), now)


def event(result: Result) -> tuple[tuple[str, str], ...]:
    """Name the event to search the listener's log for, if one can have arrived there."""
    failure = result.reply.failure
    if not result.event_id or (failure and failure.phase in BEFORE_IT_LEFT):
        return ()
    return ((EVENT, result.event_id),)


def latency(result: Result, monitor: Monitor) -> tuple[tuple[str, str], ...]:
    """Say how long it took beside how long the provider waits, where the listener was sent something."""
    if monitor.upstream:
        return ()
    if _by_receipt(result):
        return _processing(result, monitor)
    reply = result.reply
    if result.check is Check.HEARTBEAT and reply.phases.wait is not None:
        return (("the run took", duration(timedelta(seconds=reply.phases.wait))),)
    if result.check in OBSERVED:
        return ()
    spent = duration(timedelta(seconds=reply.phases.total))
    allowed = f"the provider waits {duration(monitor.expect.within)}"
    if reply.failure is None:
        said = f"{spent} ({allowed})"
    elif reply.failure.kind is FailureKind.TIMED_OUT:
        said = f"no answer in {duration(monitor.timeout)} ({allowed})"
    else:
        said = f"no answer; failed after {spent} ({allowed})"
    return (("latency", said),)


def _by_receipt(result: Result) -> bool:
    """Whether a receipt, or that none came, says this: there is no answer to show."""
    reply = result.reply
    return result.check not in OBSERVED and reply.http_status is None and reply.failure is None


def _processing(result: Result, monitor: Monitor) -> tuple[tuple[str, str], ...]:
    allowed = f"{duration(monitor.receipt.within)} are allowed" if monitor.receipt else ""
    spent = result.reply.phases.wait
    if spent is None:  # a pair that was processed once: what is missing is a second receipt
        missing = f"no receipt ({allowed})"
        return () if result.check is Check.DUPLICATE else (("processing", missing),)
    return (("processing", f"{duration(timedelta(seconds=spent))} ({allowed})"),)


def others(also_down: Sequence[str]) -> str:
    named = ", ".join(also_down[:NAMED])
    more = len(also_down) - NAMED
    return f"{len(also_down):,}: {named}" + (f" and {more:,} more" if more > 0 else "")


def evidence(result: Result, monitor: Monitor) -> Evidence | None:
    """Return the status line (or why there is none) and the first of the body, harmless in a code block."""
    reply = result.reply
    if _by_receipt(result):
        note = _excerpt(reply.body)
        return Evidence(summary="the worker says", excerpt=note) if note else None
    body = reply.body if monitor.keep_bodies else ""
    if result.check in {Check.HEARTBEAT, Check.TRAFFIC}:
        return Evidence(summary="the job's own note", excerpt=_excerpt(body)) if body else None
    return Evidence(summary=_summary(reply), excerpt=_excerpt(body))


def _summary(reply: Reply) -> str:
    spoken_to = f" from {reply.address}" if reply.address else ""
    if reply.failure:
        return f"{reply.failure.message}{spoken_to and f' ({reply.address})'}"
    if reply.certificate_expires_at and reply.http_status is None:
        ends = clock(reply.certificate_expires_at, reply.started_at)
        return f"the certificate ends {ends}{spoken_to and f' ({reply.address})'}"
    if reply.http_status is None:
        return f"no HTTP request was made{spoken_to and f' ({reply.address})'}"
    return f"HTTP {reply.http_status} {_phrase(reply.http_status)}".rstrip() + spoken_to


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:  # 520 and the like: not in the registry
        return ""


def _excerpt(body: str) -> str:
    """A fence inside would end the code block it is shown in."""
    clean = body.replace("```", "").strip()
    return clean if len(clean) <= EXCERPT else clean[: EXCERPT - 1] + "…"


def thread(incident: Incident, begun: datetime | None = None) -> str:
    """Name the conversation about an incident; the time keeps it apart from another database's number.

    ``begun`` is when its first part began to fail, where this is not that one.
    """
    return f"incident-{incident.number}-{(begun or incident.started_at).timestamp():.0f}"


def links(incident: Incident, monitor: Monitor, site: Site) -> tuple[Link, ...]:
    """Lead only to what exists: on the public page are no findings, and no monitor without ``public``."""
    found = []
    if monitor.runbook:
        found.append(Link(label=RUNBOOK, url=monitor.runbook))
    if incident.ended_at is None:
        found.append(to_acknowledge(incident.number))
    if site.url and monitor.public and incident.check in AVAILABILITY and incident.reason not in PROOFS:
        found.append(Link(label="Status page", url=site.url))
    return tuple(found)
