"""The examples in docs/alerts.md are what is really sent."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.core.alert import all_clear, announce, blind, digest, sample
from monitor.core.links import filled
from monitor.core.model import (
    AlertKind,
    Check,
    Held,
    Hush,
    HushedBy,
    Joined,
    Message,
    Policy,
    Reason,
    Retry,
    Severity,
)
from monitor.notify import plain, slack
from tests.core.test_alert import MONITOR, NOW, SITE, START, a_failing, an_incident, tell
from tests.makers import a_result

END = START + timedelta(minutes=5, seconds=12)
TWO = (
    an_incident(failures=11, ended_at=END),
    an_incident(
        monitor="stripe-refunds", failures=9, ended_at=END - timedelta(minutes=1), joined=Joined.HOST
    ),
)
DOCS = Path(__file__).parents[2] / "docs" / "alerts.md"


def examples() -> dict[str, Message]:
    provider = replace(MONITOR.provider, title="Stripe", policy=Policy(retry=Retry(over=timedelta(days=3))))
    stripe = replace(MONITOR, provider=provider, volume=120.0)
    outage = tell(monitor=stripe, also_down=("orders",)).message
    recovery = announce(TWO[0], AlertKind.RECOVERED, a_result(at=END), stripe, SITE, now=END)[0].message
    breach = an_incident(check=Check.FORGED, severity=Severity.CRITICAL, reason=Reason.FORGERY_ACCEPTED)
    several = [
        tell(an_incident(monitor=name), monitor=replace(MONITOR, id=name), result=a_failing()).message
        for name in ("stripe-payments", "stripe-refunds", "orders")
    ]
    told = {
        "outage": outage,
        "recovery": recovery,
        "forged events": tell(breach).message,
        "digest": digest([*several, recovery]),
        "blind": blind(START, START + timedelta(minutes=7), ("oncall",), site=SITE, now=NOW)[0].message,
        "test": sample("oncall", SITE, NOW).message,
        "all clear": all_clear(
            TWO[1], TWO, "oncall", lambda name: replace(stripe, id=name), site=SITE, now=END
        ).message,
    }
    return {name: filled(message, lambda _: f"{SITE.url}/ack/…") for name, message in told.items()}


def rendered(message: Message) -> str:
    return f"{message.headline}\n\n{plain.body(message)}"


@pytest.mark.parametrize("name", examples())
def test_the_manual_shows_this_alert_as_it_is_sent(name: str) -> None:
    assert rendered(examples()[name]) in DOCS.read_text(encoding="utf-8")


def test_the_manual_shows_an_alarm_that_comes_late_as_it_is_sent() -> None:
    until = NOW.replace(hour=15, minute=0, second=0, microsecond=0)
    hush = Hush(by=HushedBy.MAINTENANCE, name="new disks", until=until)
    late = Held(kind=AlertKind.OPENED, hush=hush)
    message, page = tell(late=late).message, DOCS.read_text(encoding="utf-8")
    label = "told so late because of"
    assert f"{message.headline}\n\n{label}: {dict(message.facts)[label]}\n" in page


def test_the_manual_shows_slacks_payload_as_it_is_sent() -> None:
    shown = json.dumps(slack.payload(examples()["outage"]), indent=1, ensure_ascii=False)
    assert shown in DOCS.read_text(encoding="utf-8")
