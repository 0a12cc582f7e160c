"""What a configuration asks for, as the watch wants to look it up."""

from collections.abc import Mapping
from datetime import timedelta

from monitor.core.model import CheckKey, Config


def due(config: Config) -> Mapping[CheckKey, timedelta]:
    """Return every check that is to run, and how often."""
    return {
        CheckKey(monitor.id, plan.check): plan.every
        for monitor in config.monitors
        if monitor.enabled
        for plan in monitor.checks
    }


def parents(config: Config) -> frozenset[str]:
    """Return which monitors others depend on."""
    return frozenset(parent for monitor in config.monitors for parent in monitor.depends_on)
