"""The desk in a real browser: a ticket that is open shows what happens, and keeps what somebody writes."""

from playwright.async_api import Page, expect

from tests.api.stage import token
from tests.pages.browser import (
    DESKTOP,
    SECONDS,
    browsing,
    keeps_nobody_out,
    needs_browser,
    new_page,
)
from tests.pages.site import sited
from tests.pages.test_desk_house import HOSTILE, MALLORY, filled
from tickets.desks.ticket_desk import Said
from tickets.ports.store import Store

pytestmark = needs_browser


async def is_covered(page: Page) -> bool:
    """Whether the spoiler is of one colour."""
    colours = "it => [getComputedStyle(it).color, getComputedStyle(it).backgroundColor]"
    text, ground = await page.locator(".spoiler").evaluate(colours)
    return bool(text == ground)


async def test_a_ticket_is_live_works_by_keyboard_and_loads_nothing_from_elsewhere(store: Store) -> None:
    faults: list[str] = []
    asked: list[str] = []
    async with sited(store) as site, browsing() as browser:
        number = await filled(store, site)
        page = await new_page(browser, faults, viewport=DESKTOP, reduced_motion="reduce")
        page.on("request", lambda it: asked.append(it.url))
        await page.goto(f"{site.url}/desk/tickets/{number}")
        await page.get_by_text("Sign in with a staff token").click()
        await page.get_by_label("Token").fill(token("root", role="ADMIN"))
        await page.keyboard.press("Enter")
        await page.wait_for_url(f"**/desk/tickets/{number}")

        await page.get_by_label("Your answer").fill("I am still wri")
        await site.desk.post(MALLORY, number, Said(f"# Large\nAnd now? ||secret|| {HOSTILE}"))
        await expect(page.get_by_text("And now?")).to_be_visible(timeout=SECONDS)
        assert await is_covered(page)
        await page.locator(".spoiler").hover()
        assert not await is_covered(page)
        large, usual = [page.locator(it) for it in (".said .big1", ".said p:not([class])")]
        sizes = [
            await it.last.evaluate("it => parseFloat(getComputedStyle(it).fontSize)") for it in (large, usual)
        ]
        assert sizes[0] > sizes[1]
        await expect(page.get_by_label("Your answer")).to_have_value("I am still wri")
        await expect(page.get_by_label("Your answer")).to_be_focused()
        await page.keyboard.type("ting")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.locator(".message.mine .said").last).to_have_text("I am still writing")

        for path in (
            f"tickets/{number}",
            "users/default/mallory",
            "agents",
            "looks",
            "webhooks/wh_1",
            "canned",
        ):
            await page.goto(f"{site.url}/desk/{path}")
            await keeps_nobody_out(page)
    assert faults == []
    assert [it for it in asked if not it.startswith((site.url, "data:"))] == []
