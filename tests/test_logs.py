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
