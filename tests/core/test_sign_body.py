"""Values in bodies: placed, taken away, changed. Whatever the body, nothing raises."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from monitor.core.model import EventTemplate, Placement
from monitor.core.sign.body import derived, placed, respaced, tampered, without

JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats(allow_nan=False) | some.text(),
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(some.text(), inner, max_size=4),
    max_leaves=12,
)
FORM = "application/x-www-form-urlencoded"


def a_template(**changes: Any) -> EventTemplate:
    return EventTemplate(**{"type": "probe.ping", "body": "", **changes})


def written(document: object, *, ascii_only: bool, spaced: bool) -> bytes:
    return json.dumps(document, ensure_ascii=ascii_only, indent=2 if spaced else None).encode(
        "utf-8", "surrogatepass"
    )


def leaves(node: object, path: tuple[object, ...] = ()) -> dict[tuple[object, ...], object]:
    """Every value that holds no other, by its path."""
    children: Any = ()
    if isinstance(node, dict):
        children = node.items()
    elif isinstance(node, list):
        children = enumerate(node)
    else:
        return {path: node}
    return {where: leaf for key, child in children for where, leaf in leaves(child, (*path, key)).items()}


# --- tampering ----------------------------------------------------------------------------------------------


@given(document=JSON, ascii_only=some.booleans(), spaced=some.booleans(), event_id=some.text(max_size=8))
def test_tampering_changes_one_character_of_one_text_and_nothing_else(
    document: object, *, ascii_only: bool, spaced: bool, event_id: str
) -> None:
    body = written(document, ascii_only=ascii_only, spaced=spaced)
    changed = tampered(body, a_template(), event_id)
    if changed is None:
        return
    one, other = body.decode("utf-8", "surrogatepass"), changed.decode("utf-8", "surrogatepass")
    assert len(one) == len(other)
    assert len([1 for here, there in zip(one, other, strict=True) if here != there]) == 1
    before, after = leaves(json.loads(body)), leaves(json.loads(changed))
    assert before.keys() == after.keys()
    (path,) = [path for path, leaf in before.items() if leaf != after[path]]
    assert isinstance(before[path], str)
    assert isinstance(after[path], str)


@given(document=JSON)
def test_a_body_with_a_letter_in_some_text_can_be_tampered_with(document: object) -> None:
    texts = [leaf for leaf in leaves(document).values() if isinstance(leaf, str)]
    body = written(document, ascii_only=False, spaced=False)
    possible = any(character.isalnum() for text in texts for character in text)
    assert (tampered(body, a_template(), "evt_probe_1") is not None) is possible


@pytest.mark.parametrize(
    ("body", "changed"),
    [
        ('{"id":"evt_probe_1"}', '{"id":"evt_probe_2"}'),
        ('{"type":"ping","id":"evt_probe_1"}', '{"type":"ping","id":"evt_probe_2"}'),
        ('{"note":"about evt_probe_1, then"}', '{"note":"about evt_probe_1, thex"}'),
        ('{"a":"e","b":true}', '{"a":"f","b":true}'),
        ('{"a":"x","x":1}', '{"a":"y","x":1}'),
        ('{"e":1,"a":"e"}', '{"e":1,"a":"f"}'),
        ('{"a":"1","b":1}', '{"a":"2","b":1}'),
        (r'{"a":"line\n"}', r'{"a":"linf\n"}'),
        (r'{"a":"\u00e9","b":"x"}', r'{"a":"\u00e9","b":"y"}'),
        (r'{"a":"C:\\"}', r'{"a":"D:\\"}'),
        (r'{"a":"say \"hi\""}', r'{"a":"say \"hx\""}'),
        ('{"a":"9"}', '{"a":"0"}'),
        ('{"a":"caf\u00e9"}', '{"a":"cafx"}'),
        ('{ "a" : "b" }', '{ "a" : "c" }'),
        ('["f"]', '["a"]'),
        ('"F"', '"A"'),
    ],
)
def test_a_value_is_changed_and_looks_as_it_did(body: str, changed: str) -> None:
    assert tampered(body.encode(), a_template(), "evt_probe_1") == changed.encode()


@pytest.mark.parametrize(
    "body", ["", "plain", "{", "{}", "[]", "1", "true", '{"a":1}', '{"a":""}', '{"a":" "}']
)
def test_a_body_without_such_a_value_is_left_alone(body: str) -> None:
    assert tampered(body.encode(), a_template(), "evt_probe_1") is None


def test_the_named_value_is_changed_even_where_another_looks_the_same() -> None:
    body = b'{"first":"0","items":[{"amount":"0"}],"last":"0"}'
    changed = tampered(body, a_template(tamper="items.0.amount"), "evt_probe_1")
    assert changed == b'{"first":"0","items":[{"amount":"1"}],"last":"0"}'


@pytest.mark.parametrize("path", ["nowhere", "number", "object"])
def test_where_the_named_value_is_no_text_nothing_is_tampered_with(path: str) -> None:
    body = b'{"number":1,"object":{"a":"b"},"text":"c"}'
    assert tampered(body, a_template(tamper=path), "evt_probe_1") is None


@pytest.mark.parametrize(
    ("body", "changed"),
    [
        ("From=%2B15005550006&Body=probe", "From=%2B15005550006&Body=probf"),
        ("Body=hello%20&From=e", "Body=hellx%20&From=e"),
        ("Body=&From=1", "Body=&From=2"),
        ("From=Body&Body=Body", "From=Body&Body=Bodx"),
        ("nBody=1&Body=1", "nBody=1&Body=2"),
        ("Body=%2F%2F&From=a+b", "Body=%2F%2F&From=a+c"),
    ],
)
def test_a_form_is_tampered_with_in_its_named_parameter_first(body: str, changed: str) -> None:
    template = a_template(content_type=f"{FORM}; charset=utf-8", tamper="Body")
    assert tampered(body.encode(), template, "SM0") == changed.encode()


@pytest.mark.parametrize("body", ["", "a", "a=", "=&=", "a=%20&b=+"])
def test_an_empty_form_cannot_be_tampered_with(body: str) -> None:
    assert tampered(body.encode(), a_template(content_type=FORM), "SM0") is None


@given(
    body=some.binary() | some.text().map(lambda text: text.encode("utf-8", "replace")),
    form=some.booleans(),
    tamper=some.none() | some.text(max_size=8),
    path=some.text(max_size=12),
)
def test_whatever_the_body_nothing_raises(body: bytes, *, form: bool, tamper: str | None, path: str) -> None:
    template = a_template(content_type=FORM if form else "application/json", tamper=tamper)
    place = Placement(path=path, template="{timestamp}", number=True)
    assert tampered(body, template, "evt_probe_1") != body
    placed(body, (place,), {"timestamp": "1"})
    without(body, (path,))
    respaced(body)
    derived("{body}{form}{body_sha256}{body_sha256_base64}{body:a.b}", body)


@pytest.mark.parametrize("depth", [10, 500, 900, 5_000, 100_000])
def test_a_body_of_very_many_brackets_is_survived(depth: int) -> None:
    body = b"[" * depth + b'"evt"' + b"]" * depth
    tampered(body, a_template(), "evt")
    placed(body, (Placement(path="a", template="x"),), {})
    without(body, ("a",))
    respaced(body)


def test_a_body_of_many_texts_is_tampered_with_at_once() -> None:
    body = json.dumps({str(number): "same" for number in range(5_000)}).encode()
    assert tampered(body, a_template(), "evt_probe_1") != body


# --- placing and taking away --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "place", "result"),
    [
        (b"{}", Placement(path="at", template="{timestamp}"), b'{"at":"1772366400"}'),
        (b"{}", Placement(path="at", template="{timestamp}", number=True), b'{"at":1772366400}'),
        (b"{}", Placement(path="a.b.c", template="x"), b'{"a":{"b":{"c":"x"}}}'),
        (b'{"items":[{},{}]}', Placement(path="items.1.at", template="x"), b'{"items":[{},{"at":"x"}]}'),
        (b'{"items":[]}', Placement(path="items.0.at", template="x"), b'{"items":[]}'),
        (b'{"a": 1}', Placement(path="a", template="x"), b'{"a":"x"}'),
        (b'{"a":"mine"}', Placement(path="a", template="x", keep=True), b'{"a":"mine"}'),
        (b'{"a":""}', Placement(path="a", template="x", keep=True), b'{"a":"x"}'),
        (b"[1]", Placement(path="a", template="x"), b"[1]"),
        (b"not json", Placement(path="a", template="x"), b"not json"),
    ],
)
def test_a_value_is_put_in_its_place(body: bytes, place: Placement, result: bytes) -> None:
    assert placed(body, (place,), {"timestamp": "1772366400"}) == result


def test_a_body_with_nothing_to_place_keeps_every_byte() -> None:
    body = b'{ "a" : 1.0 }\n'
    assert placed(body, (), {}) == body
    assert without(body, ()) == body


@given(document=some.dictionaries(some.text(min_size=1), JSON, max_size=4))
def test_what_was_placed_can_be_taken_away_again(document: dict[str, object]) -> None:
    body = json.dumps({**document, "proof": {}}, separators=(",", ":")).encode()
    with_it = placed(body, (Placement(path="proof.signature", template="abc"),), {})
    assert without(with_it, ("proof.signature",)) == body


@pytest.mark.parametrize(
    ("body", "respelled"),
    [(b'{"a":[1,"\\u00e9"]}', '{\n  "a": [\n    1,\n    "é"\n  ]\n}'), (b"not json", "not json")],
)
def test_a_body_is_respaced_as_some_providers_write_it(body: bytes, respelled: str) -> None:
    assert respaced(body) == respelled.encode()


@given(document=JSON)
def test_respacing_changes_no_value(document: object) -> None:
    assert json.loads(respaced(json.dumps(document).encode())) == document


# --- what a template asks of a body -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("template", "body", "name", "found"),
    [
        ("{body:a.b}", b'{"a":{"b":"c"}}', "body:a.b", b"c"),
        ("{body:items.0.id}", b'{"items":[{"id":7}]}', "body:items.0.id", b"7"),
        ("{body:yes}", b'{"yes":true}', "body:yes", b"true"),
        ("{body:none}", b'{"none":null}', "body:none", b""),
        ("{body:missing}", b"{}", "body:missing", b""),
        ("{body:a}", b"not json", "body:a", b""),
        ("{form}", b"b=2&a=1&b=1&b=2&c=", "form", b"a1b1b2c"),
        ("{form}", b"Body=a+b%21", "form", b"Bodya b!"),
    ],
)
def test_a_template_finds_what_it_asks_for(template: str, body: bytes, name: str, found: bytes) -> None:
    assert derived(template, body)[name] == found


def test_the_address_of_the_worker_is_not_what_is_tampered_with() -> None:
    body = b'{"to":"https://receipts.example/r/abc","kind":"probe"}'
    changed = tampered(body, a_template(), "evt_probe_1")
    assert changed is not None
    assert json.loads(changed)["to"] == "https://receipts.example/r/abc"
    assert changed != body
