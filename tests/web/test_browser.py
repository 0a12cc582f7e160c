"""The page in a real browser: no complaint, in light and dark, with and without scripts."""

from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.async_api import Browser

from monitor.core.model import Secret
from monitor.web import operator_app, public_app
from tests.web.browser import chromium, visitor
from tests.web.scenes import a_busy_stage
from tests.web.serving import served

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """One event loop for all, so that they can share a browser."""
    return "asyncio"


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as started:
        yield started


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1100, 390])
async def test_the_page_is_shown_without_a_complaint(
    browser: Browser, tmp_path: Path, *, dark: bool, width: int
) -> None:
    async with (
        served(public_app(a_busy_stage().house())) as base,
        visitor(browser, dark=dark, width=width) as seen,
    ):
        await seen.page.goto(base, wait_until="networkidle")
        picture = await seen.page.screenshot(path=tmp_path / "page.png", full_page=True)
        assert await seen.all_complaints() == []
        assert picture.startswith(b"\x89PNG")
        room, needed = await seen.page.evaluate("[innerWidth, document.documentElement.scrollWidth]")
        assert needed <= room  # nothing sticks out to the side
        backdrop = await seen.page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (backdrop == "rgb(14, 17, 22)") is dark


async def test_the_page_says_everything_without_scripts(browser: Browser) -> None:
    async with (
        served(public_app(a_busy_stage().house())) as base,
        visitor(browser, scripts=False) as seen,
    ):
        await seen.page.goto(base)
        shown = await seen.page.inner_text("body")
        assert "Partial System Outage" in shown
        assert "Payments is down" in shown


async def test_a_screen_reader_finds_landmarks_headings_and_words_for_every_picture(browser: Browser) -> None:
    async with (
        served(public_app(a_busy_stage().house())) as base,
        visitor(browser) as seen,
    ):
        await seen.page.goto(base)
        for landmark in ("header", "main", "footer"):
            assert await seen.page.locator(landmark).count() == 1
        levels = await seen.page.evaluate(
            "[...document.querySelectorAll('h1,h2,h3')].map(h => +h.tagName[1])"
        )
        assert levels.count(1) == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))
        pictures = await seen.page.locator("svg[role=img]").all()
        assert len(pictures) == 6
        for picture in pictures:
            assert (await picture.get_attribute("aria-label") or "").startswith("The last 90 days")
        bare = "[...document.querySelectorAll('svg:not([role=img])')].filter(s => !s.ariaHidden).length"
        assert await seen.page.evaluate(bare) == 0


CONTRAST = """
() => {
  const light = (rgb) => {
    const [r, g, b] = rgb.map((v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const rgb = (colour, under = [255, 255, 255]) => {  // whatever CSS can say, as three numbers
    canvas.fillStyle = `rgb(${under})`; canvas.fillRect(0, 0, 1, 1);
    canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const behind = (element) => {
    const chain = [];
    for (let e = element; e; e = e.parentElement) chain.unshift(getComputedStyle(e).backgroundColor);
    return chain.reduce((under, colour) => rgb(colour, under), [255, 255, 255]);
  };
  const faint = [];
  for (const element of document.querySelectorAll("h1,h2,h3,p,span,summary,li,a,strong,dt,dd,code")) {
    if (!element.innerText?.trim() || element.closest("svg") || !element.checkVisibility()) continue;
    const under = behind(element);
    const [a, b] = [light(rgb(getComputedStyle(element).color)), light(under)].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) faint.push(`${element.innerText.trim().slice(0, 30)} ${ratio.toFixed(2)}`);
  }
  return faint;
}
"""


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_every_word_stands_out_from_its_ground(browser: Browser, *, dark: bool) -> None:
    stage = a_busy_stage()
    async with (
        served(public_app(stage.house())) as page,
        served(operator_app(stage.house(), token=None)) as operator,
        visitor(browser, dark=dark) as seen,
    ):
        for address in (page, f"{operator}/docs"):
            await seen.page.goto(address)
            assert await seen.page.evaluate(CONTRAST) == []


async def test_an_open_page_keeps_itself_true_and_says_when_it_cannot(browser: Browser) -> None:
    stage = a_busy_stage()
    async with visitor(browser) as seen:
        async with served(public_app(stage.house())) as base:
            await seen.page.clock.install()
            await seen.page.goto(base)
            await seen.page.locator("details").first.evaluate("d => d.open = true")
            for key in list(stage.incidents):
                del stage.incidents[key]
            stage.now = stage.now.replace(second=5)
            async with seen.page.expect_response(base + "/"):
                await seen.page.clock.fast_forward(31_000)
            await seen.page.get_by_text("Payments is down").wait_for(state="detached")
            assert await seen.page.locator("details").first.evaluate("d => d.open")
            assert await seen.all_complaints() == []
        await seen.page.clock.fast_forward(31_000)
        await seen.page.get_by_text("could not be refreshed since").wait_for()


async def test_the_docs_are_shown_without_a_complaint(browser: Browser) -> None:
    async with (
        served(operator_app(a_busy_stage().house(), token=None)) as base,
        visitor(browser) as seen,
    ):
        await seen.page.goto(base, wait_until="networkidle")  # the root leads to the docs
        assert seen.page.url == f"{base}/docs"
        await seen.page.get_by_role("link", name="Latency of a monitor").first.click()
        assert (
            "p99_seconds" in await seen.page.inner_text("main") or await seen.page.get_by_text("p99").count()
        )
        assert await seen.all_complaints() == []


async def test_the_docs_open_for_who_types_the_token_as_a_password() -> None:
    async with (
        served(operator_app(a_busy_stage().house(), token=Secret("open-sesame-please"))) as base,
        chromium() as browser,
        visitor(browser, password="open-sesame-please") as seen,
    ):
        answer = await seen.page.goto(f"{base}/docs", wait_until="networkidle")
        assert answer is not None
        assert answer.status == 200
        assert await seen.all_complaints() == []
