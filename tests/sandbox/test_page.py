"""The page in a real browser, where there is one: it shows messages as Discord does, and what is clicked is
told to the bot."""

import shutil
from collections.abc import AsyncIterator
from typing import Any

import discord
import pytest
from playwright import async_api as playwright

from tests.sandbox.place import Place
from tests.waiting import until

BROWSER = shutil.which("chromium")
pytestmark = [pytest.mark.skipif(BROWSER is None, reason="there is no Chromium"), pytest.mark.slow]


@pytest.fixture
async def browser() -> AsyncIterator[Any]:
    async with playwright.async_playwright() as started:
        opened = await started.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield opened
        await opened.close()


async def page_of(browser: Any, place: Place, channel: int, theme: str = "dark") -> Any:
    page = await browser.new_page()
    await page.goto(f"{place.info['discord_url']}/?as=alice&channel={channel}&theme={theme}")
    await page.wait_for_selector("#messages article")
    return page


class Pressed(discord.ui.Button[Any]):
    def __init__(self, pressed: list[str]) -> None:
        super().__init__(label="Press me", custom_id="press")
        self.pressed = pressed

    async def callback(self, interaction: discord.Interaction) -> None:
        self.pressed.append(interaction.user.name)
        await interaction.response.send_message("Thank you", ephemeral=True)


async def test_a_layout_is_drawn_and_its_section_button_pressed(
    browser: Any, ticket: discord.TextChannel, place: Place
) -> None:
    pressed: list[str] = []
    view = discord.ui.LayoutView(timeout=None)
    box: discord.ui.Container[Any] = discord.ui.Container(accent_colour=discord.Colour.red())
    box.add_item(discord.ui.Section("### A **bold** [link](https://a.example)", accessory=Pressed(pressed)))
    box.add_item(discord.ui.Separator())
    box.add_item(discord.ui.TextDisplay(">>> quoted\n```\ncode\n```"))
    await ticket.send(view=view.add_item(box))

    page = await page_of(browser, place, ticket.id)

    container = page.locator(".container.accent")
    assert await container.evaluate("it => it.style.getPropertyValue('--accent')") == "#e74c3c"
    assert await container.locator("h5 strong").inner_text() == "bold"
    assert await container.locator("a").get_attribute("href") == "https://a.example"
    assert await container.locator("blockquote pre code").inner_text() == "code"
    await container.locator(".section button").click()
    await page.wait_for_selector("article.private")
    await until(lambda: pressed == ["alice"])
    assert "Thank you" in await page.locator("article.private").inner_text()


DRAWN = {
    "**a** *b* __c__ ~~d~~": "<p><strong>a</strong> <em>b</em> <u>c</u> <s>d</s></p>",
    r"\*not\* <b>this</b>": "<p>*not* &lt;b&gt;this&lt;/b&gt;</p>",
    "`**code**`": "<p><code>**code**</code></p>",
    "-# small": "<small>small</small>",
    "# Big\n- one": '<h3>Big</h3><div class="item">• one</div>',
    "> q\nout": '<blockquote><div class="text"><p>q</p></div></blockquote><p>out</p>',
    "[x](javascript:alert(1))": "<p>[x](javascript:alert(1))</p>",
}


async def test_markdown_is_drawn_and_nothing_else(
    browser: Any, ticket: discord.TextChannel, place: Place
) -> None:
    for text in DRAWN:
        await ticket.send(text)

    page = await page_of(browser, place, ticket.id)

    await until(lambda: _count(page, len(DRAWN)))
    drawn = [await it.inner_html() for it in await page.locator("article .text:not(.text .text)").all()]
    assert drawn == [*DRAWN.values()]


async def _count(page: Any, count: int) -> bool:
    return bool(await page.locator("article").count() == count)


async def test_it_is_dark_or_light(browser: Any, ticket: discord.TextChannel, place: Place) -> None:
    await ticket.send("Hello")
    page = await page_of(browser, place, ticket.id, "light")
    colour = "() => getComputedStyle(document.body).backgroundColor"
    assert await page.evaluate(colour) == "rgb(255, 255, 255)"

    await page.get_by_role("button", name="Dark").click()

    assert await page.evaluate(colour) == "rgb(49, 51, 56)"
