"""Reads what ``dashboards/`` ships."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HOUSE = Path(__file__).parents[2] / "dashboards"
BOARDS = tuple(sorted(HOUSE.glob("*.json")))

Panel = dict[str, Any]


def board(path: Path) -> dict[str, Any]:
    found = json.loads(path.read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def panels(path: Path) -> list[Panel]:
    """Return the panels that show something; a row is only a heading."""
    return [panel for panel in board(path)["panels"] if panel["type"] != "row"]


def expressions() -> Iterator[tuple[str, str]]:
    """Yield a name to report and the PromQL of each target, dollar variables and all."""
    for path in BOARDS:
        for panel in panels(path):
            for target in panel["targets"]:
                yield f"{path.stem}: {panel['title']} {target['refId']}", target["expr"]


def filled(expression: str, **variables: str) -> str:
    """Return the expression as Grafana sends it, its variables replaced."""
    for name, value in variables.items():
        expression = expression.replace(f"${name}", value)
    return expression
