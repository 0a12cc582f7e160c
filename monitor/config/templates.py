"""The operator's templates for alerts: read, and judged by rendering an example of every alert."""

from collections.abc import Mapping

from monitor.config.draft import Judges
from monitor.config.files import Files, Unusable
from monitor.config.findings import Scope
from monitor.config.scalars import suggestion
from monitor.core.model import TEMPLATES, Site
from monitor.errors import Problem


def templates(top: Scope, folder: str | None, files: Files, site: Site, judges: Judges) -> Mapping[str, str]:
    """Return the operator's templates by name. One that is not there is watched: it may come."""
    if folder is None:
        return {}
    try:
        found = sorted(entry.name for entry in (files.base / folder).iterdir())
    except (OSError, ValueError):
        top.problem(("templates",), f"{folder} is no folder that can be read, beside the configuration")
        return {}
    _tell_strangers(top, folder, found)
    texts = {}
    for name in TEMPLATES:
        path = files.path(f"{folder}/{name}")
        try:
            if name in found:
                texts[name] = files.text(f"{folder}/{name}")
        except Unusable as error:
            _add(top, path, 1, str(error))
    for bad in judges.templates(texts, site):
        _add(top, files.path(f"{folder}/{bad.name}"), bad.line, bad.why)
    return texts


def _tell_strangers(top: Scope, folder: str, found: list[str]) -> None:
    """A name that is nearly ours would never be read."""
    for name in found:
        if name not in TEMPLATES and not name.startswith(".") and not name.endswith("~"):
            known = f"{suggestion(name, TEMPLATES)}; known: {', '.join(TEMPLATES)}"
            top.warning(("templates",), f"{folder}/{name} is no template of an alert{known}")


def _add(top: Scope, path: str, line: int, why: str) -> None:
    top.findings.add(Problem(file=path, line=line, column=1, path="", message=why))
