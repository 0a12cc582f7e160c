"""The manual shows what is really sent, and everything that is told has an example."""

import json
from pathlib import Path

import pytest

from monitor.core.alert import examples
from monitor.core.alert.examples import ACME
from monitor.core.model import AlertKind, Held, Hush, HushedBy
from monitor.notify.dress import Dress, Dressed, as_slack
from tests.core.test_alert import NOW, tell
from tests.fakes.slack import problems

ROOT = Path(__file__).parents[2]
DOCS = (ROOT / "docs" / "alerts.md").read_text(encoding="utf-8")
SHOWN_IN_FULL = ("outage", "recovery", "forged", "digest", "blind", "test")


def dressed(name: str) -> Dressed:
    return Dress(ACME, {}).on(examples()[name].message, "oncall")


def test_every_kind_of_alert_has_an_example() -> None:
    assert {example.kind for example in examples().values()} >= set(AlertKind)


@pytest.mark.parametrize("name", SHOWN_IN_FULL)
def test_the_manual_shows_this_alert_as_it_is_sent(name: str) -> None:
    told = dressed(name)
    assert f"{told.message.headline}\n\n{told.words('plain.txt')}" in DOCS


@pytest.mark.parametrize("name", examples())
def test_the_manual_has_a_picture_of_every_example(name: str) -> None:
    picture = f"images/alerts/{name}.png"
    assert f"({picture})" in DOCS, "a new example needs a picture: see CONTRIBUTING.md"
    assert (ROOT / "docs" / picture).exists()


def test_the_manual_shows_an_alarm_that_comes_late_as_it_is_sent() -> None:
    until = NOW.replace(hour=15, minute=0, second=0, microsecond=0)
    hush = Hush(by=HushedBy.MAINTENANCE, name="new disks", until=until)
    late = Held(kind=AlertKind.OPENED, hush=hush)
    message = tell(late=late, now=until).message
    label = "told so late because of"
    assert f"{message.headline}\n\n{label}: {dict(message.facts)[label]}\n" in DOCS


def test_the_manual_shows_slacks_payload_as_it_is_sent() -> None:
    assert json.dumps(as_slack(dressed("outage"))[0], indent=1, ensure_ascii=False) in DOCS


@pytest.mark.parametrize("name", examples())
def test_every_example_passes_slacks_rules(name: str) -> None:
    for payload in as_slack(dressed(name)):
        assert list(problems(payload)) == []
