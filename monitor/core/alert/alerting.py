"""Alerts about alerting: a notifier is dead, or alive again; and what another one is told in its place."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from monitor.core.alert.facts import HEADLINE, MEANT_FOR, explained, shortened
from monitor.core.model import Alert, AlertKind, Message, NotifierHealth, Severity, Site
from monitor.core.times import both, duration


def dead(
    health: NotifierHealth, told: Sequence[str], *, fallback: bool, site: Site, now: datetime
) -> tuple[Alert, ...]:
    """Tell others that a notifier takes nothing any more. ``fallback``: they hear its alerts from now on."""
    now = now.astimezone(site.zone)
    name, since = health.notifier, health.dead_since or now
    heirs = ", ".join(told)
    fate = f"its alerts go to {heirs}" if fallback else "its alerts wait, and are tried again"
    message = Message(
        headline=shortened(f"MONITOR: notifier {name} is dead; {fate}", HEADLINE),
        colour="amber",
        explanation=explained(
            f"It said: {health.error or 'nothing'}",
            "People who rely on this notifier hear nothing through it; no listener is blamed.",
            f"First: mend the URL of {name} in monitors.yaml; `webhook-monitor notify test {name}` shows "
            "whether it works.",
        ),
        facts=(
            ("site", site.name),
            ("notifier", name),
            ("since", both(since, now)),
            ("last success", both(health.succeeded_at, now) if health.succeeded_at else "never"),
        ),
    )
    return _to_each(told, f"dead:{name}:{since.isoformat()}", message, now)


def alive(
    health: NotifierHealth, since: datetime, told: Sequence[str], *, site: Site, now: datetime
) -> tuple[Alert, ...]:
    """Tell those who heard that a notifier was dead that it takes alerts again."""
    now, name = now.astimezone(site.zone), health.notifier
    message = Message(
        headline=f"MONITOR: notifier {name} takes alerts again after {duration(now - since)}",
        colour="grey",
        facts=(("site", site.name), ("notifier", name), ("dead since", both(since, now))),
    )
    return _to_each(told, f"alive:{name}:{since.isoformat()}", message, now)


def instead(alert: Alert, name: str) -> Alert:
    """Return the alert as another notifier is told it, in place of the one that it was meant for."""
    fact = alert.key.removesuffix(f":{alert.notifier}")
    meant = (MEANT_FOR, f"{alert.notifier}, which did not take it")
    message = replace(alert.message, facts=(*alert.message.facts, meant))
    return replace(alert, key=f"{fact}:{name}", notifier=name, message=message)


def _to_each(told: Sequence[str], key: str, message: Message, now: datetime) -> tuple[Alert, ...]:
    return tuple(
        Alert(
            key=f"{key}:{name}",
            notifier=name,
            kind=AlertKind.OURS,
            severity=Severity.WARNING,
            message=message,
            created_at=now,
        )
        for name in told
    )
