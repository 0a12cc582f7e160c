"""What counts as acknowledged beyond the status: pages, texts, values, headers."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.document import MISSING, value_at
from monitor.core.judge import judge
from monitor.core.model import Check, Expectation, Reason, Reply, Verdict
from tests.makers import a_monitor, a_reply


def delivered(reply: Reply, **rules: Any) -> Verdict:
    return judge(Check.DELIVERY, reply, a_monitor(expect=Expectation(**rules)))


HTML = (("content-type", "text/html; charset=utf-8"),)
JSON = (("content-type", "application/json"),)


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (HTML, "<!DOCTYPE html><html>"),
        (HTML, "<h1>Checking your browser</h1>"),
        (JSON, "<!doctype html>"),
        ((), "\ufeff\r\n  <HTML lang=en>"),
    ],
)
def test_a_page_for_people_is_not_an_acknowledgement(headers: tuple[tuple[str, str], ...], body: str) -> None:
    verdict = delivered(a_reply(200, headers=headers, body=body))
    assert verdict.reason is Reason.WRONG_ANSWER
    assert verdict.message == (
        "answered 200 OK in 65 ms with an HTML page: something else answers at this URL"
    )
    assert delivered(a_reply(200, headers=headers, body=body), html_allowed=True).good


@pytest.mark.parametrize("body", ["", "ok", "  \n", "true", '{"received": true}'])
def test_a_framework_that_calls_every_answer_html_is_no_page(body: str) -> None:
    assert delivered(a_reply(200, headers=HTML, body=body)).good


def test_an_answer_in_xml_is_no_page() -> None:
    reply = a_reply(200, headers=(("content-type", "text/xml"),), body="<Response/>")
    assert delivered(reply).good


def test_a_page_is_expected_of_a_status_that_is_no_success_if_it_is_listed() -> None:
    assert delivered(a_reply(404, headers=HTML, body="<html>"), statuses=("404",)).good


def test_the_body_must_contain_the_text() -> None:
    assert delivered(a_reply(body="[accepted]"), body_contains="[accepted]").good
    verdict = delivered(a_reply(body="[ACCEPTED]"), body_contains="[accepted]")
    assert verdict.reason is Reason.WRONG_ANSWER
    assert verdict.message.endswith("but the body does not contain the expected text")


def test_a_body_that_was_cut_says_so() -> None:
    verdict = delivered(a_reply(body="x" * 100, truncated=True), body_contains="accepted")
    assert verdict.message.endswith("in the first 100 characters, which is all that is read")


@pytest.mark.parametrize(
    ("body", "path", "value"),
    [
        ('{"ok": true}', "ok", True),
        ('{"a": {"b": [{"c": "x"}, {"c": "y"}]}}', "a.b.1.c", "y"),
        ('{"a": {"0": "x"}}', "a.0", "x"),
        ("[[1, 2], [3]]", "1.0", 3),
        ('{"n": 1.0}', "n", 1),
        ('{"n": null}', "n", None),
        ('{"n": 0}', "n", 0),
    ],
)
def test_the_body_must_hold_the_value(body: str, path: str, value: str | float | None) -> None:
    assert delivered(a_reply(body=body), json=((path, value),)).good


@pytest.mark.parametrize(
    ("body", "path", "value", "says"),
    [
        ('{"ok": 1}', "ok", True, "ok in the body has another value"),
        ('{"ok": true}', "ok", 1, "ok in the body has another value"),
        ('{"ok": "true"}', "ok", True, "ok in the body has another value"),
        ('{"ok": false}', "ok", 0, "ok in the body has another value"),
        ("{}", "ok", None, "the body has no ok"),
        ('{"ok": null}', "ok", False, "ok in the body has another value"),
        ("[1]", "1", 1, "the body has no 1"),
        ("[1]", "-1", 1, "the body has no -1"),
        ("[1]", "²", 1, "the body has no ²"),
        ("[1]", "9" * 5000, 1, "the body has no 999"),
        ('"text"', "ok", True, "the body has no ok"),
        ("ok", "ok", True, "the body is not JSON"),
        ("", "ok", True, "the body is not JSON"),
        ("[" * 100_000, "0", 1, "the body is not JSON"),
        ("9" * 5000, "0", 1, "the body is not JSON"),
    ],
)
def test_another_value_is_a_wrong_answer(body: str, path: str, value: str | float | None, says: str) -> None:
    verdict = delivered(a_reply(body=body), json=((path, value),))
    assert verdict.reason is Reason.WRONG_ANSWER
    assert f"but {says}" in verdict.message


def test_all_values_must_hold() -> None:
    reply = a_reply(body='{"a": 1, "b": 2}')
    assert delivered(reply, json=(("a", 1), ("b", 2))).good
    assert not delivered(reply, json=(("a", 1), ("b", 3))).good


def test_a_header_must_have_the_value_wherever_it_comes_twice() -> None:
    reply = a_reply(headers=(("x-ack", "no"), ("x-ack", "yes")))
    assert delivered(reply, headers=(("x-ack", "yes"),)).good
    assert delivered(reply, headers=(("x-ack", "YES"),)).message.endswith("x-ack has another value")
    assert delivered(reply, headers=(("x-seen", "1"),)).message.endswith("the header x-seen is missing")


def test_what_was_expected_is_not_told_it_may_be_a_secret() -> None:
    reply = a_reply(body='{"token": "x"}', headers=(("x-token", "x"),))
    for rules in (
        {"body_contains": "hunter22"},
        {"json": (("token", "hunter22"),)},
        {"headers": (("x-token", "hunter22"),)},
    ):
        assert "hunter22" not in delivered(reply, **rules).message


@given(st.text(max_size=200), st.text(max_size=30))
def test_no_body_and_no_path_break_the_judge(body: str, path: str) -> None:
    assert delivered(a_reply(body=body), json=((path, "x"),)).reason in Reason


documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text("abc", min_size=1, max_size=2), inner, max_size=3)
    ),
    max_leaves=10,
)


@given(documents, st.lists(st.sampled_from(["a", "b", "0", "1", "ab"]), min_size=1, max_size=4))
def test_a_path_leads_where_indexing_by_hand_leads(document: Any, steps: list[str]) -> None:
    here = document
    try:
        for step in steps:
            here = here[int(step)] if isinstance(here, list) else here[step]
    except (KeyError, IndexError, TypeError, ValueError):
        here = MISSING
    assert value_at(document, ".".join(steps)) is here or value_at(document, ".".join(steps)) == here
