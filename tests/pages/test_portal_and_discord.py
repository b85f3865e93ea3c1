"""A requester at the portal and staff in Discord, with the real programs as processes."""

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import FilePayload, Page, expect

from chaos.house import House, housed
from demo.play import PIXEL
from tests.pages.browser import (
    SECONDS,
    browsing,
    is_live,
    needs_browser,
    new_page,
    open_ticket,
    register,
    write,
)
from tests.waiting import until

pytestmark = [needs_browser, pytest.mark.slow]


async def test_a_requester_talks_with_staff(tmp_path: Path) -> None:
    faults: list[str] = []
    settings = {"RATE_LIMITS": "off", "ACCOUNTS": "on", "PAGES": "portal", "CLOSE_GRACE": "600"}
    async with housed(tmp_path, **settings) as house, browsing() as browser:
        page = await new_page(browser, faults)
        await register(page, house.api_url, "Casey Customer")
        number = await open_ticket(page, house.api_url, "Export is stuck")
        channel = await house.channel_of({"number": int(number)}, "alice")
        await _hear_and_answer(page, house, channel)
        await _edit_and_delete(page, house, channel)
        await _send_a_file(page, house, channel)
        await _end(page, house, channel)
    assert faults == []


def last(page: Page) -> Any:
    return page.locator(".message").last


async def in_channel(house: House, channel: str, words: str) -> dict[str, Any]:
    """The message in Discord that holds the words, once it is there."""
    found: dict[str, Any] = {}

    async def look() -> bool:
        for it in await house.somebody("alice").read(channel):
            if words in it["content"]:
                found.update(it)
        return bool(found)

    await until(look, 30)
    return found


async def _hear_and_answer(page: Page, house: House, channel: str) -> None:
    alice = house.somebody("alice")
    answer = await alice.write(channel, "Which **version** is it?")
    await expect(last(page).locator("strong").last).to_have_text("version", timeout=SECONDS)
    await expect(page.locator("#status")).to_have_text("Your turn", timeout=SECONDS)
    await alice.edit(channel, answer["id"], "Which browser is it?")
    await expect(last(page)).to_contain_text("Which browser is it?", timeout=SECONDS)
    await expect(last(page)).to_contain_text("edited")
    await last(page).locator("summary").click()
    await last(page).get_by_role("button", name="Reply").click()
    await write(page, "Firefox, of course")
    await expect(last(page).locator(".quote")).to_contain_text("Which browser is it?", timeout=SECONDS)
    there = await in_channel(house, channel, "Firefox, of course")
    assert "Which browser is it?" in str(there)


async def _edit_and_delete(page: Page, house: House, channel: str) -> None:
    await last(page).locator("summary").click()
    await last(page).get_by_role("button", name="Edit").click()
    await write(page, "Chromium, of course")
    await expect(last(page)).to_contain_text("Chromium, of course", timeout=SECONDS)
    await in_channel(house, channel, "Chromium, of course")
    await write(page, "my password is swordfish")
    await in_channel(house, channel, "swordfish")
    await last(page).locator("summary").click()
    await last(page).get_by_role("button", name="Delete").click()
    await page.get_by_role("button", name="Yes", exact=True).click()
    await expect(last(page)).to_contain_text("This message was deleted", timeout=SECONDS)

    async def is_gone() -> bool:
        return all("swordfish" not in it["content"] for it in await house.somebody("alice").read(channel))

    await until(is_gone, 30)
    slip = await house.somebody("alice").write(channel, "wrong channel, sorry")
    await expect(last(page)).to_contain_text("wrong channel", timeout=SECONDS)
    await house.somebody("alice").delete(channel, slip["id"])
    await expect(last(page)).to_contain_text("This message was deleted", timeout=SECONDS)


async def _send_a_file(page: Page, house: House, channel: str) -> None:
    file = FilePayload(name="screen.png", mimeType="image/png", buffer=PIXEL)
    await page.locator("#files").set_input_files([file])
    await expect(page.locator("#chosen")).to_contain_text("screen.png")
    await write(page, "This is how it looks")
    await expect(last(page).get_by_role("img", name="screen.png")).to_be_visible(timeout=SECONDS)
    there = await in_channel(house, channel, "This is how it looks")
    assert [it["filename"] for it in there["attachments"]] == ["screen.png"]


async def _end(page: Page, house: House, channel: str) -> None:
    guild = house.discord["guild_id"]
    await house.somebody("alice").write(channel, "It is repaired")
    await expect(last(page)).to_contain_text("It is repaired", timeout=SECONDS)
    await house.somebody("alice").command(guild, channel, "ask-close")
    await page.get_by_role("button", name="Yes, it is").click(timeout=SECONDS)
    await expect(page.locator("#status")).to_have_text("Solved", timeout=SECONDS)
    await page.get_by_role("radio", name="4 stars").check(force=True)
    await page.get_by_label("Anything to add?").fill("Quick, thank you")
    await page.get_by_role("button", name="Tell us").click()
    await expect(page.locator("#rated")).to_be_visible(timeout=SECONDS)
    await page.locator("#menu summary").click()
    async with page.expect_download() as saving:
        await page.get_by_role("button", name="Save as a page").click()
    saved = Path(await (await saving.value).path()).read_text("utf-8")
    assert "It is repaired" in saved
    assert "swordfish" not in saved
    await page.locator("#reopen").click()
    await expect(page.locator("#status")).to_have_text("Waiting for us", timeout=SECONDS)
    await page.goto(f"{house.api_url}/portal/notifications")
    await expect(page.locator("#notifications li").first).to_contain_text("Export is stuck", timeout=SECONDS)
    await page.goto(f"{house.api_url}/portal")
    await expect(page.locator("#tickets li")).to_have_count(1)
    await page.get_by_role("link", name="Export is stuck").click()
    await is_live(page)
