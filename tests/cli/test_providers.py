"""``providers``: whose webhooks can be watched, each explained with a monitor that can be copied."""

import base64
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from monitor.core.model import Provider
from monitor.core.providers import PROVIDERS, words
from tests.cli.conftest import Call

EVERY = pytest.mark.parametrize("provider", PROVIDERS.values(), ids=PROVIDERS)
KEY = bytes(range(32))
PEM = ec.generate_private_key(ec.SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
SECRETS = {
    "utf8": "correct-horse-battery",
    "hex": KEY.hex(),
    "base64": base64.b64encode(KEY).decode(),
    "whsec": f"whsec_{base64.b64encode(KEY).decode()}",
    "whsk": f"whsk_{base64.b64encode(KEY).decode()}",
    "pem": PEM.decode(),
}  # a secret for each form of key


def snippet_in(shown: str) -> str:
    return shown.partition("In monitors.yaml\n")[2]


def test_each_is_listed_on_a_line_with_its_header_and_its_deadline(call: Call) -> None:
    ended = call("providers")
    lines = {line.split()[0]: line for line in ended.out.splitlines()[1:] if not line.startswith(" ")}
    assert ended.code == 0
    assert list(lines) == sorted(PROVIDERS)
    assert "X-GitHub-Event" not in lines["github"]
    assert re.search(r"X-Hub-Signature-256 +10 s +2xx +delivery", lines["github"])


def test_a_check_that_cannot_exist_is_a_gap_in_its_place(call: Call) -> None:
    listed = call("providers").out
    for row in PROVIDERS.values():
        line = next(line for line in listed.splitlines() if line.startswith(f"{row.id} "))
        missing = dict(words.impossible(row))
        for check in words.CHECKS:
            assert (check.value in line.split()) is (check not in missing), (row.id, check)


@pytest.mark.parametrize("columns", [80, 100, 140, 200])
def test_the_table_keeps_to_the_width_of_the_terminal(
    call: Call, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    listed = call("providers").out.splitlines()
    assert max(map(len, listed)) <= columns
    assert {line.split()[0] for line in listed if line[:1].strip()} >= set(PROVIDERS)
    shortened = [row.id for row in PROVIDERS.values() if "…" in words.proof(row.scheme)]
    assert "".join(listed).count("…") == len(shortened)


def test_where_names_have_no_room_a_legend_says_what_is_short(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    assert "de delivery, ha handshake, fo forged" in call("providers").out.replace("\n", " ")


@EVERY
def test_each_is_explained_with_all_that_is_known(call: Call, provider: Provider) -> None:
    ended = call("providers", provider.id)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith(f"{provider.title} ({provider.id})\n")
    told = " ".join(ended.out.split())
    lines = [line for _, words_ in words.facts(provider) for line in words_.splitlines()]
    for text in (*lines, provider.hint, provider.note, words.request(provider)):
        assert " ".join(text.replace("`", "").split()) in told or text in ended.out


@EVERY
def test_the_monitor_that_is_shown_is_good_as_it_stands(
    call: Call, config: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch, provider: Provider
) -> None:
    path = config(snippet_in(call("providers", provider.id).out))
    for name in re.findall(r"\$\{(\w+)\}", path.read_text()):
        form = "utf8" if name.endswith("_TOKEN") else provider.scheme.key
        monkeypatch.setenv(name, SECRETS[form])
    ended = call("validate", path)
    assert ended.code == 0, ended.err
    assert provider.id in ended.out


@pytest.mark.parametrize(
    ("asked", "hint"),
    [
        ("githb", "did you mean github?"),
        ("GitHub", "did you mean github?"),
        ("Stripe", "did you mean stripe?"),
        ("webhooks", "did you mean standard?"),
        ("nobody-has-heard-of-it", "all are listed by webhook-monitor providers"),
    ],
)
def test_an_unknown_one_is_one_sentence_with_a_way_out(call: Call, asked: str, hint: str) -> None:
    ended = call("providers", asked)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == f"✗ no provider '{asked}': {hint}\n"


def test_for_programs_there_is_one_object_a_line_and_the_same_for_one(call: Call) -> None:
    objects = [json.loads(line) for line in call("providers", "--json").out.splitlines()]
    assert [one["id"] for one in objects] == sorted(PROVIDERS)
    for one in objects:
        assert json.loads(call("providers", one["id"], "--json").out) == one
        assert not set(one["checks"]) & set(one["impossible"])
        assert {*one["checks"], *one["impossible"]} == set(words.CHECKS)
    stripe = next(one for one in objects if one["id"] == "stripe")
    assert (stripe["proof"], stripe["deadline_seconds"]) == (["Stripe-Signature"], 10)
    assert stripe["snippet"].startswith("monitors:\n  stripe:\n")
