"""``run``: how it starts, refuses to start, and stops."""

import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.cli.conftest import SHIPPED, Demo, program
from tests.fakes.ports import free_port

pytestmark = pytest.mark.real
QUIET = "monitors: {a: {url: 'https://a.example', provider: stripe, secret: '12345678', enabled: false}}"


@pytest.mark.parametrize("option", ["--port", "--operator-port"])
def test_a_taken_port_is_said_in_words(tmp_path: Path, option: str) -> None:
    (tmp_path / "monitors.yaml").write_text(QUIET)
    ports = {"--port": str(free_port()), "--operator-port": str(free_port())}
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ports[option] = str(taken.getsockname()[1])
        ended = program("run", *(word for pair in ports.items() for word in pair), cwd=tmp_path)
    assert ended.returncode == 2
    assert ports[option] in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_database_of_another_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "monitors.yaml").write_text(QUIET)
    ended = program("run", "--database", "mysql://u:p4ssw0rd@127.0.0.1/x", cwd=tmp_path)
    assert ended.returncode == 2
    assert "Traceback" not in ended.stderr
    assert "p4ssw0rd" not in ended.stderr


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
