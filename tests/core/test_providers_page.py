"""docs/providers.md leads from the table to a section for each provider, and its tables hold together."""

import re

import pytest

from monitor.core.model import Provider
from monitor.core.providers import PROVIDERS, words
from monitor.core.providers.page import page

PAGE = page()
EVERY = pytest.mark.parametrize("provider", PROVIDERS.values(), ids=PROVIDERS)


def section(provider: Provider) -> str:
    return PAGE.partition(f"\n## {provider.id}\n")[2].partition("\n## ")[0]


@EVERY
def test_the_table_leads_to_each_and_its_section_tells_what_the_row_knows(provider: Provider) -> None:
    assert len(re.findall(rf"^\| \[`{provider.id}`\]\(#{provider.id}\) \| ", PAGE, re.MULTILINE)) == 1
    told = section(provider)
    for text in (provider.title, provider.hint, provider.note.strip()):
        assert text in told
    assert f"```yaml\n{words.snippet(provider)}\n```" in told
    assert f"```http\n{words.request(provider)}\n```" in told
    for name, _ in words.facts(provider):
        assert f"\n| {name} | " in told


def test_they_stand_in_alphabetical_order() -> None:
    headings = re.findall(r"^## (\S+)$", PAGE, re.MULTILINE)
    assert headings == sorted(PROVIDERS)


def test_every_line_of_a_table_has_as_many_cells_as_its_head() -> None:
    for table in re.findall(r"(?:^\|.*\n)+", PAGE, re.MULTILINE):
        cells = {len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}
        assert len(cells) == 1, table
