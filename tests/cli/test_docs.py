"""``docs/cli.md`` names every command and every option, and none that there is not."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main

from monitor.cli import app
from tests.cli.conftest import SHIPPED

PAGES = [SHIPPED.parent / "README.md", *sorted((SHIPPED.parent / "docs").glob("*.md"))]
TEXT = (SHIPPED.parent / "docs" / "cli.md").read_text(encoding="utf-8")
OF_CURL = TEXT[TEXT.index("    curl ") : TEXT.index("| sh ")]


def commands(command: object, path: str = "webhook-monitor") -> Iterator[tuple[str, list[str]]]:
    """Every command that does something, and its long options."""
    children = getattr(command, "commands", None)
    if children is None:
        options = [name for one in command.params for name in one.opts]  # type: ignore[attr-defined]  # a Command
        yield path, [name for name in options if name.startswith("--")]
        return
    for name, child in children.items():
        yield from commands(child, f"{path} {name}")


COMMANDS = dict(commands(typer.main.get_command(app)))


@pytest.mark.parametrize("path", COMMANDS)
def test_a_command_is_documented_with_all_its_options(path: str) -> None:
    assert f"    {path}" in TEXT
    assert [name for name in COMMANDS[path] if name not in TEXT] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.name))
def test_no_page_names_a_command_that_does_not_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = set(re.findall(r"`webhook-monitor ([a-z]+)", text))
    for some in re.findall(r"commands? \(([^)]*)\)", text):
        named |= set(re.findall(r"`([a-z]+)", some))
    assert named <= {path.split()[1] for path in COMMANDS}


def test_no_option_is_documented_that_does_not_exist() -> None:
    named = set(re.findall(r"--[a-z][a-z-]+", TEXT.replace(OF_CURL, "")))
    known = {name for names in COMMANDS.values() for name in names}
    assert named - known == {"--help", "--version", "--install-completion", "--show-completion"}
