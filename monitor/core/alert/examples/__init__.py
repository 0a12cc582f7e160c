"""An example of everything that people are told, for who writes templates or wants to know what will come.

A new kind of alert gets an example here: `notify preview`, the judging of templates and the pictures of the
manual take it from here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from monitor.core.alert.alerting import alive, dead, instead
from monitor.core.alert.digest import digest
from monitor.core.alert.examples.beats import beats
from monitor.core.alert.examples.cast import ACME, END, HOUR, NOTIFIER, NOW, START
from monitor.core.alert.examples.listeners import listeners, outage, recovery
from monitor.core.alert.examples.receipts import receipts
from monitor.core.alert.late import message
from monitor.core.alert.own import blind, blinded, ours, sample
from monitor.core.links import filled
from monitor.core.model import Alert, AlertKind, Message, NotifierHealth, QueuedAlert, Site

__all__ = ["ACME", "Example", "examples"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """``kind`` is that of the alert; None: many in one message."""

    kind: AlertKind | None
    message: Message


def examples(site: Site = ACME) -> Mapping[str, Example]:
    """Return an example of each thing that is told, by name, in the words and the zone of this site.

    They are as a notifier is given them: with a link to acknowledge, which leads nowhere.
    """
    acknowledge = f"{site.url}/ack/…" if site.url else ""
    alone = {**listeners(site), **receipts(site), **beats(site), **_own(site)}
    found = {name: Example(kind=alert.kind, message=alert.message) for name, alert in alone.items()}
    return {
        name: replace(one, message=filled(one.message, lambda _: acknowledge, lambda _: None))
        for name, one in {**found, **_queued(site)}.items()
    }


def _own(site: Site) -> Mapping[str, Alert]:
    """Return what is told of ourselves."""
    to = (NOTIFIER,)
    away = NotifierHealth(
        notifier="mail",
        succeeded_at=START - HOUR,
        error="the mail server answered 535 5.7.8 Authentication credentials invalid",
        dead_since=START,
    )
    return {
        "blind-now": blinded(START, to, site=site, now=START + timedelta(seconds=30))[0],
        "blind": blind(START, START + timedelta(minutes=7), to, site=site, now=END + timedelta(minutes=3))[0],
        "ours": ours("the database is away", START, to, site=site, now=END)[0],
        "dead-notifier": dead(away, to, fallback=True, site=site, now=NOW)[0],
        "alive-notifier": alive(away, START, to, site=site, now=END)[0],
        "test": sample(NOTIFIER, site, NOW),
    }


def _queued(site: Site) -> Mapping[str, Example]:
    """Return what becomes of alerts that leave together, or later than they should."""
    alarm, end = outage(site), recovery(site)
    names = ("stripe-payments", "stripe-refunds", "orders")
    several = [outage(site, name).message for name in names]
    night = (alarm, outage(site, "orders", 13), end)
    held = [replace(one, held_until=START + 16 * HOUR) for one in night]
    left = replace(_waiting(alarm), left_at=NOW)
    return {
        "digest": Example(kind=None, message=digest([*several, recovery(site, "deploys", 11).message])),
        "quiet-hours": Example(kind=None, message=message([_waiting(one) for one in held])),
        "untold": Example(kind=end.kind, message=message([_waiting(alarm), _waiting(end)])),
        "repeat": Example(kind=alarm.kind, message=message([left])),
        "instead": Example(
            kind=alarm.kind, message=instead(replace(alarm, notifier="mail"), NOTIFIER).message
        ),
    }


def _waiting(alert: Alert) -> QueuedAlert:
    return QueuedAlert(alert=alert, attempts=0, due_at=alert.created_at)
