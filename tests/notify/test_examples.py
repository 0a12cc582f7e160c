"""The manual shows what is really sent, and everything that is told has an example."""

import json
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.core.alert import examples
from monitor.core.alert.examples import ACME
from monitor.core.alert.facts import HEADLINE
from monitor.core.model import AlertKind
from monitor.notify.dress import Dress, Dressed, as_slack
from tests.fakes.slack import problems

ROOT = Path(__file__).parents[2]
DOCS = (ROOT / "docs" / "alerts.md").read_text(encoding="utf-8")
GALLERY = (ROOT / "docs" / "alerts-gallery.md").read_text(encoding="utf-8")
SHOWN_IN_FULL = (
    *("outage", "recovery", "not-processed", "forged", "blind", "all-clear"),
    *("digest", "quiet-hours", "test"),
)


def dressed(name: str) -> Dressed:
    return Dress(ACME, {}).on(examples()[name].message, "oncall")


def test_every_kind_of_alert_has_an_example() -> None:
    assert {example.kind for example in examples().values()} >= set(AlertKind)


@pytest.mark.parametrize("name", SHOWN_IN_FULL)
def test_the_manual_shows_this_alert_as_it_is_sent(name: str) -> None:
    told = dressed(name)
    assert f"{told.message.headline}\n\n{told.words('plain.txt')}" in DOCS


@pytest.mark.parametrize("name", examples())
def test_the_gallery_has_a_picture_of_every_example(name: str) -> None:
    picture = f"images/alerts/{name}.png"
    assert f"({picture})" in GALLERY, "a new example needs a picture: see CONTRIBUTING.md"
    assert (ROOT / "docs" / picture).exists()


def test_the_manual_shows_slacks_payload_as_it_is_sent() -> None:
    assert json.dumps(as_slack(dressed("outage"))[0], indent=1, ensure_ascii=False) in DOCS


@pytest.mark.parametrize("name", examples())
def test_every_example_passes_slacks_rules(name: str) -> None:
    for payload in as_slack(dressed(name)):
        assert list(problems(payload)) == []


@pytest.mark.parametrize("name", examples())
def test_no_headline_is_cut_where_it_matters(name: str) -> None:
    headline = examples()[name].message.headline
    assert len(headline) <= HEADLINE
    assert "…" not in headline
    assert headline.count("(") == headline.count(")")


def test_every_time_is_told_in_the_zone_of_the_site() -> None:
    berlin = examples(replace(ACME, zone=ZoneInfo("Europe/Berlin")))
    for name, example in berlin.items():
        if name != "certificate":  # days ahead, and said as the certificate says it
            assert "UTC" not in example.message.headline, name
            assert "UTC" not in example.message.explanation, name


def test_a_site_without_an_address_has_nothing_to_click_for_acknowledging() -> None:
    alone = examples(replace(ACME, url=None))
    assert not [link for one in alone.values() for link in one.message.links if "cknowledge" in link.label]
