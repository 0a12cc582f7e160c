"""Bytes → tree. Refuses what YAML would read silently and wrongly, or at unbounded cost."""

import re
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Never

import yaml

from monitor.config.tree import START, Listing, Node, Path, Position, Table, Text, dotted
from monitor.errors import ConfigError, Problem

MAX_BYTES = 20_000_000  # 20,000 monitors of a kilobyte each
MAX_DEPTH = 50
MAX_ALIASED = 100_000  # nodes that aliases may repeat, all together: a bomb repeats billions

_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HINTS = {
    "mapping values are not allowed": "a ': ' where no value can follow: quote it, or mend the indentation",
    "could not find expected ':'": "a key without its ':', or a line indented too little",
    "did not find expected key": "not a key of the mapping above: check the indentation and the quotes",
    "did not find expected ',' or": """a ',' or a closing bracket is missing (inside {} quote "${VAR}")""",
    "did not find expected <document start>": "two things at the top level: check the indentation",
    "found unexpected end of stream": "the file ends inside a quoted text",
    "found unknown escape character": "an unknown escape after '\\': put it in single quotes",
}


def read(path: FilePath) -> bytes:
    """Return the bytes of a configuration file, or raise ConfigError."""
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise _whole(path, f"cannot be read: {error.strerror or 'the operating system refuses'}") from error
    except ValueError as error:  # a NUL in the name
        raise _whole(path, "is not the name of a file") from error
    if len(content) > MAX_BYTES:
        raise _whole(path, f"is larger than {MAX_BYTES // 1_000_000} MB; is this the right file?")
    return content


def parse(content: bytes, file: str) -> tuple[Table, list[Problem]]:
    """Return the top-level mapping and what is wrong with its YAML; raise ConfigError if there is none."""
    text = _decode(content, file)
    builder = _Builder(file)
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        raise ConfigError((*builder.problems, _syntax(error, text, file))) from error
    except (yaml.YAMLError, ValueError) as error:
        raise ConfigError((Problem(file=file, line=1, column=1, path="", message="is not YAML"),)) from error
    root = builder.root
    if isinstance(root, Table):
        return root, builder.problems
    message = "is empty: it needs at least `monitors:`"
    if root is not None and not (isinstance(root, Text) and root.empty):
        message = "needs a mapping at the top level, beginning with `monitors:`"
    line, column = root.at if root is not None else START
    problem = Problem(file=file, line=line, column=column, path="", message=message)
    raise ConfigError((*builder.problems, problem))


@dataclass(slots=True)
class _Open:
    """A list or table whose end has not come yet."""

    node: Table | Listing
    anchor: str | None
    path: Path
    key: str | None = None  # of a table: the key that waits for its value
    key_at: Position = START
    ignored: bool = False  # the key was refused: its value is read and dropped
    size: int = 1
    height: int = 1


@dataclass(slots=True)
class _Finished:
    """An anchored node, and what repeating it costs."""

    node: Node
    size: int
    height: int


@dataclass(slots=True)
class _Builder:
    """Takes parser events one by one: no recursion, so no depth of nesting can break it."""

    file: str
    problems: list[Problem] = field(default_factory=list)
    root: Node | None = None
    _stack: list[_Open] = field(default_factory=list)
    _anchors: dict[str, _Finished] = field(default_factory=dict)
    _aliased: int = 0
    _documents: int = 0

    def take(self, event: yaml.Event) -> None:
        mark = event.start_mark
        at = Position(mark.line + 1, mark.column + 1) if mark else START
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                self._stop(at, "a second document begins here (---): a configuration is one document")
        elif isinstance(event, yaml.ScalarEvent):
            self._refuse_tag(event, at)
            plain = event.style is None or event.style == ""
            self._finish(_Finished(Text.make(event.value, at, plain=plain), 1, 1), event.anchor)
        elif isinstance(event, yaml.AliasEvent):
            self._repeat(event.anchor, at)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._refuse_tag(event, at)
            self._begin(event, at)
        elif isinstance(event, yaml.CollectionEndEvent):
            done = self._stack.pop()
            self._finish(_Finished(done.node, done.size, done.height), done.anchor)

    def _begin(self, event: yaml.CollectionStartEvent, at: Position) -> None:
        if self._waits_for_key():
            self._stop(at, "a list or mapping cannot be a key: keys are plain text")
        if len(self._stack) >= MAX_DEPTH:
            self._stop(at, f"is nested more than {MAX_DEPTH} levels deep")
        node = Table(at) if isinstance(event, yaml.MappingStartEvent) else Listing((), at)
        self._stack.append(_Open(node, event.anchor, self._here()))

    def _repeat(self, anchor: str | None, at: Position) -> None:
        if self._waits_for_key():
            self._stop(at, "an alias cannot be a key: keys are plain text")
        known = self._anchors.get(anchor or "")
        if known is None:
            self._stop(
                at, f"*{anchor} repeats something that is not complete before this line: &{anchor} is missing"
            )
        self._aliased += known.size
        if self._aliased > MAX_ALIASED or len(self._stack) + known.height > MAX_DEPTH:
            self._stop(at, "aliases (*name) repeat too much: write it out, or use `defaults:`")
        self._finish(known, None)

    def _finish(self, finished: _Finished, anchor: str | None) -> None:
        """Put a finished node where it belongs: the root, a list, or a table (as its next key or value)."""
        if anchor is not None and not self._waits_for_key():
            self._anchors[anchor] = finished
        if not self._stack:
            self.root = finished.node
            return
        parent = self._stack[-1]
        if isinstance(parent.node, Listing):
            parent.node.append(finished.node)
        elif parent.key is None:
            assert isinstance(finished.node, Text)  # noqa: S101 - _begin and _repeat refuse everything else
            self._take_key(parent, finished.node)
            return
        else:
            if not parent.ignored:
                parent.node.put(parent.key, finished.node, parent.key_at)
            parent.key = None
        parent.size += finished.size
        parent.height = max(parent.height, finished.height + 1)

    def _take_key(self, parent: _Open, key: Text) -> None:
        assert isinstance(parent.node, Table)  # noqa: S101 - only tables have keys
        parent.key, parent.key_at, parent.ignored = str(key), key.at, True
        if key == "<<" and key.plain:
            self._add(
                key.at, (*parent.path, "<<"), "merge keys are not read: put what is shared under `defaults:`"
            )
        elif key in parent.node:
            first = parent.node.key_at[key].line
            self._add(key.at, (*parent.path, str(key)), f"duplicate key: it stands in line {first} already")
        elif key.empty:
            self._add(key.at, parent.path, "an empty key")
        else:
            parent.ignored = False

    def _waits_for_key(self) -> bool:
        return bool(self._stack) and isinstance(self._stack[-1].node, Table) and self._stack[-1].key is None

    def _here(self) -> Path:
        if not self._stack:
            return ()
        parent = self._stack[-1]
        if isinstance(parent.node, Listing):
            return (*parent.path, len(parent.node))
        return (*parent.path, parent.key or "")

    def _refuse_tag(self, event: yaml.NodeEvent, at: Position) -> None:
        tag = getattr(event, "tag", None)
        if tag is not None:
            shown = str(tag).replace("tag:yaml.org,2002:", "!!")[:60]
            self._add(at, self._here(), f"the tag {shown} is not read: write the plain value")

    def _add(self, at: Position, path: Path, message: str) -> None:
        self.problems.append(
            Problem(file=self.file, line=at.line, column=at.column, path=dotted(path), message=message)
        )

    def _stop(self, at: Position, message: str) -> Never:
        self._add(at, self._here()[:4], message)  # a path fifty keys long helps nobody
        raise ConfigError(tuple(self.problems))


def _decode(content: bytes, file: str) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8", errors="replace")
        message = f"is not UTF-8 text (byte 0x{content[error.start]:02x})"
        raise ConfigError((_at_end_of(before, file, message),)) from error
    found = _UNPRINTABLE.search(text)
    if found is None:
        return text
    message = f"holds the unprintable character U+{ord(found.group()):04X}; is this a text file?"
    raise ConfigError((_at_end_of(text[: found.start()], file, message),))


def _at_end_of(before: str, file: str, message: str) -> Problem:
    line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
    return Problem(file=file, line=line, column=column, path="", message=message)


def _syntax(error: yaml.MarkedYAMLError, text: str, file: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    problem = (error.problem or "cannot be understood").strip()
    if "cannot start any token" in problem:
        hint = _stray(text, line, column)
    else:
        hint = next((words for start, words in _HINTS.items() if start in problem), problem)
    return Problem(file=file, line=line, column=column, path="", message=f"not YAML: {hint}")


def _stray(text: str, line: int, column: int) -> str:
    """Say what to do about a character that cannot begin anything."""
    lines = text.splitlines()
    rest = lines[line - 1][column - 1 :] if line <= len(lines) else ""
    if rest[:1] == "\t":
        return "a tab: YAML is indented with spaces only"
    return (
        f"a text that begins with {rest[:1]} must be quoted" if rest else "a character that cannot stand here"
    )


def _whole(path: FilePath, message: str) -> ConfigError:
    return ConfigError((Problem(file=str(path), line=1, column=1, path="", message=message),))
