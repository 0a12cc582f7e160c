"""The alert rules, judged by Prometheus' own tool."""

import subprocess

import pytest
import yaml

from tests.dashboards.shipped import HOUSE
from tests.fakes.programs import needs

DOCS = HOUSE.parent / "docs" / "metrics.md"


def alerts() -> list[str]:
    groups = yaml.safe_load((HOUSE / "rules.yml").read_text(encoding="utf-8"))["groups"]
    return [rule["alert"] for group in groups for rule in group["rules"] if "alert" in rule]


@pytest.mark.real
@needs("promtool")
@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "rules", "rules.yml"),
        ("check", "config", "--syntax-only", "prometheus.yml"),
        ("test", "rules", "rules.test.yml"),
    ],
)
def test_promtool_agrees(arguments: tuple[str, ...]) -> None:
    said = subprocess.run(["promtool", *arguments], cwd=HOUSE, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout + said.stderr


@pytest.mark.parametrize("alert", alerts())
def test_every_alert_has_a_test_that_sees_it_fire(alert: str) -> None:
    tests = yaml.safe_load((HOUSE / "rules.test.yml").read_text(encoding="utf-8"))["tests"]
    cases = [case for test in tests for case in test.get("alert_rule_test", ())]
    assert any(case["alertname"] == alert and case.get("exp_alerts") for case in cases)


@pytest.mark.parametrize("alert", alerts())
def test_every_alert_says_what_to_do(alert: str) -> None:
    assert f"`{alert}`" in DOCS.read_text(encoding="utf-8")
