"""Scenes for the page: what it must be able to show, all at once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.core.model import (
    Check,
    Closing,
    Config,
    Incident,
    Monitor,
    Public,
    Reason,
    Severity,
    Site,
    Status,
    Transition,
)
from tests.makers import NOON, a_monitor
from tests.web.houses import AN_INCIDENT, DAY, Stage, a_change

PUBLISHED = {
    "stripe": Public(name="Payments", group="Incoming events", description="Stripe, all regions"),
    "github": Public(name="Deployments", group="Incoming events"),
    "shopify": Public(name="Orders", group="Incoming events", description="Shopify storefront"),
    "slack": Public(name="Chat commands", group="Internal tools"),
    "svix": Public(name="Partner notifications", group="Internal tools", description="Twelve partners"),
    "gitlab": Public(name="Build results"),
}


def a_busy_stage() -> Stage:
    """Return ninety eventful days, an outage that goes on, and a finding that nobody may see."""
    monitors = {id_: a_monitor(id=id_, public=public) for id_, public in PUBLISHED.items()}
    site = Site(name="Acme webhooks", url="https://status.acme.example")
    hidden = a_monitor(id="hidden-ledger", url="https://ledger.internal.example/hook")
    stage = Stage(config=Config(site=site, monitors=(*monitors.values(), hidden)))
    for monitor in monitors.values():
        stage.history.changes.extend(_ninety_days(monitor))
    stage.history.changes = [one for one in stage.history.changes if one.at < NOON - timedelta(hours=1)]
    stage.hold(monitors["stripe"], Status.DOWN, Reason.SERVER_ERROR)
    stage.hold(monitors["github"], Status.UP, Reason.ACCEPTED)
    stage.hold(monitors["shopify"], Status.DEGRADED, Reason.SLOW)
    stage.hold(monitors["slack"], Status.UP, Reason.ACCEPTED)
    stage.hold(monitors["gitlab"], Status.UP, Reason.ACCEPTED)
    stage.hold(hidden, Status.DOWN, Reason.TIMEOUT)
    stage.open(monitors["stripe"], 41, Reason.SERVER_ERROR)
    stage.open(hidden, 42, Reason.TIMEOUT)
    critical = Severity.CRITICAL
    stage.open(monitors["github"], 43, Reason.FORGERY_ACCEPTED, check=Check.FORGED, severity=critical)
    stage.history.told.extend(_ended())
    return stage


def _ninety_days(monitor: Monitor) -> Iterator[Transition]:
    """A life: measured since its first day, with a gap and a few bad days, each its own."""
    first = list(PUBLISHED).index(monitor.id)
    born = NOON - (100 - first * first * 3) * DAY
    yield a_change(monitor.id, born, Status.UP)
    for number, (day, status, lasted) in enumerate(_trouble(first)):
        at = NOON - day * DAY + timedelta(minutes=17 * number)
        if at > born:
            yield a_change(monitor.id, at, status)
            yield a_change(monitor.id, at + lasted, Status.UP)


def _trouble(first: int) -> tuple[tuple[int, Status, timedelta], ...]:
    return (
        (80 - first, Status.UNKNOWN, timedelta(days=2, hours=6)),
        (61 + first, Status.DOWN, timedelta(minutes=4)),
        (47 - first * 2, Status.DEGRADED, timedelta(hours=5)),
        (33 - first, Status.DOWN, timedelta(hours=3, minutes=12)),
        (12 + first, Status.MAINTENANCE, timedelta(hours=2)),
        (6 + first * 3, Status.DOWN, timedelta(minutes=45)),
    )


def _ended() -> Iterator[Incident]:
    for number, (monitor, days, minutes, severity) in enumerate(
        (
            ("stripe", 6, 45, Severity.MAJOR),
            ("github", 9, 45, Severity.MAJOR),
            ("shopify", 2, 300, Severity.MINOR),
            ("hidden-ledger", 1, 12, Severity.MAJOR),
        )
    ):
        began: datetime = NOON - days * DAY
        yield replace(
            AN_INCIDENT,
            number=30 + number,
            monitor=monitor,
            severity=severity,
            started_at=began,
            ended_at=began + timedelta(minutes=minutes),
            closing=Closing.RECOVERED,
        )
