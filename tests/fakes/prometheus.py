"""A real Prometheus on a port of its own, with a directory that is gone afterwards."""

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

from tests.fakes.ports import free_port

Sample = dict[str, Any]


class Prometheus:
    """Speaks to a running Prometheus."""

    def __init__(self, url: str, log: Path) -> None:
        self.url = url
        self.log = log

    def query(self, expression: str) -> list[Sample]:
        """Return the samples of an instant query, each with ``metric`` and ``value``; raise on an error."""
        answer = self._get("query", query=expression)
        result = answer["data"]["result"]
        assert isinstance(result, list)
        return result

    def rules(self) -> list[dict[str, Any]]:
        """Return every rule with its health, as the server sees it."""
        return [rule for group in self._get("rules")["data"]["groups"] for rule in group["rules"]]

    def targets(self) -> list[dict[str, Any]]:
        """Return the active targets."""
        targets = self._get("targets")["data"]["activeTargets"]
        assert isinstance(targets, list)
        return targets

    def wait_for(self, expression: str, *, seconds: float = 20) -> list[Sample]:
        """Return the samples as soon as there are any."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if samples := self.query(expression):
                return samples
            time.sleep(0.1)
        raise AssertionError(f"{expression} has no data after {seconds} s: {self.targets()}")

    def _get(self, what: str, **parameters: str) -> dict[str, Any]:
        with urlopen(f"{self.url}/api/v1/{what}?{urlencode(parameters)}", timeout=5) as answer:  # noqa: S310 - http
            found = json.load(answer)
        assert isinstance(found, dict)
        assert found["status"] == "success", found
        return found


@contextmanager
def a_prometheus(directory: Path, config: str) -> Iterator[Prometheus]:
    """Run Prometheus on this configuration, its files in ``directory``, until the block ends."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "prometheus.yml").write_text(config)
    port, log = free_port(), directory / "prometheus.log"
    command = [
        "prometheus",
        f"--config.file={directory / 'prometheus.yml'}",
        f"--storage.tsdb.path={directory / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=warn",
    ]
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, cwd=directory)
    server = Prometheus(f"http://127.0.0.1:{port}", log)
    try:
        _wait_until_ready(server, process)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_ready(server: Prometheus, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"prometheus ended: {server.log.read_text()}")
        try:
            with urlopen(f"{server.url}/-/ready", timeout=1):  # noqa: S310 - http
                return
        except (URLError, OSError):
            time.sleep(0.05)
    raise RuntimeError(f"prometheus is not ready: {server.log.read_text()}")
