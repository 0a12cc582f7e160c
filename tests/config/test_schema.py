"""The schema refuses what load refuses, and takes what load takes."""

from pathlib import Path

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # ships no types

from monitor.config import json_schema, load
from monitor.core.keys import needs_secret
from monitor.core.model import Check
from monitor.core.providers import PROVIDERS
from monitor.errors import ConfigError
from tests.config.editor import complaints, disagreements, document, shapes
from tests.config.files import ENVIRON, around, written


def test_it_is_a_schema_of_its_draft() -> None:
    Draft202012Validator.check_schema(json_schema())
    assert json_schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert complaints(json_schema(), []) == ["[] is not of type 'object'"]


def test_it_lists_only_what_works() -> None:
    schema = json_schema()
    assert set(schema["$defs"]["ChecksShape"]["properties"]) == {*Check} - {"malformed", "heartbeat"}
    assert schema["$defs"]["MonitorShape"]["properties"]["provider"]["anyOf"][0] == {
        "enum": sorted(PROVIDERS)
    }


def test_every_example_in_it_is_what_it_describes() -> None:
    schema = json_schema()
    for shape in shapes(schema):
        for key, field in shape["properties"].items():
            for example in field["examples"]:
                assert not complaints({**field, "$defs": schema["$defs"]}, example), (key, example)


@pytest.mark.parametrize(
    ("extra", "without"),
    [
        ("interval: 30", "-"),
        ("interval: soon", "-"),
        ("down_after: 0", "-"),
        ("down_after: many", "-"),
        ("enabled: perhaps", "-"),
        ("method: GET", "-"),
        ("connection: kept", "-"),
        ("retries: 3", "-"),
        ("url: ftp://a.example", "url"),
        ("provider: strip", "provider"),
        ("", "provider"),
        ("", "secret"),
        ("", "url"),
        ("secret: short", "secret"),
        ("secret: {fil: x}", "secret"),
        ("secret: []", "secret"),
        ("signature: {headers: {X: '{sig}'}}", "-"),
        ("signature: {hash: md5, headers: {X: '{sig}'}}", "provider"),
        ("signature: {}", "provider"),
        ("checks: {receipt: 1h}", "-"),
        ("checks: {forged: {within: 1h}}", "-"),
        ("checks: {forged: sometimes}", "-"),
        ("expect: {status: 2x}", "-"),
        ("expect: {status: 9999}", "-"),
        ("expect: {json: {}}", "-"),
        ("expect: {html: maybe}", "-"),
        ("connect_to: nowhere", "-"),
        ("notify: oncall", "notify"),
        ("tags: [a b]", "-"),
        ("headers: {a b: c}", "-"),
        ("public: {}", "-"),
        ("event: {kind: x}", "-"),
        ("tls: {verfy: true}", "-"),
        ("secret: {until: 2026-12-01}", "secret"),
        ("secret: {file: x, value: correct-horse}", "secret"),
        ("secret: [correct-horse, {value: battery-staple, until: soon}]", "secret"),
        ("volume: 120", "-"),
        ("volume: 120/y", "-"),
        ("verification: later", "-"),
        ("expect: {slow_after: 50}", "-"),
        ("expect: {slow_after: 101%}", "-"),
        ("expect: {refused: yes}", "-"),
        ("checks: {malformed: 1d}", "-"),
        ("checks: {handshake: {token: abc}}", "-"),
        ("checks: {handshake: {tokn: abcd}}", "-"),
        ("event: {content_type: json}", "-"),
        ("event: {tamper: a..b}", "-"),
        ("public: {name: x, consequences: perhaps}", "-"),
        ("signature: {headers: {X: '{sig}'}, covers: [boddy]}", "provider"),
        ("signature: {headers: {X: '{sig}'}, timestamp: 'body:at'}", "provider"),
        ("signature: {headers: {X: '{sig}'}, window: 5}", "provider"),
    ],
)
def test_it_refuses_what_load_refuses(tmp_path: Path, extra: str, without: str) -> None:
    text = around(extra, without=without)
    with pytest.raises(ConfigError):
        load(written(tmp_path, text), ENVIRON)
    assert disagreements(text)


@pytest.mark.parametrize("provider", sorted(PROVIDERS))
def test_it_asks_for_a_secret_wherever_somebody_can_sign_and_only_there(provider: str) -> None:
    needed = needs_secret(PROVIDERS[provider].scheme)
    given = f"monitors: {{m: {{url: 'https://a.example', provider: {provider}, secret: '${{SECRET}}'}}}}"
    missing = given.replace(", secret: '${SECRET}'", "")
    assert (disagreements(given) == []) is needed
    assert (disagreements(missing) == []) is not needed


@pytest.mark.parametrize(
    "text", ["site: {}", "monitors: {}", "monitors: {a b: {}}", "monitor: {}", "defaults: {url: x}"]
)
def test_it_refuses_a_file_of_another_shape(text: str) -> None:
    assert disagreements(text)


@pytest.mark.parametrize(
    "extra",
    [
        "interval: '${I}'",
        "down_after: '${N}'",
        "enabled: '${E}'",
        "connect_to: '${H}'",
        "headers: {X-Version: 2, X-Flag: true}",
        "tags: [2026]",
        "expect: {status: ['${S}', 200, 2xx], json: {a: 1, b: null, c: x, d: true}}",
        "checks: {forged: off, certificate: on, delivery: {every: 1h30m}}",
        "event: {body: [1, 2]}",
        "event: {body: text}",
        "evidence: {body: off}",
        "volume: 2.5/m",
        "verification: after_answer",
        "expect: {slow_after: 40%, refused: [400, 401]}",
        "expect: {slow_after: '${P}', refused: '${S4}'}",
        "event: {content_type: 'text/plain; charset=utf-8', tamper: type}",
        "public: {name: x, consequences: on}",
    ],
)
def test_it_takes_what_load_takes(tmp_path: Path, extra: str) -> None:
    environ = {
        **ENVIRON,
        "I": "30s",
        "N": "3",
        "E": "on",
        "H": "a.example:443",
        "S": "202",
        "S4": "403",
        "P": "1%",
    }
    text = around(extra)
    assert load(written(tmp_path, text), environ).monitors
    assert disagreements(text) == []


def test_an_editor_that_reads_yaml_1_1_agrees() -> None:
    """There `on` and `off` are booleans."""
    read = document(around("checks: {forged: x}"))
    read["monitors"]["m"]["checks"]["forged"] = False
    assert complaints(json_schema(), read) == []
