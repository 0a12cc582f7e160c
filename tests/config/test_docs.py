"""The reference is true: every example loads, every key is explained, and the schema agrees."""

import json
import re
import shutil
from pathlib import Path
from textwrap import indent

import pytest
import trustme

from monitor.config import json_schema, load, settings_from
from monitor.config.settings import PREFIX, Settings
from tests.config.editor import disagreements, document, shapes
from tests.config.files import written

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
SECTIONS = {"site", "receipts", "notifiers", "own_network", "defaults", "monitors"}
LISTENER = {
    "url": "https://api.acme.example/hook",
    "provider": "stripe",
    "secret": '"${STRIPE_WEBHOOK_SECRET}"',
}
ENVIRON = {name: "slack://T1/B2/c3" if name == "SLACK_URL" else f"value-of-{name}"
           for name in re.findall(r"\$\{([A-Z_]+)\}", PAGE)}  # fmt: skip


def keys_of(example: str) -> set[str]:
    return set(document(example))


def whole(example: str) -> str:
    """Return an example as a whole file: what it leaves out is put round it."""
    keys = keys_of(example)
    if "monitors" in keys:
        return example
    given = keys | ({"provider"} if "signature" in keys else set())
    missing = "".join(f"{key}: {value}\n" for key, value in LISTENER.items() if key not in given)
    if keys <= SECTIONS:
        return f"{example}monitors:\n  m:\n" + indent(missing, "    ")
    return "monitors:\n  m:\n" + indent(missing + example, "    ")


@pytest.fixture
def furnished(tmp_path: Path) -> Path:
    """A directory with the files that the examples name."""
    for name in ("secrets/orders", "secrets/stripe", "secrets/stripe-older"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"correct-horse-{name}\n")
    (tmp_path / "events").mkdir()
    (tmp_path / "events" / "ping.json").write_text('{"id": "{id}"}')
    authority = trustme.CA()
    ours = authority.issue_cert("client.example")
    (tmp_path / "tls").mkdir()
    authority.cert_pem.write_to_path(tmp_path / "tls" / "ca.pem")
    ours.cert_chain_pems[0].write_to_path(tmp_path / "tls" / "client.pem")
    ours.private_key_pem.write_to_path(tmp_path / "tls" / "client.key")
    return tmp_path


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_loads_and_keeps_to_the_schema(furnished: Path, example: str) -> None:
    text = whole(example)
    assert load(written(furnished, text), ENVIRON).monitors
    assert disagreements(text) == []


def test_the_shipped_file_loads_and_keeps_to_the_schema(tmp_path: Path) -> None:
    text = (ROOT / "monitors.yaml").read_text(encoding="utf-8")
    for name in re.findall(r"\{file: ([^}]+)\}", text):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("whsec_Y29ycmVjdC1ob3JzZS1iYXR0ZXJ5LXN0YXBsZQ==")
    shutil.copy(ROOT / "monitors.yaml", tmp_path)
    assert load(tmp_path / "monitors.yaml", {}).monitors
    assert disagreements(text) == []


def test_every_key_is_explained_in_the_reference_and_in_the_schema() -> None:
    for shape in shapes(json_schema()):
        for key, field in shape["properties"].items():
            assert field["description"], key
            assert field["examples"], key
            if key not in SECTIONS:
                assert f"| `{key}` |" in PAGE, f"{key} has no line in docs/configuration.md"
            else:
                assert f"## {key}" in PAGE


def test_every_setting_is_explained_in_the_reference() -> None:
    defaults = settings_from().model_dump()
    for name in Settings.model_fields:
        assert f"`{PREFIX}{name.upper()}`" in PAGE
        if defaults[name] is not None:
            shown = str(defaults[name]).lower() if isinstance(defaults[name], bool) else defaults[name]
            assert re.search(rf"`{PREFIX}{name.upper()}` \| `{re.escape(str(shown))}` \|", PAGE)


def test_every_link_of_the_reference_leads_somewhere() -> None:
    headings = {heading.lower().replace(" ", "-") for heading in re.findall(r"^#+ (.*)$", PAGE, re.MULTILINE)}
    for target in re.findall(r"\]\(([^)]+)\)", PAGE):
        if target.startswith("#"):
            assert target[1:] in headings
        elif not target.startswith("http"):
            assert (ROOT / "docs" / target.partition("#")[0]).exists()


def test_the_schema_in_the_repository_is_the_one_the_code_makes() -> None:
    kept = (ROOT / "monitors.schema.json").read_text(encoding="utf-8")
    made = json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"
    assert kept == made, "run: webhook-monitor schema monitors.schema.json"
