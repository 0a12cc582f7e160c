"""The demo as a process of its own, on ports of its own."""

import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from monitor import demo
from monitor.errors import UsageError


@dataclass
class Running:
    process: subprocess.Popen[bytes]
    directory: Path
    port: int


def start(directory: Path, port: int, *lifeline: str) -> Running:
    command = [sys.executable, "-m", "monitor.demo", str(directory), str(port), *lifeline]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and process.poll() is None:
        try:
            demo.state(port=port)
        except UsageError:
            time.sleep(0.05)
            continue
        return Running(process=process, directory=directory, port=port)
    process.kill()
    raise AssertionError("the demo did not come up")


def stop(running: Running) -> int:
    running.process.send_signal(signal.SIGTERM)
    try:
        return running.process.wait(timeout=10)
    finally:
        running.process.kill()
        running.process.communicate()
