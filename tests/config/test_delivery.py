"""Fallbacks, self-tests, patience and the dead man's switch, as they are written."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.config.files import around, loaded, refused, warned

NOTIFIERS = """notifiers:
  oncall: {url: "${SLACK_URL}", fallback: mail, self_test: 7d}
  mail:   {url: "json://10.0.0.7/", fallback: boss}
  boss:   {url: "json://10.0.0.8/"}
"""


def test_a_chain_of_fallbacks_is_read(tmp_path: Path) -> None:
    notifiers = {one.name: one for one in loaded(tmp_path, NOTIFIERS + around("")).notifiers}
    assert {name: one.fallback for name, one in notifiers.items()} == {
        "oncall": ("mail",),
        "mail": ("boss",),
        "boss": (),
    }
    assert notifiers["oncall"].self_test == timedelta(days=7)


@pytest.mark.parametrize(
    ("fallback", "said"),
    [
        ("male", "notifiers.oncall.fallback: no notifier is named male (did you mean mail?)"),
        ("oncall", "notifiers.oncall.fallback: a notifier cannot fall back to itself: oncall → oncall"),
    ],
)
def test_a_fallback_must_be_another(tmp_path: Path, fallback: str, said: str) -> None:
    (problem,) = refused(tmp_path, NOTIFIERS.replace("fallback: mail", f"fallback: {fallback}") + around(""))
    assert said in problem


def test_a_circle_of_fallbacks_is_refused_wherever_it_is_entered(tmp_path: Path) -> None:
    circle = NOTIFIERS.replace('"json://10.0.0.8/"', '"json://10.0.0.8/", fallback: oncall')
    problems = refused(tmp_path, circle + around(""))
    assert len(problems) == 3
    assert "a notifier cannot fall back to itself: oncall → mail → boss → oncall" in problems[0]


def test_who_falls_back_to_a_circle_is_not_blamed_for_it(tmp_path: Path) -> None:
    circle = NOTIFIERS.replace('"json://10.0.0.8/"', '"json://10.0.0.8/", fallback: mail')
    assert len(refused(tmp_path, circle + around(""))) == 2


def test_a_test_every_minute_is_refused(tmp_path: Path) -> None:
    (problem,) = refused(tmp_path, NOTIFIERS.replace("7d", "1m") + around(""))
    assert "notifiers.oncall.self_test: is too often" in problem


def test_patience_has_a_default_and_a_shortest(tmp_path: Path) -> None:
    assert loaded(tmp_path, around("")).give_up_after == timedelta(days=1)
    assert loaded(tmp_path, "give_up_after: 2h\n" + around("")).give_up_after == timedelta(hours=2)
    (problem,) = refused(tmp_path, "give_up_after: 10s\n" + around(""))
    assert "give_up_after: is too short" in problem


def test_the_dead_mans_switch_has_a_default_and_hides_its_url(tmp_path: Path) -> None:
    assert loaded(tmp_path, around("")).watchdog is None
    switch = loaded(tmp_path, 'watchdog: {url: "https://hc-ping.com/abc"}\n' + around("")).watchdog
    assert switch is not None
    assert switch.every == timedelta(seconds=60)
    assert "hc-ping" not in repr(switch)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('{url: "https://hc-ping.com/x", every: 1s}', "watchdog.every: must be from 10s to 1h"),
        ('{url: "https://hc-ping.com/x", every: 2h}', "watchdog.every: must be from 10s to 1h"),
        ('{url: "ftp://hc-ping.com/x"}', "watchdog.url: needs an http:// or https:// URL"),
        ("{every: 60s}", "watchdog.url"),
    ],
)
def test_a_switch_that_cannot_be_is_refused(tmp_path: Path, written: str, said: str) -> None:
    (problem,) = refused(tmp_path, f"watchdog: {written}\n" + around(""))
    assert said in problem


def test_a_switch_in_plain_text_is_warned_of(tmp_path: Path) -> None:
    told = warned(tmp_path, 'watchdog: {url: "https://hc-ping.com/x"}\n' + around(""))
    assert any("whoever knows this URL can silence it" in line for line in told)
    hidden = warned(tmp_path, 'watchdog: {url: "https://hc-ping.com/${SECRET}"}\n' + around(""))
    assert not any("silence" in line for line in hidden)
