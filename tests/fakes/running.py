"""The real main job as a process of its own, with its own file, database and ports."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from tests.fakes.ports import free_port

T = TypeVar("T")

# The product has no switch for tests: what stands in for hooks.slack.com is set before it starts.
LAUNCH = """
import sys
from monitor.notify.slack_service import SlackService
from monitor.cli import main
SlackService.webhook_url = sys.argv.pop(1)
main()
"""


def until(found: Callable[[], T | None], what: str, seconds: float = 15) -> T:
    """Look ten times a second until there is something true; fail in words otherwise."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := found():
            return value
        time.sleep(0.1)
    raise AssertionError(f"waited {seconds} s in vain: {what}")


@dataclass
class Running:
    """``with Running(directory, yaml) as job:`` starts it and waits until it probes."""

    directory: Path
    yaml: str
    database: str = ""
    slack_url: str = ""
    options: tuple[str, ...] = ()
    wait: bool = True
    port: int = field(default_factory=free_port)
    operator_port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        self.file = self.directory / "monitors.yaml"
        self.file.write_text(self.yaml)
        self.database = self.database or f"sqlite:///{self.directory}/monitor.db"
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        program = ["-c", LAUNCH, self.slack_url] if self.slack_url else ["-m", "monitor"]
        command = [sys.executable, *program, "run", "--config", str(self.file), "--database", self.database]
        command += ["--port", str(self.port), "--operator-port", str(self.operator_port), *self.options]
        log = (self.directory / f"log-{self.port}.txt").open("a")
        self.process = subprocess.Popen(
            command,
            stdout=log,
            stderr=log,
            text=True,
            env={**os.environ, "NO_COLOR": "1", **self._key()},
            cwd=self.directory,
        )
        log.close()
        if self.wait:
            until(self._answers, "it did not start", 60)  # no test asks how fast it starts

    def _key(self) -> dict[str, str]:
        """Beside an embedded database it is made; several owners of one server must be given the same."""
        return {} if self.database.startswith("sqlite") else {"WEBHOOK_MONITOR_KEY": "k" * 40}

    def _answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, f"it ended:\n{self.log}"
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2):
                return True
        except OSError:
            return False

    @property
    def log(self) -> str:
        return "".join(path.read_text() for path in sorted(self.directory.glob("log-*.txt")))

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException as error:
            self.__exit__(type(error))
            raise
        return self

    def __exit__(self, failed: type[BaseException] | None, *_: BaseException | TracebackType | None) -> None:
        if failed:
            print(self.log)  # pytest shows it beside the failure
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
            self.process.wait(10)

    def signal(self, number: int) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def ended(self, seconds: float = 20) -> int:
        """Wait for its end and return its exit code."""
        assert self.process is not None
        return self.process.wait(seconds)

    def kill(self) -> None:
        """Take it away as a power cut would."""
        self.signal(signal.SIGKILL)
        self.ended()

    def edit(self, yaml: str) -> None:
        """Replace the file as an editor does: a new one, renamed over the old one."""
        fresh = self.file.with_suffix(".new")
        fresh.write_text(yaml)
        fresh.replace(self.file)

    def get(self, path: str, *, public: bool = False) -> str:
        port = self.port if public else self.operator_port
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
                body: bytes = answer.read()
                return body.decode()
        except urllib.error.HTTPError as error:
            return error.read().decode()
        except OSError as error:  # not there yet, or between two sockets
            return f'{{"unreachable": "{error}"}}'

    def api(self, path: str) -> Any:
        return json.loads(self.get(f"/api/v1{path}"))

    def status(self, monitor: str) -> str:
        return str(self.api(f"/monitors/{monitor}").get("status"))
