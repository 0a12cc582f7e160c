"""The template on docs/providers.md loads as it stands, and leaves nothing out that may be written in one."""

import re
from pathlib import Path
from textwrap import indent

from monitor.config import load
from monitor.config.parts import SignatureShape
from monitor.core.keys import IN_HEADERS, IN_ITEM, IN_MESSAGE
from monitor.core.providers.page import CUSTOM
from tests.config.editor import document
from tests.config.files import written

TEMPLATE = CUSTOM.partition("```yaml\n")[2].partition("```")[0]
LISTENER = "url: https://api.acme.example/hook\nsecret: ${ACME_SECRET}\n"


def test_the_template_loads_and_names_every_key(tmp_path: Path) -> None:
    text = "monitors:\n  acme:\n" + indent(LISTENER + TEMPLATE, "    ")
    (monitor,) = load(written(tmp_path, text), {"ACME_SECRET": "correct-horse-battery"}).monitors
    assert monitor.provider.id == "custom"
    assert set(document(TEMPLATE)["signature"]) == set(SignatureShape.model_fields)


def test_every_placeholder_is_explained_with_the_places_that_know_it() -> None:
    rows = re.findall(r"^\| (`\{.*?) \| (.*?) \| .* \|$", CUSTOM, re.MULTILINE)
    explained = {name: places for names, places in rows for name in re.findall(r"`\{([a-z0-9_:]+)\}`", names)}
    for name, places in explained.items():
        known = {"message": IN_MESSAGE, "item": IN_ITEM, "headers": IN_HEADERS}
        told = known if places == "all" else re.findall(r"`(\w+)`", places)
        if name != "body:path":  # any path
            assert {place for place, names in known.items() if name in names} == set(told), name
    assert set(explained) == IN_MESSAGE | IN_ITEM | IN_HEADERS | {"body:path"}
