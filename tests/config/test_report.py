"""What `validate --json` prints."""

import json
from pathlib import Path

from monitor.config import Judges, report
from tests.config.files import ENVIRON, around, written


def test_a_good_file_is_reported_with_how_fast_each_outage_is_noticed(tmp_path: Path) -> None:
    found = report(written(tmp_path, around("interval: 60s")), ENVIRON)
    shown = json.loads(json.dumps(found.to_json()))
    assert found.ok
    assert (shown["ok"], shown["errors"]) == (True, [])
    assert shown["monitors"] == [{"id": "m", "told": ["nobody"], "worst_case_detection_seconds": 85.0}]
    assert [warning["path"] for warning in shown["warnings"]] == ["", "monitors.m.interval"]


def test_a_bad_file_is_reported_with_every_place(tmp_path: Path) -> None:
    path = written(tmp_path, around("interval: 5"))
    found = report(path, ENVIRON)
    assert not found.ok
    assert found.to_json() == {
        "ok": False,
        "errors": [
            {
                "file": str(path),
                "line": 7,
                "column": 15,
                "path": "monitors.m.interval",
                "message": "a duration needs a unit: ms, s, m, h or d (did you mean 5s?)",
            }
        ],
        "warnings": [],
        "monitors": [],
    }


def test_a_notifier_that_is_judged_bad_is_an_error(tmp_path: Path) -> None:
    path = written(tmp_path, 'notifiers: {a: {url: "${SLACK_URL}"}}\n' + around(""))
    judges = Judges(notifier=lambda notifier: f"{notifier.name} is bad")
    assert report(path, ENVIRON).ok
    assert not report(path, ENVIRON, judges=judges).ok
