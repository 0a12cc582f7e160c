"""Whatever the bytes, the answer is a tree or a problem: never a traceback, never a long wait."""

from pathlib import Path

import pytest

from monitor.config import parse as parsing
from monitor.config.parse import MAX_DEPTH, parse
from monitor.config.tree import Listing, Table, Text
from monitor.errors import ConfigError
from tests.config.files import refused


def tree(text: str) -> Table:
    root, problems = parse(text.encode(), "f")
    assert problems == []
    return root


def test_scalars_are_text_whatever_yaml_makes_of_them() -> None:
    root = tree("a: no\nb: 1:30\nc: 0x1F\nd: 2026-01-01\ne: ~\nf: 'x'\ng: |\n  two\n  lines\n")
    assert dict(root) == {
        "a": "no",
        "b": "1:30",
        "c": "0x1F",
        "d": "2026-01-01",
        "e": "~",
        "f": "x",
        "g": "two\nlines\n",
    }
    assert [text.plain for text in root.values() if isinstance(text, Text)] == [True] * 5 + [False] * 2


def test_everything_knows_where_it_stands() -> None:
    root = tree("über:\n  - {key: value}\n  - 'é': 🎉 x\n")
    listing = root["über"]
    assert isinstance(listing, Listing)
    first, second = listing
    assert isinstance(first, Table)
    assert isinstance(second, Table)
    assert (root.key_at["über"], listing.at, first.at) == ((1, 1), (2, 3), (2, 5))
    assert (first.key_at["key"], first["key"].at) == ((2, 6), (2, 11))
    assert (second.key_at["é"], second["é"].at) == ((3, 5), (3, 10))


BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]\n" for level in range(1, 12)
)
DEEP_ALIASES = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [[[[[*a{n - 1}]]]]]\n" for n in range(1, 15))


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"\xff\xfea\x00", "1:1: is not UTF-8 text (byte 0xff)"),
        ("a: 1\nb: ä".encode("latin-1"), "2:4: is not UTF-8 text (byte 0xe4)"),
        (b"a: \x00", "1:4: holds the unprintable character U+0000; is this a text file?"),
        (b"a: 1\nb: \x1b[31m", "2:4: holds the unprintable character U+001B; is this a text file?"),
        (b"\x7fELF\x02\x01", "1:1: holds the unprintable character U+007F; is this a text file?"),
        (b"\ta: 1", "1:1: not YAML: a tab: YAML is indented with spaces only"),
        (b"a:\n\tb: 1", "2:1: not YAML: a tab: YAML is indented with spaces only"),
        (b"a: b: c", "1:5: not YAML: a ': ' where no value can follow: quote it, or mend the indentation"),
        (b"a: @x", "1:4: not YAML: a text that begins with @ must be quoted"),
        (b"a: %x", "1:4: not YAML: a text that begins with % must be quoted"),
        (b"a: 'x", "1:6: not YAML: the file ends inside a quoted text"),
        (
            b"a:\n  b: 1\n c: 2",
            "3:2: not YAML: not a key of the mapping above: check the indentation and the quotes",
        ),
        (b'a: "\\q"', "1:5: not YAML: an unknown escape after '\\': put it in single quotes"),
        (
            b"{a: 1",
            """2:1: not YAML: a ',' or a closing bracket is missing (inside {} quote "${VAR}")""",
        ),
        (
            b"a: 1\n---\nb: 2",
            "2:1: a second document begins here (---): a configuration is one document",
        ),
        (b"? [a]\n: b", "1:3: a list or mapping cannot be a key: keys are plain text"),
        (b"a: &k x\n*k : y", "2:1: an alias cannot be a key: keys are plain text"),
        (
            b"a: *gone",
            "1:4: a: *gone repeats something that is not complete before this line: &gone is missing",
        ),
        (
            b"a: &a [*a]",
            "1:8: a.0: *a repeats something that is not complete before this line: &a is missing",
        ),
        (b"[" * 1_000_000, "1:51: 0.0.0.0: is nested more than 50 levels deep"),
        (b"{a: " * 200_000, "1:201: a.a.a.a: is nested more than 50 levels deep"),
        (b"- " * 100_000, "1:101: 0.0.0.0: is nested more than 50 levels deep"),
        (
            BOMB.encode(),
            "5:45: a4.7: aliases (*name) repeat too much: write it out, or use `defaults:`",
        ),
        (
            DEEP_ALIASES.encode(),
            "11:16: a10.0.0.0: aliases (*name) repeat too much: write it out, or use `defaults:`",
        ),
    ],
    ids=lambda value: value[:20].decode("latin-1") if isinstance(value, bytes) else "",
)
def test_what_is_not_plain_yaml_is_refused_with_its_place(
    tmp_path: Path, content: bytes, problem: str
) -> None:
    assert refused(tmp_path, content)[-1] == problem


def test_duplicate_keys_and_tags_and_merges_do_not_hide_each_other() -> None:
    _, problems = parse(b"a: 1\na: 2\n<<: {b: 3}\nc: !x [1]\nd: {e: 1, e: 2}\n'': x\n", "f")
    assert [str(problem) for problem in problems] == [
        "f:2:1: a: duplicate key: it stands in line 1 already",
        "f:3:1: <<: merge keys are not read: put what is shared under `defaults:`",
        "f:4:4: c: the tag !x is not read: write the plain value",
        "f:5:11: d.e: duplicate key: it stands in line 5 already",
    ]


def test_a_huge_file_is_not_read_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsing, "MAX_BYTES", 3_000_000)  # the real limit would only make the test slow
    assert refused(tmp_path, b"#" * 3_000_001) == ["1:1: is larger than 3 MB; is this the right file?"]
    with pytest.raises(ConfigError, match="is larger than 3 MB"):
        parsing.read(Path("/dev/zero"))


def test_nesting_up_to_the_limit_is_fine() -> None:
    tree("a: " + "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1))
