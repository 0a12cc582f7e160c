"""Alerts about an incident of several checks: all are well again, or somebody says that it is over."""

from collections.abc import Callable, Sequence
from datetime import datetime

from monitor.core.alert.facts import counted, failures, thread
from monitor.core.consequences import consequences
from monitor.core.incident import LOUDNESS
from monitor.core.incidents import Gathered
from monitor.core.model import (
    AVAILABILITY,
    Alert,
    AlertKind,
    Check,
    Incident,
    Link,
    Message,
    Monitor,
    Site,
)
from monitor.core.times import both, duration
from monitor.core.words import explain

LINES = 25  # parts told in full; of the rest the names
NAMED = 3  # monitors named in the headline

Configured = Callable[[str], Monitor | None]


def all_clear(  # noqa: PLR0913  as ``announce``: an alert is about all of these
    last: Incident,
    parts: Sequence[Incident],
    notifier: str,
    configured: Configured,
    *,
    site: Site,
    now: datetime,
    begun: datetime,
) -> Alert:
    """Tell one notifier that all it heard of in an incident is over: ``parts`` recovered, ``last`` ended.

    ``begun`` is when the first part of the incident began to fail, heard of or not.
    """
    told_at = now.astimezone(site.zone)
    began = min(part.started_at for part in parts)
    ended = max(part.ended_at or now for part in parts)
    lasted = duration(ended - began)
    joined = ", ".join(dict.fromkeys(part.joined.value for part in parts if part.joined))
    message = Message(
        headline=f"RECOVERED {_names(parts)} after {lasted}",
        colour="green",
        explanation="All that failed in this incident is well again.",
        facts=(
            ("from", both(began, told_at)),
            ("until", both(ended, told_at)),
            ("lasted", lasted),
            ("affected", _lines([_ended(part, configured(part.monitor), told_at) for part in parts], parts)),
            *((("in common", joined),) if joined else ()),
            ("incident", f"#{last.number}"),
        ),
        links=_links(parts, configured, site),
        thread=thread(last, begun),
    )
    return Alert(
        key=f"{last.number}:clear:{last.monitor}:{last.check}:{last.started_at.isoformat()}:{notifier}",
        notifier=notifier,
        kind=AlertKind.RECOVERED,
        severity=max((part.severity for part in parts), key=LOUDNESS.index),
        message=message,
        created_at=now,
        monitor=last.monitor,
        check=last.check,
        incident=last.number,
    )


def resolved(
    gathered: Gathered, who: str, configured: Configured, *, site: Site, now: datetime
) -> tuple[Alert, ...]:
    """Tell everybody who heard of an incident that somebody says it is over."""
    parts, first, told_at = gathered.parts, gathered.first, now.astimezone(site.zone)
    failing = gathered.failing
    facts = [
        ("resolved by", who),
        ("from", both(gathered.started_at, told_at)),
        ("until", both(now, told_at)),
    ]
    if failing:
        told = [f"{part.monitor}: {explain(part.reason).short}" for part in failing]
        facts.append(("not seen to recover", _lines(told, failing)))
    message = Message(
        headline=f"RESOLVED {_names(parts)} by {who} after {duration(now - gathered.started_at)}",
        colour="grey",
        explanation="Somebody says that it is over. Probes go on: what still fails becomes a new incident "
        "as soon as it is confirmed again."
        if failing
        else "Somebody says that it is over; nothing of it fails any more.",
        facts=(*facts, ("incident", f"#{gathered.number}")),
        links=_links(parts, configured, site),
        thread=thread(first),
    )
    return tuple(
        Alert(
            key=f"{gathered.number}:resolved:{now.isoformat()}:{notifier}",
            notifier=notifier,
            kind=AlertKind.RESOLVED,
            severity=gathered.severity,
            message=message,
            created_at=now,
            monitor=first.monitor,
            check=first.check,
            incident=gathered.number,
        )
        for notifier in dict.fromkeys(name for part in parts for name in part.told)
    )


def _names(parts: Sequence[Incident]) -> str:
    names = list(dict.fromkeys(part.monitor for part in parts))
    if len(names) == 1:
        return names[0]
    named = f" ({', '.join(names)})" if len(names) <= NAMED else ""
    return f"{counted(len(names), 'monitor')}{named}"


def _lines(told: Sequence[str], parts: Sequence[Incident]) -> str:
    shown = list(told[:LINES])
    if rest := list(dict.fromkeys(part.monitor for part in parts[LINES:])):
        shown.append(f"and {len(rest):,} more: {', '.join(rest)}")
    return "\n".join(shown)


def _ended(part: Incident, monitor: Monitor | None, now: datetime) -> str:
    """Say what failed of a monitor, for how long, and what becomes of its events."""
    ended = part.ended_at or now
    of = "" if part.check is Check.DELIVERY else f" ({part.check})"
    unseen = f", {duration(part.unmeasured)} of it not measured" if part.unmeasured else ""
    lasted = f"{duration(ended - part.started_at)}{unseen}"
    told = ", ".join(
        filter(None, (f"{part.monitor}{of}: {lasted}", failures(part), explain(part.reason).short))
    )
    costs = consequences(part, monitor, now) if monitor else None
    return f"{told}. {costs.text.rstrip('.')}" if costs else told


def _links(parts: Sequence[Incident], configured: Configured, site: Site) -> tuple[Link, ...]:
    """Lead to the page if one of them is on it."""
    shown = any(
        part.check in AVAILABILITY and (monitor := configured(part.monitor)) and monitor.public
        for part in parts
    )
    return (Link(label="Status page", url=site.url),) if site.url and shown else ()
