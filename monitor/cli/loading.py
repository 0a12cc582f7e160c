"""Reading the configuration for a command: each command loads no more of the house than it needs."""

import os
from datetime import UTC, datetime
from pathlib import Path

from monitor import config as configuration
from monitor import cron
from monitor.config import Judges, Report
from monitor.core.model import Config
from monitor.notify import Notifiers


def load(file: Path) -> Config:
    """Read and check a whole configuration. Raises ConfigError."""
    return configuration.load(file, os.environ, judges=_judges())


def load_to_probe(file: Path) -> Config:
    """Read and check a configuration for those who tell nobody. Apprise, a second and 57 MB, stays away."""
    return configuration.load(file, os.environ, judges=Judges(key=_key_problem, cron=cron.problem))


def report(file: Path) -> Report:
    """Read and check a whole configuration, warnings included. Never raises for what is in it."""
    return configuration.report(file, os.environ, judges=_judges())


def _judges() -> Judges:
    return Judges(
        notifier=Notifiers.judge,
        key=_key_problem,
        cron=cron.problem,
        templates=Notifiers.judge_templates,
        now=datetime.now(UTC),
    )


def _key_problem(algorithm: str, secret: str) -> str | None:
    from monitor.probe import key_problem  # noqa: PLC0415  loads httpx, which few keys need

    return key_problem(algorithm, secret)
