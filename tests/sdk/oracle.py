"""Start a program with the providers' libraries, and ask them.

with Oracle(PYTHON_SIDE, {"stripe": {"scheme": "stripe", "secret": "…"}}) as oracle:
    oracle.url("stripe", "stripe")    # where a probe goes: http://127.0.0.1:PORT/stripe/stripe
    oracle.post("stripe", "stripe", headers, body)    # 200, 401, or 500 and the error
"""

import http.client
import json
import os
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest

from tests.sdk.libraries import NODE, PYTHON

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One language's libraries: how to start them, and what ``scripts/test`` leaves when they are there."""

    command: tuple[str, ...]
    stamp: Path
    libraries: Mapping[str, tuple[str, ...]]

    @property
    def ready(self) -> bool:
        return self.stamp.exists()

    @property
    def skip(self) -> pytest.MarkDecorator:
        """Mark a test that asks this side."""
        place = self.stamp.parent.relative_to(ROOT)
        return pytest.mark.skipif(not self.ready, reason=f"{place} is not installed")


PYTHON_SIDE = Side(
    command=(str(ROOT / ".venv-sdk" / "bin" / "python"), "-m", "tests.sdk.listener"),
    stamp=ROOT / ".venv-sdk" / ".installed",
    libraries=PYTHON,
)
NODE_SIDE = Side(
    command=("node", str(HERE / "listener.mjs")),
    stamp=HERE / "node_modules" / ".installed",
    libraries=NODE,
)
SIDES = {"python": PYTHON_SIDE, "node": NODE_SIDE}


class Oracle:
    """One running program. ``settings`` are those that ``listener.py`` describes, by name."""

    def __init__(self, side: Side, settings: Mapping[str, Mapping[str, Any]]) -> None:
        """Start it without waiting: several programs load their libraries side by side."""
        self.log = tempfile.TemporaryFile()  # noqa: SIM115  closed when the program has ended
        self.process = subprocess.Popen(
            side.command,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": ""},  # loading takes twice as long without
        )
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(settings).encode() + b"\n")
        self.process.stdin.flush()

    def __enter__(self) -> Self:
        assert self.process.stdout is not None
        try:
            self.port = int(self.process.stdout.readline())
        except ValueError:
            self.log.seek(0)
            raise AssertionError(f"it did not start:\n{self.log.read().decode()}") from None
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.connection.close()
        self.process.communicate(timeout=20)  # it ends with its input
        self.log.close()

    def url(self, name: str, library: str) -> str:
        return f"http://127.0.0.1:{self.port}/{name}/{library}"

    def listed(self) -> list[dict[str, str]]:
        """Return what can be asked: name, scheme, library and its version."""
        listed: list[dict[str, str]] = json.loads(self._ask("GET", "/", {}, b"")[1])
        return listed

    def post(self, name: str, library: str, headers: Mapping[str, str], body: bytes) -> tuple[int, str]:
        """Return the status and, for a crash, the error."""
        return self._ask("POST", f"/{name}/{library}", headers, body)

    def _ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, str]:
        self.connection.request(method, path, body, dict(headers))
        reply = self.connection.getresponse()
        return reply.status, reply.read().decode()
