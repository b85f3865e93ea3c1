"""A real browser, people who use it, and what looks for faults that keep people out."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.docs.pages import ROOT
from tests.pages.site import PASSWORD

CHROMIUM: Final = shutil.which("chromium")
AXE: Final = ROOT / "tests/axe/node_modules/axe-core/axe.min.js"
needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium")
PHONE: Final = {"width": 360, "height": 740}
DESKTOP: Final = {"width": 1280, "height": 800}
SECONDS: Final = 30_000


@asynccontextmanager
async def browsing() -> AsyncIterator[Browser]:
    async with async_playwright() as started:
        opened = await started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        await opened.close()


async def new_page(browser: Any, faults: list[str], **options: Any) -> Page:
    """A page of a new person, or of one whose context is given. What goes wrong in it is in ``faults``."""
    context = await browser.new_context(**options) if isinstance(browser, Browser) else browser
    page: Page = await context.new_page()
    page.set_default_timeout(SECONDS)
    page.on("pageerror", lambda it: faults.append(f"{it}\n{it.stack}"))
    page.on("console", lambda it: faults.extend([it.text] if "Content Security" in it.text else []))
    return page


async def register(page: Page, url: str, name: str = "Casey", email: str = "casey@example.test") -> None:
    await page.goto(f"{url}/portal/register")
    await page.get_by_label("Your name").fill(name)
    await page.get_by_label("E-mail").fill(email)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Create an account").click()
    await page.wait_for_url("**/portal")


async def open_ticket(page: Page, url: str, topic: str = "It is broken") -> str:
    """By the form; gives its number."""
    await page.goto(f"{url}/portal/new/support")
    await page.get_by_label("In a few words").fill(topic)
    await page.get_by_label("What happened?").fill("Really, it **is**.")
    await page.get_by_role("button", name="Send").click()
    await page.wait_for_url("**/portal/tickets/*")
    await is_live(page)
    return page.url.rpartition("/")[2]


async def is_live(page: Page) -> None:
    await expect(page.locator("#talk[data-ready]")).to_be_visible(timeout=SECONDS)


async def write(page: Page, text: str) -> None:
    await page.get_by_label("Write to us").fill(text)
    await page.get_by_label("Write to us").press("Enter")


async def texts(page: Page) -> list[str]:
    """What the messages say, in order."""
    return [it.strip() for it in await page.locator(".message .said").all_inner_texts()]


async def keeps_nobody_out(page: Page) -> None:
    """axe finds nothing, on a light desktop and on a dark phone; nothing is wider than the phone."""
    if not AXE.exists():
        pytest.skip("axe-core is missing: run make client")
    await page.evaluate(f"{AXE.read_text('utf-8')};0")
    for scheme, size in (("light", DESKTOP), ("dark", PHONE)):
        await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        await page.set_viewport_size(size)  # type: ignore[arg-type]
        found = await page.evaluate(
            """async () => { const { violations, passes } = await axe.run(document);
                const html = (it) => it.nodes.map((node) => node.html.slice(0, 200));
                return [passes.length, violations.map((it) => [it.id, it.help, html(it)])]; }"""
        )
        assert found[0] > 10
        assert found[1] == [], (page.url, scheme, size)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
