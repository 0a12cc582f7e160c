"""Alerts about ourselves: we were blind, we need help, or somebody tries whether alerts arrive."""

from datetime import datetime

from monitor.core.alert.facts import span
from monitor.core.model import Alert, AlertKind, Evidence, Link, Message, Severity, Site
from monitor.core.times import both, clock, duration


def blind(
    start: datetime, end: datetime, notifiers: tuple[str, ...], *, site: Site, now: datetime
) -> tuple[Alert, ...]:
    """Tell, once we see again, that nothing was measured between ``start`` and ``end``."""
    told_at = now.astimezone(site.zone)
    unseen = span(clock(start, told_at), clock(end, told_at))
    message = Message(
        headline=f"BLIND {unseen}: nothing was measured, nothing is known",
        colour="grey",
        explanation="The monitor's own network was away; no listener is blamed, and these minutes count as "
        "unknown.\nFirst: look at the network of the machine that the monitor runs on.",
        facts=(
            ("site", site.name),
            ("blind since", both(start, told_at)),
            ("seeing again since", both(end, told_at)),
            ("blind for", duration(end - start)),
        ),
    )
    key = f"blind:{start.isoformat()}"
    return _to_each(notifiers, key, AlertKind.BLIND, message, now)


def blinded(since: datetime, notifiers: tuple[str, ...], *, site: Site, now: datetime) -> tuple[Alert, ...]:
    """Tell that we are blind; where that cannot be told now, it is told with what was not measured."""
    told_at = now.astimezone(site.zone)
    message = Message(
        headline=f"BLIND since {clock(since, told_at)}: the monitor's own network is away",
        colour="grey",
        explanation="No listener is blamed, and nothing is told of any until the monitor sees again.\n"
        "First: look at the network of the machine that the monitor runs on.",
        facts=(("site", site.name), ("blind since", both(since, told_at))),
    )
    return _to_each(notifiers, f"blinded:{since.isoformat()}", AlertKind.BLIND, message, now)


def ours(
    problem: str, since: datetime, notifiers: tuple[str, ...], *, site: Site, now: datetime
) -> tuple[Alert, ...]:
    """Tell of trouble of our own, or its end. ``problem`` is one sentence without a secret."""
    message = Message(
        headline=f"MONITOR: {' '.join(problem.split())[:120]}",
        colour="grey",
        explanation="This is about the monitor itself; no listener is blamed.\n"
        "First: look at the log of the monitor, at its database, and at its clock (NTP).",
        facts=(
            ("site", site.name),
            ("what", problem),
            ("since", both(since, now.astimezone(site.zone))),
            ("for", duration(now - since)),
        ),
    )
    return _to_each(notifiers, f"ours:{since.isoformat()}", AlertKind.OURS, message, now)


def sample(notifier: str, site: Site, now: datetime) -> Alert:
    """Return what ``notify test`` sends: it looks like an alert, and says in its first word that it is "
    "none."""
    message = Message(
        headline=f"TEST alerts from {site.name} reach {notifier}",
        colour="grey",
        explanation="Nobody needs to do anything. A real alert says what broke, since when, "
        "and what to look at first.",
        facts=(("site", site.name), ("notifier", notifier), ("sent", both(now, now.astimezone(site.zone)))),
        evidence=Evidence(summary="HTTP 418 I'm a Teapot", excerpt='{"sample": "no listener was asked"}'),
        links=(Link(label="Status page", url=site.url),) if site.url else (),
    )
    return _to_each((notifier,), f"test:{now.isoformat()}", AlertKind.TEST, message, now)[0]


def _to_each(
    notifiers: tuple[str, ...], key: str, kind: AlertKind, message: Message, now: datetime
) -> tuple[Alert, ...]:
    return tuple(
        Alert(
            key=f"{key}:{notifier}",
            notifier=notifier,
            kind=kind,
            severity=Severity.WARNING,
            message=message,
            created_at=now,
        )
        for notifier in notifiers
    )
