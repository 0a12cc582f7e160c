"""Never a traceback, whatever the bytes."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.config import json_schema, load
from monitor.errors import ConfigError, Problem
from tests.config.files import ENVIRON
from tests.config.test_load import OPERATORS_FILE

SETTINGS = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
GOOD = OPERATORS_FILE.encode()
MONITOR = """
monitors:
  m:
    url: https://a.example/
    provider: stripe
    secret: "${SECRET}"
""".strip()


def words_of(schema: object) -> set[str]:
    """Return every key that the schema knows."""
    if isinstance(schema, Mapping):
        below = {word for part in schema.values() for word in words_of(part)}
        return below | set(schema.get("properties", {}))
    if isinstance(schema, list):
        return {word for part in schema for word in words_of(part)}
    return set()


KEYS = sorted(words_of(json_schema()))
WORDS = "30s 1h off on true ~ -1 1.5 stripe https://a.example/ a:1 {sig} ${SECRET} ${EMPTY} ${ $${ 2xx *a <<"
SCALARS = st.sampled_from([*WORDS.split(), "", "&a b", "!t x", "? y", "é\u2028", "\x07", "x" * 300])
NODES = st.recursive(
    SCALARS.map(lambda text: '"' + text.replace("\\", "").replace('"', "").replace("\x07", "\\a") + '"')
    | SCALARS.filter(lambda text: text != "\x07"),
    lambda inner: (
        st.lists(inner, max_size=4).map(lambda items: "[" + ", ".join(items) + "]")
        | st.lists(st.tuples(st.sampled_from(KEYS), inner), max_size=6).map(
            lambda pairs: "{" + ", ".join(f"{key}: {value}" for key, value in pairs) + "}"
        )
    ),
    max_leaves=25,
)


def survives(content: bytes) -> None:
    """Load it: a configuration or a ConfigError with places inside the file, nothing else."""
    with TemporaryDirectory() as directory:
        path = Path(directory) / "monitors.yaml"
        path.write_bytes(content)
        for problem in problems_in(path):
            assert 1 <= problem.line <= len(content) + 1
            assert problem.column >= 1
            assert "\n" not in str(problem)
            assert ENVIRON["SECRET"] not in str(problem)


def problems_in(path: Path) -> tuple[Problem, ...]:
    try:
        load(path, ENVIRON)
    except ConfigError as error:
        return error.problems or pytest.fail("refused without a problem")
    return ()


SECTIONS = ("site", "templates", "notifiers", "own_network", "defaults")


@SETTINGS
@given(st.binary(max_size=400))
def test_random_bytes(content: bytes) -> None:
    survives(content)


@SETTINGS
@given(st.text(alphabet="abm:- \n\t{}[]'\"&*!|>%@`#,?<$\u0085\u2028é", max_size=200))
def test_random_yaml_like_text(text: str) -> None:
    survives(text.encode())


@SETTINGS
@given(
    st.integers(0, len(GOOD)),
    st.integers(0, 40),
    st.binary(max_size=12) | st.sampled_from([b"\n", b": ", b"- "]),
)
def test_a_good_file_with_a_piece_replaced(at: int, length: int, piece: bytes) -> None:
    survives(GOOD[:at] + piece + GOOD[at + length :])


@SETTINGS
@given(
    st.dictionaries(st.sampled_from([*SECTIONS, "x"]), NODES),
    NODES,
    NODES,
)
def test_known_keys_with_any_values(sections: dict[str, str], first: str, second: str) -> None:
    lines = [f"{key}: {value}" for key, value in sections.items()]
    survives("\n".join([*lines, "monitors:", f"  a: {first}", f"  b: {second}", ""]).encode())


@SETTINGS
@given(st.lists(st.tuples(st.sampled_from(KEYS), NODES), max_size=5))
def test_a_good_monitor_with_any_more_keys(more: list[tuple[str, str]]) -> None:
    lines = [f"    {key}: {value}" for key, value in more]
    monitor = [
        "monitors:",
        "  m:",
        "    url: https://a.example/",
        "    provider: stripe",
        '    secret: "${SECRET}"',
    ]
    survives("\n".join([*monitor, *lines, ""]).encode())
