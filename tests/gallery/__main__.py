"""Draw docs/images/alerts: each example as Slack shows it, beside the mail; one mail in the dark, too."""

import asyncio
import html
import io
import sys
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

from PIL import Image
from playwright.async_api import Browser, async_playwright

from monitor.core.alert import examples
from monitor.core.alert.examples import ACME
from monitor.notify.dress import Dress, as_slack
from tests.gallery import slack

PICTURES = Path(__file__).parents[2] / "docs" / "images" / "alerts"
BERLIN = replace(ACME, zone=ZoneInfo("Europe/Berlin"))
WIDTH = 660  # of one of the two
COLOURS = 64  # enough for text on plain ground; a third of the bytes
SIDE_BY_SIDE = (
    """<body style="margin:0;display:flex;align-items:flex-start;background:#fff">{frames}</body>"""
)
FRAME = '<iframe srcdoc="{page}" style="border:0;width:{width}px;height:{height}px"></iframe>'


async def draw() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    dress = Dress(BERLIN, {})
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for name, example in examples(BERLIN).items():
            if sys.argv[1:] and name not in sys.argv[1:]:
                continue
            told = dress.on(example.message, "oncall")
            mail = told.words("mail.html")
            await _shoot(browser, name, slack.page(as_slack(told)[0]), mail)
            if name == "outage":
                await _shoot(browser, "dark", mail, dark=True)
        await browser.close()


async def _shoot(browser: Browser, name: str, *pages: str, dark: bool = False) -> None:
    heights = [await _height(browser, page) for page in pages]
    frames = "".join(FRAME.format(page=html.escape(page), width=WIDTH, height=max(heights)) for page in pages)
    tab = await browser.new_page(
        viewport={"width": WIDTH * len(pages), "height": max(heights)},
        color_scheme="dark" if dark else "light",
    )
    await tab.set_content(SIDE_BY_SIDE.format(frames=frames))
    picture = Image.open(io.BytesIO(await tab.screenshot())).convert("RGB")
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(PICTURES / f"{name}.png", optimize=True)
    await tab.close()


async def _height(browser: Browser, page: str) -> int:
    tab = await browser.new_page(viewport={"width": WIDTH, "height": 10})
    await tab.set_content(page)
    height: int = await tab.evaluate("document.documentElement.scrollHeight")
    await tab.close()
    return height


asyncio.run(draw())
