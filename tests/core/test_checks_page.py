"""docs/checks.md is the page people open at 3 a.m.: it must know every word that can wake them."""

import re
from pathlib import Path

import pytest

from monitor.core.health.settling import FLAKY_FAILURES, SLOW_IN_A_ROW
from monitor.core.health.streaks import WINDOW
from monitor.core.judge.certificate import EXPIRY_URGENT, EXPIRY_WARNING
from monitor.core.model import Check, Monitor, Reason

PAGE = (Path(__file__).parents[2] / "docs" / "checks.md").read_text(encoding="utf-8")
ROWS = {
    word
    for line in PAGE.splitlines()
    if line.startswith("| `")
    for word in re.findall(r"`(\w+)`", line.split("|")[1])
}


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_a_row(reason: Reason) -> None:
    assert reason in ROWS


def test_no_row_is_about_a_word_that_does_not_exist() -> None:
    assert set(Reason) >= ROWS


@pytest.mark.parametrize("check", list(Check))
def test_every_check_has_a_chapter(check: Check) -> None:
    assert f"\n## {check}\n" in PAGE


def test_the_numbers_on_the_page_are_the_numbers_in_the_code() -> None:
    defaults = {name: Monitor.__dataclass_fields__[name].default for name in ("down_after", "up_after")}
    assert defaults == {"down_after": 2, "up_after": 2}
    assert "`down_after` (2)" in PAGE
    assert "`up_after` (2)" in PAGE
    assert f"{FLAKY_FAILURES} failures among the last {WINDOW} scheduled probes" in PAGE
    assert f"{SLOW_IN_A_ROW} slow acknowledgements in a row" in PAGE
    assert f"more than {EXPIRY_WARNING.days} days" in PAGE
    assert f"from {EXPIRY_URGENT.days} days on" in PAGE
