"""Problems and warnings as they are found, each at its line and column."""

from dataclasses import dataclass, field

from monitor.config.tree import START, Node, Path, Position, dotted, locate, locate_key
from monitor.errors import Problem


@dataclass(slots=True)
class Findings:
    """What is wrong with a file, and what is only unwise."""

    file: str
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    _seen: set[tuple[Position, str]] = field(default_factory=set)
    _settled: set[Position] = field(default_factory=set)

    def add(self, problem: Problem) -> None:
        """Add a problem, unless the place was told to be wrong already: defaults reach many monitors."""
        at = Position(problem.line, problem.column)
        if at in self._settled or (at, problem.message) in self._seen:
            return
        self._seen.add((at, problem.message))
        self.problems.append(problem)

    def settle(self) -> None:
        """From here on, nothing more is said about places that are known to be wrong."""
        self._settled.update(Position(problem.line, problem.column) for problem in self.problems)

    def warn(self, problem: Problem) -> None:
        at = Position(problem.line, problem.column)
        if (at, problem.message) not in self._seen:
            self._seen.add((at, problem.message))
            self.warnings.append(problem)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """A part of the file: ``node`` stands at ``prefix``, and its key at ``at``. Paths are relative to it."""

    findings: Findings
    node: Node
    prefix: Path = ()
    at: Position = START

    def problem(self, path: Path, message: str, *, missing: str | None = None) -> None:
        """Say what is wrong with the value at ``path``, or that the key ``missing`` is not in it."""
        at = self._key_at(path) if missing else locate(self.node, path) if path else self.at
        self.findings.add(self._make(at, (*path, missing) if missing else path, message))

    def key_problem(self, path: Path, message: str) -> None:
        """Say what is wrong with the last key of ``path``."""
        self.findings.add(self._make(self._key_at(path), path, message))

    def warning(self, path: Path, message: str) -> None:
        at = locate(self.node, path) if path else self.at
        self.findings.warn(self._make(at, path, message))

    def _key_at(self, path: Path) -> Position:
        return locate_key(self.node, path) if path else self.at

    def _make(self, at: Position, path: Path, message: str) -> Problem:
        where = dotted((*self.prefix, *path))
        return Problem(file=self.findings.file, line=at.line, column=at.column, path=where, message=message)
