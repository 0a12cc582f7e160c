"""Examples about the far end: what was accepted comes out nowhere, late, twice, or all the same."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from monitor.core.alert.examples.cast import DAY, NOW, OUTAGE, START, answered, over, told
from monitor.core.judge.receipt import did_it_anyway, late, not_processed, processed_twice
from monitor.core.model import Alert, AlertKind, Check, Incident, Receipt, Site, Verdict

WITHIN = timedelta(seconds=30)
LAST = START - timedelta(seconds=28)


def receipts(site: Site) -> Mapping[str, Alert]:
    """Return them by name."""
    lost = _incident(Check.RECEIPT, not_processed(WITHIN, LAST, NOW.astimezone(site.zone)))
    kept = replace(over(lost, failures=14), down_until=START + timedelta(minutes=4))
    opened = AlertKind.OPENED
    return {
        "not-processed": told(site, opened, lost, answered(None, wait=None)),
        "processed-again": told(site, AlertKind.RECOVERED, kept, answered(None, wait=1.2)),
        "processed-late": told(
            site,
            opened,
            _incident(Check.RECEIPT, late("processed 48.2 s after it was sent; 30 s are allowed")),
            answered(None, wait=48.2),
        ),
        "processed-twice": told(
            site,
            opened,
            replace(_incident(Check.DUPLICATE, processed_twice(by_run=True, sent_twice=True)), failures=1),
            answered(None, "ledger: booked", wait=2.4),
        ),
        "forgery-processed": told(
            site, opened, _anyway(Check.FORGED, Check.FORGED), answered(None, "ledger: booked", wait=1.9)
        ),
        "refused-but-processed": told(
            site, opened, _anyway(Check.RECEIPT, Check.DELIVERY), answered(None, "ledger: booked", wait=1.9)
        ),
    }


def _anyway(check: Check, kind: Check) -> Incident:
    receipt = Receipt(
        monitor=OUTAGE.monitor,
        event_id="evt_probe_7f3a",
        kind=kind,
        sent_at=NOW,
        arrived_at=NOW + timedelta(seconds=1.9),
    )
    return replace(_incident(check, did_it_anyway(receipt)), failures=1)


def _incident(check: Check, verdict: Verdict) -> Incident:
    down = START if verdict.status == "down" and check is Check.RECEIPT else None
    return replace(
        OUTAGE,
        check=check,
        severity=verdict.severity or OUTAGE.severity,
        reason=verdict.reason,
        message=verdict.message,
        last_good_at=LAST if check is Check.RECEIPT else START - DAY / 24,
        down_since=down,
    )
