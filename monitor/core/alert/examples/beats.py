"""Examples about what is not probed: a job that is to call us, real events, what the provider says."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from monitor.core.alert.examples.cast import DAY, HOUR, MONITOR, OUTAGE, START, answered, over, told
from monitor.core.judge.heartbeat import judge_heartbeat
from monitor.core.judge.traffic import judge_traffic
from monitor.core.model import (
    Alert,
    AlertKind,
    Check,
    HeartbeatPlan,
    Incident,
    Public,
    Pulse,
    Reason,
    Result,
    Site,
    TrafficPlan,
)
from monitor.core.providers import NOBODY, PROVIDERS

NIGHT = START - DAY
BACKUP = replace(
    MONITOR,
    id="nightly-backup",
    url="",
    provider=NOBODY,
    event=NOBODY.event,
    expect=NOBODY.expect,
    public=Public(name="Backup"),
    tags=(),
    runbook="https://wiki.acme.example/backup",
    heartbeat=HeartbeatPlan(rhythm=DAY, grace=HOUR),
    receipt=None,
)
GITHUB = PROVIDERS["github"]
DEPLOYS = replace(
    MONITOR,
    id="deploys",
    url="https://ci.acme.example/hooks/github",
    provider=GITHUB,
    event=GITHUB.event,
    expect=GITHUB.expect,
    public=Public(name="Deploys"),
    tags=(),
    runbook=None,
    traffic=TrafficPlan(at_least=1, per=6 * HOUR),
    receipt=None,
)


def beats(site: Site) -> Mapping[str, Alert]:
    """Return them by name."""
    now = START.astimezone(site.zone)
    silent = judge_heartbeat(Pulse(monitor=BACKUP.id, since=NIGHT, heard_at=NIGHT - HOUR), START, now)
    plan = TrafficPlan(at_least=1, per=6 * HOUR)
    heard = Pulse(monitor=DEPLOYS.id, since=NIGHT, heard_at=START - 6 * HOUR)
    quiet = judge_traffic(plan, heard, 0, START - 6 * HOUR, now)
    missing = _incident(BACKUP.id, Check.HEARTBEAT, Reason.SILENT, silent.message)
    nobody = _incident(DEPLOYS.id, Check.TRAFFIC, Reason.NO_TRAFFIC, quiet.message)
    switched_off = _incident(
        DEPLOYS.id,
        Check.PROVIDER,
        Reason.DISABLED_BY_PROVIDER,
        "GitHub says that the hook is not active: it sends no events",
    )
    opened, looked = AlertKind.OPENED, replace(answered(None, wait=None), event_id="")
    return {
        "silent": told(site, opened, missing, looked, BACKUP),
        "calls-again": told(site, AlertKind.RECOVERED, over(missing, failures=1), looked, BACKUP),
        "no-traffic": told(site, opened, nobody, looked, DEPLOYS),
        "disabled-by-provider": told(site, opened, switched_off, _asked(), DEPLOYS),
    }


def _asked() -> Result:
    said = answered(200, '{"type": "Repository", "active": false}')
    return replace(said, event_id="", reply=replace(said.reply, address="192.0.2.80:443"))


def _incident(monitor: str, check: Check, reason: Reason, message: str) -> Incident:
    return replace(
        OUTAGE,
        monitor=monitor,
        check=check,
        reason=reason,
        message=message,
        failures=1,
        last_good_at=START - timedelta(minutes=5),
    )
