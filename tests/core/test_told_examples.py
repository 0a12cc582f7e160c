"""What docs/alerts.md shows of what follows upon an alert, as it is said."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.core.alert import Again, announce, examples
from monitor.core.alert.waited import waited
from monitor.core.model import AlertKind, Severity
from tests.core.test_alert import MONITOR, NOW, SITE, a_failing, an_incident, tell

DOCS = (Path(__file__).parents[2] / "docs" / "alerts.md").read_text(encoding="utf-8")
SHOWN = {
    "late": "told so late because of",
    "escalated": "told again",
    "reminded": "told again",
    "flapping": "flapping",
}


@pytest.mark.parametrize(("name", "label"), SHOWN.items())
def test_the_manual_shows_the_headline_and_what_is_special(name: str, label: str) -> None:
    message = examples()[name].message
    assert f"{message.headline}\n" in DOCS
    assert f"{label}: {dict(message.facts)[label]}\n" in DOCS


def test_the_manual_shows_one_that_came_and_went_before_it_could_be_told() -> None:
    assert f"{examples()['untold'].message.headline}\n" in DOCS


def test_the_manual_says_what_flapping_means_for_who_is_told() -> None:
    assert examples()["flapping"].message.explanation.split("\n")[0] in DOCS


def test_a_security_finding_that_nobody_acknowledged_says_so_first() -> None:
    incident = an_incident(severity=Severity.CRITICAL, told=("boss",))
    said = announce(incident, AlertKind.ESCALATED, a_failing(), MONITOR, SITE, now=NOW)[0].message.headline
    assert said.startswith("SECURITY stripe-payments")
    assert "(not acknowledged, since" in said


def test_who_hears_of_it_by_escalation_has_a_thread_that_begins_there() -> None:
    again = Again(age=timedelta(minutes=15), words="nobody has acknowledged it")
    assert tell(kind=AlertKind.ESCALATED, again=again).message.first
    assert not tell(kind=AlertKind.REMINDED, again=again).message.first


def test_an_alarm_and_its_end_that_waited_together_begin_their_thread() -> None:
    held = replace(tell(), held_until=NOW + timedelta(hours=7))
    assert waited([held, tell(kind=AlertKind.RECOVERED)]).first


def test_what_flaps_is_told_again_as_flapping_and_its_last_good_time_as_of_before() -> None:
    incident = an_incident(flapping_since=NOW - timedelta(minutes=20), changes=6, told=("oncall",))
    again = Again(age=timedelta(hours=1), words="reminder 1")
    said = announce(incident, AlertKind.REMINDED, a_failing(), MONITOR, SITE, now=NOW, again=again)[0].message
    assert "still flapping, since" in said.headline
    assert "last good before that" in dict(said.facts)
    assert "last good" not in dict(said.facts)
