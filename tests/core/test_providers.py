"""The rows: complete, harmless, and described on a page that is current."""

from pathlib import Path

import pytest

from monitor.core.model import Scheme
from monitor.core.providers import PROVIDERS, custom
from monitor.core.providers.page import page

PAGE = Path(__file__).parents[2] / "docs" / "providers.md"


def test_the_seven_are_there_under_their_own_names() -> None:
    names = {"standard", "svix", "stripe", "github", "shopify", "slack", "gitlab-token"}
    assert {name: row.id for name, row in PROVIDERS.items()} == {name: name for name in names}


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_row_says_whence_it_is_and_who_we_are(provider: str) -> None:
    row = PROVIDERS[provider]
    assert row.source
    assert "webhook-monitor" in row.user_agent
    assert row.user_agent.isascii()


@pytest.mark.parametrize("provider", PROVIDERS)
def test_no_header_is_sent_twice(provider: str) -> None:
    row = PROVIDERS[provider]
    names = [name.lower() for name, _ in (*row.headers, *row.scheme.headers)]
    assert len(names) == len(set(names))


def test_shopify_gets_the_headers_its_library_insists_on() -> None:
    row = PROVIDERS["shopify"]
    names = {name.lower() for name, _ in (*row.headers, *row.scheme.headers)}
    assert {
        "x-shopify-topic",
        "x-shopify-shop-domain",
        "x-shopify-api-version",
        "x-shopify-webhook-id",
    } <= names


def test_a_template_of_the_operators_own_brings_no_providers_headers() -> None:
    scheme = Scheme(headers=(("X-S", "{sig}"),))
    assert custom(scheme).scheme is scheme
    assert custom(scheme).headers == ()


def test_the_page_is_current() -> None:
    """Mend it with: python -m monitor.core.providers.page > docs/providers.md"""
    assert PAGE.read_text() == page()
