"""Examples about a listener: how it fails, what follows, and how it ends."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from monitor.core.alert.examples.cast import (
    ACME,
    DAY,
    END,
    FAILED,
    HOUR,
    MONITOR,
    NOW,
    OUTAGE,
    START,
    answered,
    over,
    told,
)
from monitor.core.alert.listener import Again
from monitor.core.alert.together import all_clear, resolved
from monitor.core.alert.unsteady import unsteady
from monitor.core.incidents import Gathered
from monitor.core.model import (
    Alert,
    AlertKind,
    Check,
    Held,
    Hush,
    HushedBy,
    Joined,
    Monitor,
    Reason,
    Severity,
    Site,
)

MINUTE = timedelta(minutes=1)
OVER = over(OUTAGE)
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
WORK_ENDS = datetime(2026, 3, 1, 15, 0, tzinfo=UTC)
LATE = Held(kind=AlertKind.OPENED, hush=Hush(by=HushedBy.MAINTENANCE, name="new disks", until=WORK_ENDS))
OUTLASTS = replace(OUTAGE, failures=116)
FAILING_STILL = replace(OUTAGE, failures=31)
GATEWAY = replace(
    OUTAGE, monitor="eu-gateway", reason=Reason.CONNECT, message="no connection: connection refused"
)
REFUNDS = replace(
    OUTAGE,
    monitor="stripe-refunds",
    started_at=START + MINUTE,
    confirmed_at=NOW + MINUTE,
    last_good_at=START + MINUTE / 2,
    down_since=START + MINUTE,
    failures=9,
    joined=Joined.HOST,
)
FLAPS = replace(OUTAGE, failures=9, flapping_since=NOW - 20 * MINUTE, changes=6)
STEADY = replace(FLAPS, failures=40, flapping_since=None, changes=9)


def listeners(site: Site = ACME) -> Mapping[str, Alert]:
    """Return them by name."""
    opened = AlertKind.OPENED
    shown = replace(FAILED.reply, http_status=None, body="")
    return {
        "outage": outage(site),
        "slow": told(site, opened, SLOW, answered(200, wait=6.4)),
        "worse": told(site, AlertKind.WORSENED, WORSE, FAILED, now=END),
        "certificate": told(site, opened, EXPIRING, replace(FAILED, event_id="", reply=shown)),
        "forged": told(site, opened, FORGED, answered(200, '{"received": true}')),
        "upstream": told(site, opened, GATEWAY, None, _gateway()),
        "late": told(site, opened, OUTLASTS, FAILED, now=WORK_ENDS, late=LATE),
        **_again(site),
        "recovery": recovery(site),
        "all-clear": all_clear(
            OVER, (OVER, over(REFUNDS, failures=9)), "oncall", _configured, site=site, now=END, begun=START
        ),
        "resolved": resolved(
            Gathered(number=12, parts=(OVER, REFUNDS)), "Ada", _configured, site=site, now=END
        )[0],
    }


def outage(site: Site, name: str = OUTAGE.monitor, number: int = OUTAGE.number) -> Alert:
    """Return the alarm that most examples are made of."""
    incident = replace(OUTAGE, monitor=name, number=number)
    return told(site, AlertKind.OPENED, incident, FAILED, also_down=("deploys",))


def recovery(site: Site, name: str = OUTAGE.monitor, number: int = OUTAGE.number) -> Alert:
    """Return its end."""
    return told(site, AlertKind.RECOVERED, replace(OVER, monitor=name, number=number), answered(200))


def _again(site: Site) -> Mapping[str, Alert]:
    """Return what follows where nobody answers, or where it fails and recovers again and again."""
    unanswered = Again(age=15 * MINUTE, words="nobody has acknowledged it; told so far: oncall")
    reminder = Again(age=HOUR, words="reminder 1, the next in 2 h, until it is acknowledged")
    flaps = told(site, AlertKind.FLAPPING, FLAPS, answered(200))
    return {
        "escalated": told(
            site, AlertKind.ESCALATED, FAILING_STILL, FAILED, now=NOW + 15 * MINUTE, again=unanswered
        ),
        "reminded": told(
            site, AlertKind.REMINDED, replace(OUTAGE, failures=121), FAILED, now=NOW + HOUR, again=reminder
        ),
        "flapping": unsteady(flaps, FLAPS, now=NOW, good=True),
        "steady": told(site, AlertKind.STEADY, STEADY, FAILED, now=NOW + 35 * MINUTE),
    }


def _configured(name: str) -> Monitor:
    return replace(MONITOR, id=name)


def _gateway() -> Monitor:
    return replace(
        MONITOR,
        url="https://gateway.acme.example/health",
        method="GET",
        upstream=True,
        public=None,
        tags=(),
        receipt=None,
    )
