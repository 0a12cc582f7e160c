"""monitors.yaml and the environment → values that travel. The door to YAML, pydantic and watchfiles."""

from monitor.config.draft import Judges
from monitor.config.load import load, load_with_warnings
from monitor.config.report import Report, report
from monitor.config.schema import json_schema
from monitor.config.settings import Settings, settings_from
from monitor.config.watch import watch

__all__ = [
    "Judges",
    "Report",
    "Settings",
    "json_schema",
    "load",
    "load_with_warnings",
    "report",
    "settings_from",
    "watch",
]
