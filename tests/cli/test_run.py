"""``run``: how it starts and stops. (Starts that cannot be: tests/test_main_job_host.py.)"""

import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.cli.conftest import SHIPPED, Demo
from tests.fakes.ports import free_port

pytestmark = pytest.mark.real


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_it_runs_until_told_to_stop_and_ends_well(demo: Demo, tmp_path: Path, end: signal.Signals) -> None:
    public, operator = free_port(), free_port()
    words = ["--config", str(demo.config), "--port", str(public), "--operator-port", str(operator)]
    process = subprocess.Popen(
        [sys.executable, "-m", "monitor", "run", *words],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(SHIPPED.parent)},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert _answers(f"http://127.0.0.1:{public}/healthz", process)
    finally:
        process.send_signal(end)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert "Traceback" not in err
    assert f"http://127.0.0.1:{operator}/metrics" in err


def _answers(url: str, process: "subprocess.Popen[str]") -> bool:
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310  our own, on loopback
                return bool(answer.status == 200)
        except OSError:
            time.sleep(0.1)
    return False
