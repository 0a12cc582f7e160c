"""What is written to standard error never holds a secret, not even in a traceback."""

import subprocess
import sys

import pytest

PROGRAM = """
import structlog
from monitor import logs
logs.configure("{form}")
def broken(header):
    raise RuntimeError("a bug")
try:
    broken("Bearer correct-horse-battery")
except RuntimeError:
    structlog.get_logger().exception("a check broke")
"""


@pytest.mark.parametrize("form", ["console", "json"])
def test_a_traceback_shows_no_local_variables(form: str) -> None:
    command = [sys.executable, "-c", PROGRAM.format(form=form)]
    said = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stderr
    assert "a bug" in said
    assert "correct-horse" not in said.replace('broken("Bearer correct-horse-battery")', "")


MOMENTS = """
import structlog
from datetime import UTC, datetime
from monitor import logs
logs.configure("{form}")
structlog.get_logger().warning("refused", again_at=datetime(2026, 11, 27, 1, 2, 3, tzinfo=UTC))
"""


@pytest.mark.parametrize("form", ["console", "json"])
def test_a_moment_is_written_as_iso_8601(form: str) -> None:
    command = [sys.executable, "-c", MOMENTS.format(form=form)]
    said = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stderr
    assert "2026-11-27T01:02:03+00:00" in said
    assert "datetime" not in said
