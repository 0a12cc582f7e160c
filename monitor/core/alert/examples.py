"""An example of everything that people are told, for who writes templates or wants to know what will come.

A new kind of alert gets an example here: `notify preview`, the judging of templates and the pictures of the
manual take it from here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from monitor.core.alert.alerting import dead
from monitor.core.alert.digest import digest
from monitor.core.alert.listener import announce
from monitor.core.alert.own import blind, ours, sample
from monitor.core.model import (
    OBSERVED,
    Alert,
    AlertKind,
    Check,
    Closing,
    HeartbeatPlan,
    Incident,
    Message,
    Monitor,
    NotifierHealth,
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
from monitor.core.providers import NOBODY, PROVIDERS

ACME = Site(name="Acme webhooks", url="https://status.acme.example")
START = datetime(2026, 3, 1, 14, 2, 11, tzinfo=UTC)
NOW = START + timedelta(seconds=15)
END = START + timedelta(minutes=5, seconds=12)
DAY = timedelta(days=1)
NOTIFIER = "oncall"


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """``kind`` is that of the alert; None: many in one message."""

    kind: AlertKind | None
    message: Message


def examples(site: Site = ACME) -> Mapping[str, Example]:
    """Return an example of each thing that is told, by name, in the words and the zone of this site."""
    told = {
        "outage": _outage(site),
        "slow": _told(site, AlertKind.OPENED, SLOW, _result(200, wait=6.4)),
        "worse": _told(site, AlertKind.WORSENED, WORSE, _result(503, OUT_OF_MEMORY)),
        "certificate": _told(site, AlertKind.OPENED, EXPIRING, _result(None)),
        "forged": _told(site, AlertKind.OPENED, FORGED, _result(200, '{"received": true}')),
        "unprocessed": _told(site, AlertKind.OPENED, UNPROCESSED, _unheard(UNPROCESSED)),
        "silent": _told(site, AlertKind.OPENED, SILENT, _unheard(SILENT)),
        "recovery": _told(site, AlertKind.RECOVERED, OVER, _result(200)),
        "blind": blind(START, START + timedelta(minutes=7), (NOTIFIER,), site=site, now=END + DAY / 480)[0],
        "ours": ours("the database is away", START, (NOTIFIER,), site=site, now=END)[0],
        "dead": dead(DEAD, ("mail",), fallback=True, site=site, now=END)[0],
        "test": sample(NOTIFIER, site, NOW),
    }
    found = {name: Example(kind=alert.kind, message=alert.message) for name, alert in told.items()}
    several = [_outage(site, name).message for name in ("stripe-payments", "stripe-refunds", "orders")]
    return found | {"digest": Example(kind=None, message=digest([*several, told["recovery"].message]))}


OUT_OF_MEMORY = '{"error": "out of memory"}'
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
OVER = replace(OUTAGE, failures=11, ended_at=END, closing=Closing.RECOVERED)
SLOW = replace(
    OUTAGE,
    severity=Severity.MINOR,
    reason=Reason.SLOW,
    message="answered 200 OK in 6.4 s: slow, the provider gives up at 10 s",
    failures=3,
    down_since=None,
)
WORSE = replace(OUTAGE, failures=7, down_since=START + timedelta(seconds=90))
EXPIRING = replace(
    OUTAGE,
    check=Check.CERTIFICATE,
    severity=Severity.WARNING,
    reason=Reason.CERTIFICATE_EXPIRING,
    message="the certificate expires in 5 days, on 2026-03-06 14:02 UTC",
    last_good_at=START - DAY / 4,
    down_since=None,
)
FORGED = replace(
    OUTAGE,
    check=Check.FORGED,
    severity=Severity.CRITICAL,
    reason=Reason.FORGERY_ACCEPTED,
    message="answered 200 OK to a forged event",
    last_good_at=START - DAY / 24,
    down_since=None,
)
UNPROCESSED = replace(
    OUTAGE,
    check=Check.RECEIPT,
    reason=Reason.NOT_PROCESSED,
    message="no receipt within 60 s; the last event was processed at 14:01:41 UTC",
)
SILENT = replace(
    OUTAGE,
    monitor="nightly-backup",
    check=Check.HEARTBEAT,
    reason=Reason.SILENT,
    message="no call by 14:02:11 UTC, when one was due; the last success was at 2026-02-28 13:31:40 UTC",
    last_good_at=START - DAY - timedelta(seconds=1831),
)
DEAD = NotifierHealth(
    notifier=NOTIFIER, error="Slack: 404 no_service", dead_since=START, succeeded_at=START - DAY
)


def _outage(site: Site, name: str = "stripe-payments") -> Alert:
    incident = replace(OUTAGE, monitor=name)
    return _told(site, AlertKind.OPENED, incident, _result(503, OUT_OF_MEMORY), also_down=("deploys",))


def _told(
    site: Site, kind: AlertKind, incident: Incident, result: Result, also_down: tuple[str, ...] = ()
) -> Alert:
    now = incident.ended_at or (END if kind is AlertKind.WORSENED else NOW)
    monitor = JOB if incident.check is Check.HEARTBEAT else replace(MONITOR, id=incident.monitor)
    asked_nothing = incident.check in OBSERVED
    seen = replace(result, check=incident.check, event_id="" if asked_nothing else result.event_id)
    return announce(incident, kind, seen, monitor, site, now=now, also_down=also_down)[0]


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
    volume=120.0,
    receipt=ReceiptPlan(within=timedelta(minutes=1)),
)

JOB = replace(
    MONITOR,
    id="nightly-backup",
    url="",
    provider=NOBODY,
    event=NOBODY.event,
    expect=NOBODY.expect,
    heartbeat=HeartbeatPlan(rhythm=DAY, grace=DAY / 48),
    public=None,
    runbook="https://wiki.acme.example/backup",
    tags=("team-storage",),
    volume=None,
    receipt=None,
)


def _unheard(incident: Incident) -> Result:
    """Return what nobody told us: there is no answer."""
    return replace(_result(None), monitor=incident.monitor, reply=Reply(started_at=NOW, phases=Phases()))


def _result(http_status: int | None, body: str = "", *, wait: float = 0.05) -> Result:
    """Return the probe that told us; an alert reads no verdict, the incident has its words."""
    reply = Reply(
        started_at=NOW,
        phases=Phases(resolve=0.001, connect=0.002, tls=0.011, send=0.001, wait=wait),
        http_status=http_status,
        body=body,
        address="192.0.2.7:443",
        certificate_expires_at=START + 5 * DAY,
    )
    return Result(
        monitor="stripe-payments",
        check=Check.DELIVERY,
        event_id="evt_probe_7f3a",
        verdict=Verdict(status=Status.UNKNOWN, reason=Reason.INCONCLUSIVE, message=""),
        reply=reply,
        finished_at=NOW + timedelta(seconds=wait),
    )
