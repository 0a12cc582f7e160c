"""``${VAR}`` is replaced inside scalars after parsing, and nothing else is."""

from pathlib import Path

import pytest

from monitor.config import load
from monitor.errors import ConfigError
from tests.config.files import ENVIRON, a_loaded_monitor, around, loaded, refused, written


def test_a_value_can_never_change_the_shape_of_the_file(tmp_path: Path) -> None:
    evil = 'x"}\nmonitors: {}\n# '
    text = around('event: {body: "${EVIL}"}')
    assert load(written(tmp_path, text), {**ENVIRON, "EVIL": evil}).monitors[0].event.body == evil


def test_a_value_is_not_looked_into_again(tmp_path: Path) -> None:
    text = around('event: {body: "${A}-${B}"}')
    environ = {**ENVIRON, "A": "${B}", "B": "$${A}"}
    assert load(written(tmp_path, text), environ).monitors[0].event.body == "${B}-$${A}"


def test_two_dollars_make_one_that_is_meant(tmp_path: Path) -> None:
    body = a_loaded_monitor(tmp_path, 'event: {body: "$${SECRET} $$ $ $x {y} $$$${z}"}').event.body
    assert body == "${SECRET} $$ $ $x {y} $$${z}"


def test_a_number_from_the_environment_stays_text_in_a_body(tmp_path: Path) -> None:
    text = around('event: {body: {plain: 5, variable: "${N}"}}')
    monitor = load(written(tmp_path, text), {**ENVIRON, "N": "5"}).monitors[0]
    assert monitor.event.body == '{"plain":5,"variable":"5"}'


def test_keys_are_not_replaced(tmp_path: Path) -> None:
    assert (
        loaded(tmp_path, around('event: {body: {"${SECRET}": 1}}')).monitors[0].event.body
        == '{"${SECRET}":1}'
    )


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("${MISSING}", "the environment variable MISSING is not set"),
        ("${EMPTY}", "the environment variable EMPTY is empty"),
        ("${BYTES}", "the environment variable BYTES is not UTF-8 text"),
        ("${A:-b}", "${A:-b} is not a variable: only ${NAME} is known, there are no defaults"),
        ("${}", "${} is not a variable: only ${NAME} is known, there are no defaults"),
        ("${1A}", "${1A} is not a variable: only ${NAME} is known, there are no defaults"),
        ("${A", "`${` without its `}`: write $${ where ${ itself is meant"),
    ],
)
def test_a_variable_that_has_no_value_is_the_only_thing_said_of_its_place(
    tmp_path: Path, value: str, problem: str
) -> None:
    path = written(tmp_path, around(f"interval: '{value}'\nrunbook: '{value}'"))
    with pytest.raises(ConfigError) as caught:
        load(path, {**ENVIRON, "BYTES": "\udcff"})
    assert [(it.path, it.message) for it in caught.value.problems] == [
        ("monitors.m.interval", problem),
        ("monitors.m.runbook", problem),
    ]


def test_unquoted_braces_are_explained(tmp_path: Path) -> None:
    (problem,) = refused(tmp_path, "notifiers: {a: {url: ${SLACK_URL}}}\n")
    assert 'inside {} quote "${VAR}"' in problem
