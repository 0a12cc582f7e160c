"""What docs/alerts.md shows of what follows upon an alert, as it is said."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.core.alert import Again, announce, unsteady
from monitor.core.alert.waited import waited
from monitor.core.model import Alert, AlertKind, Message, Severity
from tests.core.test_alert import MONITOR, NOW, SITE, START, a_failing, an_incident
from tests.makers import a_result

DOCS = (Path(__file__).parents[2] / "docs" / "alerts.md").read_text(encoding="utf-8")
MORNING = NOW + timedelta(hours=7)


def alert(kind: AlertKind, again: Again | None = None, *, number: int = 12, name: str = MONITOR.id) -> Alert:
    incident = an_incident(number=number, monitor=name, failures=31, told=("oncall",))
    monitor = replace(MONITOR, id=name)
    if kind is AlertKind.RECOVERED:
        ended = replace(incident, failures=11, ended_at=START + timedelta(minutes=5, seconds=12))
        return announce(ended, kind, a_result(at=NOW), monitor, SITE, now=NOW)[0]
    return announce(incident, kind, a_failing(), monitor, SITE, now=NOW, again=again)[0]


def night() -> Message:
    return waited(
        [
            replace(alert(AlertKind.OPENED), held_until=MORNING),
            replace(alert(AlertKind.OPENED, number=13, name="orders"), held_until=MORNING),
            alert(AlertKind.RECOVERED),
        ]
    )


def flapping() -> Message:
    incident = an_incident(flapping_since=NOW - timedelta(minutes=20), changes=6, told=("oncall",))
    opened = announce(incident, AlertKind.FLAPPING, a_result(at=NOW), MONITOR, SITE, now=NOW)[0]
    return unsteady(opened, incident, now=NOW, good=True).message


ESCALATED = alert(
    AlertKind.ESCALATED,
    Again(age=timedelta(minutes=15), words="nobody has acknowledged it; told so far: oncall"),
).message
REMINDED = alert(
    AlertKind.REMINDED,
    Again(age=timedelta(hours=1), words="reminder 1, the next in 2 h, until it is acknowledged"),
).message


@pytest.mark.parametrize("message", [ESCALATED, REMINDED, flapping(), night()])
def test_the_manual_says_what_the_alert_says(message: Message) -> None:
    assert message.headline in DOCS
    assert message.explanation.split("\n")[0] in DOCS
    facts = dict(message.facts)
    for label in ("told again", "flapping", "still open (1)", "came and went (1)"):
        if label in facts:
            assert f"{label}: {facts[label]}" in DOCS


def test_a_security_finding_that_nobody_acknowledged_says_so_first() -> None:
    incident = an_incident(severity=Severity.CRITICAL, told=("boss",))
    said = announce(incident, AlertKind.ESCALATED, a_failing(), MONITOR, SITE, now=NOW)[0].message.headline
    assert said.startswith("SECURITY stripe-payments")
    assert "(not acknowledged, since" in said


def test_what_flaps_is_told_again_as_flapping_and_its_last_good_time_as_of_before() -> None:
    incident = an_incident(flapping_since=NOW - timedelta(minutes=20), changes=6, told=("oncall",))
    again = Again(age=timedelta(hours=1), words="reminder 1")
    said = announce(incident, AlertKind.REMINDED, a_failing(), MONITOR, SITE, now=NOW, again=again)[0].message
    assert "still flapping, since" in said.headline
    assert "last good before that" in dict(said.facts)
    assert "last good" not in dict(said.facts)
