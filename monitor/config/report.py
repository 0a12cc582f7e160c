"""What `validate` tells: everything that is wrong, unwise or worth knowing about one file."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from monitor.config.draft import Judges
from monitor.config.load import NOBODY, load_with_warnings
from monitor.core.model import Config
from monitor.core.routing import who_hears
from monitor.core.summary import worst_case_detection
from monitor.errors import ConfigError, Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One file, judged. ``config`` is None exactly when there are errors."""

    config: Config | None
    errors: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.errors

    def to_json(self) -> dict[str, Any]:
        """Return what `validate --json` prints."""
        monitors = self.config.monitors if self.config else ()
        return {
            "ok": self.ok,
            "errors": [asdict(problem) for problem in self.errors],
            "warnings": [asdict(problem) for problem in self.warnings],
            "monitors": [
                {
                    "id": monitor.id,
                    "told": list(who_hears(monitor)),
                    "worst_case_detection_seconds": _seconds(worst_case_detection(monitor)),
                }
                for monitor in monitors
            ],
        }


def _seconds(span: timedelta | None) -> float | None:
    return None if span is None else span.total_seconds()


def report(path: Path, environ: Mapping[str, str], *, judges: Judges = NOBODY) -> Report:
    """Judge a configuration file. Never raises for what is in it."""
    try:
        config, warnings = load_with_warnings(path, environ, judges=judges)
    except ConfigError as error:
        return Report(config=None, errors=error.problems)
    return Report(config=config, warnings=warnings)
