"""What `validate` tells: everything that is wrong, unwise or worth knowing about one file."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from monitor.config.load import Judge, load_with_warnings, no_judge
from monitor.core.model import Config
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
                    "worst_case_detection_seconds": worst_case_detection(monitor).total_seconds(),
                }
                for monitor in monitors
            ],
        }


def report(path: Path, environ: Mapping[str, str], *, judge: Judge = no_judge) -> Report:
    """Judge a configuration file (and with ``judge`` its notifiers). Never raises for what is in it."""
    try:
        config, warnings = load_with_warnings(path, environ, judge=judge)
    except ConfigError as error:
        return Report(config=None, errors=error.problems)
    return Report(config=config, warnings=warnings)
