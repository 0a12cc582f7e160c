"""Writes configuration files for tests, and reads them back."""

from pathlib import Path
from textwrap import dedent

import pytest

from monitor.config import load, load_with_warnings
from monitor.core.model import Config, Monitor
from monitor.errors import ConfigError, Problem

ENVIRON = {"SECRET": "whsec_c2VjcmV0LWZvci10ZXN0cw==", "SLACK_URL": "slack://T1/B2/c3", "EMPTY": ""}
LISTENER = """
url: https://api.acme.example/hook
provider: stripe
secret: "${SECRET}"
notify: []
"""


def written(directory: Path, text: str | bytes) -> Path:
    path = directory / "monitors.yaml"
    path.write_bytes(text if isinstance(text, bytes) else dedent(text).encode())
    return path


def loaded(directory: Path, text: str) -> Config:
    return load(written(directory, text), ENVIRON)


def warned(directory: Path, text: str) -> list[str]:
    """Return the warnings, as an operator sees them after the name of the file."""
    _, warnings = load_with_warnings(written(directory, text), ENVIRON)
    return [shown(warning) for warning in warnings]


def refused(directory: Path, text: str | bytes) -> list[str]:
    """Return every problem, as an operator sees them after the name of the file."""
    with pytest.raises(ConfigError) as caught:
        load(written(directory, text), ENVIRON)
    return [shown(problem) for problem in caught.value.problems]


def shown(problem: Problem) -> str:
    return str(problem).removeprefix(f"{problem.file}:")


def around(extra: str, *, without: str = "-") -> str:
    """Return a file with one good monitor, ``m``, and these lines more (or one key less)."""
    lines = [line for line in LISTENER.strip().splitlines() if not line.startswith(without)]
    lines += dedent(extra).strip("\n").splitlines()
    return "monitors:\n  m:\n" + "".join(f"    {line}\n" for line in lines)


def a_loaded_monitor(directory: Path, extra: str = "", *, without: str = "-") -> Monitor:
    return loaded(directory, around(extra, without=without)).monitors[0]


def problems_of(directory: Path, extra: str, *, without: str = "-") -> list[str]:
    """Return what is wrong with the one monitor: paths below it, and messages."""
    with pytest.raises(ConfigError) as caught:
        loaded(directory, around(extra, without=without))
    return [f"{it.path.removeprefix('monitors.m.')}: {it.message}" for it in caught.value.problems]
