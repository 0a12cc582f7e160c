"""The house keeps its laws: who may import whom, and how long a file may grow."""

import ast
import sys
from pathlib import Path

import pytest

HOUSE = Path(__file__).parent.parent / "monitor"
FILES = sorted(HOUSE.rglob("*.py"))

# What may be imported from where. A door imports core and errors, never another door.
DOORS = {"config", "probe", "store", "notify", "metrics", "web"}
STORY = {
    *("pipeline", "diagnosis", "underway", "look", "turnstile", "watch", "network", "skew", "outbox"),
    *("schedule", "telling", "receipts", "ledger", "known", "heartbeats", "calls", "cron"),
    *("outside", "lag", "logs", "system"),
}
ALLOWED = {
    "core": {"core"},
    **{door: {"core", "errors", door} for door in DOORS},
    **{part: {"core", "errors", *STORY} for part in STORY},
    "errors": set(),
    "demo": {"demo", "errors"},
    "app": {"app", "core", "errors", "config", "demo", *DOORS, *STORY},
    "cli": {"cli", "app", "core", "errors", "demo", *DOORS, *STORY},
    "__main__": {"cli"},
}

# Each outside library has one named door.
LIBRARY_DOORS = {
    "httpx": "probe",
    "httpcore": "probe",
    "aiodns": "probe",
    "sqlmodel": "store",
    "sqlalchemy": "store",
    "alembic": "store",
    "fastapi": "web",
    "starlette": "web",
    "uvicorn": "web",
    "prometheus_client": "metrics",
    "apprise": "notify",
    "requests": "notify",
    "apscheduler": "schedule",
    "cronsim": "cron",
    "yaml": "config",
    "pydantic": "config",
    "pydantic_settings": "config",
    "watchfiles": "config",
    "typer": "cli",
}
PYDANTIC_TOO = {"web"}  # FastAPI describes its answers with pydantic models
# Two doors write words for people, each from a folder of its own; nobody else does.
JINJA_DOORS = {"web", "notify"}


def room(path: Path) -> str:
    """Return the first name below ``monitor``: core, store, pipeline, …"""
    return path.relative_to(HOUSE).parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    """Return every module that a file imports, wherever in the file it does."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
    return names


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_a_room_imports_only_what_its_place_allows(path: Path) -> None:
    mine = room(path)
    rooms = {name.split(".")[1] for name in imported(path) if name.startswith("monitor.")}
    assert rooms - ALLOWED.get(mine, set()) - {"__version__"} <= {mine}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_an_outside_library_comes_in_through_its_own_door(path: Path) -> None:
    mine = room(path)
    tops = {name.split(".")[0] for name in imported(path)}
    strangers = {top for top in tops if LIBRARY_DOORS.get(top, mine) != mine}
    if mine in PYDANTIC_TOO:
        strangers -= {"pydantic"}
    if mine not in JINJA_DOORS:
        strangers |= {"jinja2"} & tops
    assert not strangers


@pytest.mark.parametrize("path", sorted((HOUSE / "core").rglob("*.py")), ids=lambda path: path.name)
def test_the_quiet_rooms_are_standard_library_without_clock_or_chance(path: Path) -> None:
    tops = {name.split(".")[0] for name in imported(path)} - {"monitor"}
    assert tops <= set(sys.stdlib_module_names)
    assert not tops & {"time", "random", "secrets", "socket", "asyncio", "threading", "os", "pathlib"}
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)]
    assert not [call for call in calls if call.attr in {"now", "utcnow", "today"} and _is_datetime(call)]
    assert not [
        node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.AsyncFunctionDef)
    ]


def _is_datetime(call: ast.Attribute) -> bool:
    return isinstance(call.value, ast.Name) and call.value.id in {"datetime", "date"}


GROWING = [path for path in FILES if "migrations/versions" not in str(path)]  # a migration is a list


@pytest.mark.parametrize("path", GROWING, ids=lambda path: str(path.relative_to(HOUSE)))
def test_no_file_passes_300_lines_and_no_function_50(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= 300
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 50, node.name
