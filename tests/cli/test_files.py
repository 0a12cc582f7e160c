"""``validate``, ``plan``, ``schema``."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.config import json_schema
from tests.cli.conftest import Call

Write = Callable[[str], Path]

GOOD = """
notifiers:
  hook: {url: "json://127.0.0.1:9/hook"}
defaults: {notify: [hook]}
monitors:
  billing:
    url: https://api.acme.example/hook
    provider: stripe
    secret: "${BILLING}"
  orders:
    url: https://orders.acme.example/hook
    provider: github
    secret: "${ORDERS}"
    enabled: false
"""
SECRET = "whsec_a-secret-that-nobody-may-see"


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BILLING", SECRET)
    monkeypatch.setenv("ORDERS", SECRET + "-2")


def test_a_good_file_is_shown_with_its_worst_case_detection(call: Call, config: Write) -> None:
    config(GOOD)
    ended = call("validate")
    assert ended.code == 0
    billing = next(line.split() for line in ended.out.splitlines() if line.startswith("billing"))
    assert billing[:4] == ["billing", "stripe", "all", "7"]
    assert billing[-3:] == ["hook", "55", "s"]
    assert "orders   github    paused" in ended.out
    assert "✓ monitors.yaml is good" in ended.out


@pytest.mark.parametrize(
    ("extra", "shown"),
    [
        ("", "all 7"),
        ("checks: {forged: off, stale: off}", "5, not forged, stale"),
        (
            "checks: {forged: off, tampered: off, unsigned: off, stale: off}",
            "delivery, certificate, duplicate",
        ),
        ("checks: {forged: 30m, certificate: off, duplicate: off}", "5, not certificate, duplicate"),
        (
            "verification: after_answer",
            "delivery, certificate, duplicate, nothing hostile (verified after the answer)",
        ),
    ],
)
def test_the_checks_of_a_monitor_are_shown_in_a_few_words(
    call: Call, config: Write, extra: str, shown: str
) -> None:
    config(GOOD.replace("provider: stripe", f"provider: stripe\n    {extra}"))
    assert f"billing  stripe    {shown}  " in call("validate").out


def test_of_a_monitor_that_sends_no_valid_events_no_outage_is_promised_to_be_noticed(
    call: Call, config: Write
) -> None:
    config(GOOD.replace("provider: stripe", "provider: stripe\n    checks: {delivery: off}"))
    line = next(line for line in call("validate").out.splitlines() if line.startswith("billing"))
    assert line.split()[-2:] == ["hook", "-"]
    found = json.loads(call("validate", "--json").out)["monitors"][0]
    assert found == {"id": "billing", "told": ["hook"], "worst_case_detection_seconds": None}


@pytest.mark.parametrize(
    "words",
    [
        ["validate"],
        ["validate", "--json"],
        ["plan", "monitors.yaml"],
        ["probe", "billing"],
        ["sign", "billing"],
    ],
)
def test_a_private_key_that_cannot_sign_is_an_error_at_its_line(
    call: Call, config: Write, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.setenv("BILLING", "-----BEGIN PRIVATE KEY-----\nSECRETPART\n-----END PRIVATE KEY-----\n")
    config(GOOD.replace("provider: stripe", "provider: sendgrid"))
    ended = call(*words)
    assert ended.code == 2
    assert "this secret must be a private key on the curve P-256" in ended.out + ended.err
    assert "SECRETPART" not in ended.out + ended.err
    if words[-1] != "--json":
        assert "✗ monitors.yaml:9:13: monitors.billing.secret: " in ended.err


def test_every_error_of_a_bad_file_is_told_with_its_place(call: Call, config: Write) -> None:
    config(GOOD.replace("provider: stripe", "provider: strip").replace("enabled: false", "enabeld: false"))
    ended = call("validate")
    assert ended.code == 2
    assert "✗ monitors.yaml:8:" in ended.err
    assert "monitors.billing.provider" in ended.err
    assert "(did you mean stripe?)" in ended.err
    assert "✗ monitors.yaml:14:5: monitors.orders.enabeld" in ended.err
    assert ended.err.endswith("monitors.yaml: 2 errors\n")


def test_in_json_an_error_has_its_place_and_a_good_file_its_detection_times(
    call: Call, config: Write
) -> None:
    config(GOOD)
    good = call("validate", "--json")
    assert (good.code, good.err) == (0, "")
    found = json.loads(good.out)
    assert set(found) == {"ok", "errors", "warnings", "monitors"}
    assert found["monitors"][0] == {
        "id": "billing",
        "told": ["hook"],
        "worst_case_detection_seconds": 55.0,
    }
    config(GOOD.replace("provider: stripe", "provider: strip"))
    bad = call("validate", "--json")
    assert (bad.code, bad.err) == (2, "")
    found = json.loads(bad.out)
    assert found["ok"] is False
    (error,) = found["errors"]
    assert set(error) == {"file", "line", "column", "path", "message"}
    assert (error["line"], error["path"]) == (8, "monitors.billing.provider")


def test_a_warning_is_told_and_is_no_error(call: Call, config: Write) -> None:
    config(GOOD.replace("${BILLING}", SECRET))
    ended = call("validate")
    assert ended.code == 0
    assert "! monitors.yaml:9:" in ended.err
    assert SECRET not in ended.err + ended.out
    (warning,) = (one for one in json.loads(call("validate", "--json").out)["warnings"] if one["line"] == 9)
    assert SECRET not in str(warning)


def test_a_notifier_that_apprise_does_not_know_is_an_error_at_its_line(call: Call, config: Write) -> None:
    config(GOOD.replace("json://127.0.0.1:9/hook", "jsn://user:notifier-password@127.0.0.1:9/hook"))
    for words in (["validate"], ["validate", "--json"], ["plan", "monitors.yaml"], ["notify", "test"]):
        ended = call(*words)
        assert ended.code == 2
        assert "notifiers.hook.url" in ended.out + ended.err
        assert "notifier-password" not in ended.out + ended.err
    assert "monitors.yaml:3:" in ended.err


def test_a_plan_for_the_same_file_is_nothing(call: Call, config: Write) -> None:
    config(GOOD)
    ended = call("plan", "monitors.yaml")
    assert (ended.code, ended.out) == (0, "nothing would change\n")


def test_a_plan_shows_what_is_added_changed_and_removed(call: Call, config: Write, tmp_path: Path) -> None:
    config(GOOD)
    new = GOOD.replace("  orders:", "  deploys:").replace(
        "provider: stripe", "provider: stripe\n    interval: 1m"
    )
    (tmp_path / "new.yaml").write_text(new)
    ended = call("plan", "new.yaml")
    assert ended.code == 1
    assert ended.out.splitlines()[:2] == ["+ deploys", "- orders"]
    assert "~ billing: " in ended.out
    turned = call("plan", "monitors.yaml", "--against", "new.yaml")
    assert turned.code == 1
    assert turned.out.splitlines()[:2] == ["+ orders", "- deploys"]


def test_a_changed_secret_is_told_without_the_secret(
    call: Call, config: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config(GOOD)
    monkeypatch.setenv("NEW", "whsec_another-secret")
    (tmp_path / "new.yaml").write_text(GOOD.replace("${BILLING}", "${NEW}"))
    ended = call("plan", "new.yaml")
    assert (ended.code, ended.out) == (1, "~ billing: secret changed\n")


@pytest.mark.parametrize("broken", ["new.yaml", "monitors.yaml"])
def test_a_plan_with_either_file_bad_ends_with_2(
    call: Call, config: Write, tmp_path: Path, broken: str
) -> None:
    config(GOOD)
    (tmp_path / "new.yaml").write_text(GOOD)
    (tmp_path / broken).write_text("monitors: 3")
    ended = call("plan", "new.yaml")
    assert ended.code == 2
    assert f"✗ {broken}:1:" in ended.err


def test_the_schema_goes_to_a_file_or_to_standard_output(call: Call, tmp_path: Path) -> None:
    printed = call("schema")
    assert printed.code == 0
    assert json.loads(printed.out) == json_schema()
    assert call("schema", "written.json").code == 0
    assert (tmp_path / "written.json").read_text() == printed.out
