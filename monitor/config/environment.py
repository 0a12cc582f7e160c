"""``${VAR}`` inside scalars, replaced after parsing: what comes from outside can never change the shape."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from monitor.config.tree import Listing, Node, Path, Table, Text, dotted
from monitor.errors import Problem

_MARK = re.compile(r"\$\$\{|\$\{([^}]*)\}|\$\{")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(slots=True)
class Substitution:
    """Replaces variables in a tree; ``problems`` are those that could not be."""

    environ: Mapping[str, str]
    file: str
    problems: list[Problem] = field(default_factory=list)

    def table(self, table: Table, path: Path = ()) -> Table:
        """Return a copy of the table with every variable in its values replaced."""
        copy = Table(table.at)
        for key, value in table.items():
            copy.put(key, self.node(value, (*path, key)), table.key_at[key])
        return copy

    def node(self, node: Node, path: Path) -> Node:
        if isinstance(node, Table):
            return self.table(node, path)
        if isinstance(node, Listing):
            return Listing([self.node(inner, (*path, index)) for index, inner in enumerate(node)], node.at)
        return self._text(node, path) if "${" in node else node

    def _text(self, text: Text, path: Path) -> Text:
        found: list[tuple[str, str]] = []

        def replacement(match: re.Match[str]) -> str:
            if match.group() == "$${":
                return "${"
            value = self._value(match[1], text, path)
            found.append((str(match[1]), value))
            return value

        replaced = _MARK.sub(replacement, text)
        return text.with_resolved(replaced, found)

    def _value(self, name: str | None, text: Text, path: Path) -> str:
        """Return the value of a variable; on a problem, an empty text that no later rule looks at."""
        value = self.environ.get(name or "", "")
        if name is None:
            self._add(text, path, "`${` without its `}`: write $${ where ${ itself is meant")
        elif _NAME.fullmatch(name) is None:
            shown = f"${{{name[:40]}}}"
            self._add(
                text, path, f"{shown} is not a variable: only ${{NAME}} is known, there are no defaults"
            )
        elif name not in self.environ:
            self._add(text, path, f"the environment variable {name} is not set")
        elif value == "":
            self._add(text, path, f"the environment variable {name} is empty")
        elif any("\ud800" <= character <= "\udfff" for character in value):
            self._add(text, path, f"the environment variable {name} is not UTF-8 text")
        else:
            return value
        return ""

    def _add(self, text: Text, path: Path, message: str) -> None:
        line, column = text.at
        self.problems.append(
            Problem(file=self.file, line=line, column=column, path=dotted(path), message=message)
        )
