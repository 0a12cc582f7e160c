"""A real browser that remembers everything it complained about."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from playwright.async_api import Browser, Error, Page, async_playwright

CHROMIUM = "/usr/bin/chromium"
# Heard inside the page: a violation does not always reach the console.
LISTEN = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.violations.push(event.violatedDirective);
});
"""


@dataclass(kw_only=True)
class Visitor:
    """One page, and its complaints."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    async def all_complaints(self) -> list[str]:
        """Return console errors, uncaught errors and violations of the policy."""
        return self.complaints + list(await self.page.evaluate("window.violations"))


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Start Chromium, or skip where there is none."""
    async with async_playwright() as playwright:
        try:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        except Error as error:
            pytest.skip(f"no Chromium here: {error.message.splitlines()[0]}")
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def visitor(
    browser: Browser,
    *,
    dark: bool = False,
    width: int = 1100,
    scripts: bool = True,
    password: str | None = None,
) -> AsyncIterator[Visitor]:
    """Open an empty page. ``password`` is what this visitor types when asked for one."""
    context = await browser.new_context(
        color_scheme="dark" if dark else "light",
        viewport={"width": width, "height": 900},
        java_script_enabled=scripts,
        http_credentials={"username": "me", "password": password} if password else None,
    )
    await context.add_init_script(LISTEN)
    page = await context.new_page()
    seen = Visitor(page=page)
    page.on("console", lambda said: seen.complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    try:
        yield seen
    finally:
        await context.close()
