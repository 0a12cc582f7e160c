"""Who and what the examples are about: one site, its monitors, and an afternoon in March."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from monitor.core.alert.listener import Again, announce
from monitor.core.model import (
    Alert,
    AlertKind,
    Check,
    Closing,
    Held,
    Incident,
    Monitor,
    Phases,
    Public,
    Reason,
    ReceiptPlan,
    Reply,
    Result,
    Severity,
    Site,
    Status,
    Verdict,
)
from monitor.core.providers import PROVIDERS

ACME = Site(name="Acme webhooks", url="https://status.acme.example")
START = datetime(2026, 3, 1, 14, 2, 11, tzinfo=UTC)
NOW = START + timedelta(seconds=15)
END = START + timedelta(minutes=5, seconds=12)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
NOTIFIER = "oncall"
OUT_OF_MEMORY = '{"error": "out of memory"}'

STRIPE = PROVIDERS["stripe"]
MONITOR = Monitor(
    id="stripe-payments",
    url="https://api.acme.example/hooks/stripe",
    provider=STRIPE,
    secrets=(),
    event=STRIPE.event,
    expect=STRIPE.expect,
    checks=(),
    public=Public(name="Payments", group="Incoming events"),
    runbook="https://wiki.acme.example/stripe",
    tags=("team-payments",),
    receipt=ReceiptPlan(within=timedelta(seconds=30)),
    volume=120.0,
)
OUTAGE = Incident(
    number=12,
    monitor="stripe-payments",
    check=Check.DELIVERY,
    started_at=START,
    confirmed_at=NOW,
    severity=Severity.MAJOR,
    reason=Reason.SERVER_ERROR,
    message="answered 503 Service Unavailable",
    failures=2,
    last_good_at=START - timedelta(seconds=30),
    down_since=START,
    told=(NOTIFIER,),
)


def over(incident: Incident, *, failures: int = 11) -> Incident:
    """Return the same five minutes later, when all is well again."""
    return replace(incident, failures=failures, ended_at=END, closing=Closing.RECOVERED)


def answered(http_status: int | None, body: str = "", *, wait: float | None = 0.05) -> Result:
    """Return the probe that told us; an alert reads no verdict, the incident has its words.

    Without a status nothing was answered: a receipt told us, ``wait`` after the event, or that none came.
    """
    asked = http_status is not None
    reply = Reply(
        started_at=NOW,
        phases=Phases(resolve=0.001, connect=0.002, tls=0.011, send=0.001, wait=wait)
        if asked
        else Phases(wait=wait),
        http_status=http_status,
        body=body,
        address="192.0.2.7:443" if asked else None,
        certificate_expires_at=START + 5 * DAY,
    )
    return Result(
        monitor="stripe-payments",
        check=Check.DELIVERY,
        event_id="evt_probe_7f3a",
        verdict=Verdict(status=Status.UNKNOWN, reason=Reason.INCONCLUSIVE, message=""),
        reply=reply,
        finished_at=NOW + timedelta(seconds=wait or 0),
    )


FAILED = answered(503, OUT_OF_MEMORY)


def told(  # noqa: PLR0913  as ``announce``: an alert is about all of these
    site: Site,
    kind: AlertKind,
    incident: Incident,
    result: Result | None,
    monitor: Monitor = MONITOR,
    *,
    now: datetime | None = None,
    also_down: tuple[str, ...] = (),
    late: Held | None = None,
    again: Again | None = None,
) -> Alert:
    """Return what one notifier is told of an incident, by the name of its monitor."""
    at = now or incident.ended_at or NOW
    named = replace(monitor, id=incident.monitor)
    seen = result and replace(result, check=incident.check)
    return announce(incident, kind, seen, named, site, now=at, also_down=also_down, late=late, again=again)[0]
