"""The desk's pictures: an admin of the guild has signed in with Discord, and looks around."""

from pathlib import Path
from typing import Any, Final

from demo.start import Stage

WHO: Final = "ada"
DESKTOP, PHONE = {"width": 1040, "height": 700}, {"width": 360, "height": 640}
TOPIC: Final = "Export is stuck at 97 %"


async def shoot(browser: Any, stage: Stage, theme: str, folder: Path) -> None:
    """A ticket on a desktop and on a phone, and who looked at what."""
    url = f"{stage.api_url}/desk"
    context = await browser.new_context(viewport=DESKTOP, color_scheme=theme, reduced_motion="reduce")
    page = await context.new_page()
    await page.goto(url)
    await page.get_by_role("link", name="Sign in with Discord").click()
    await page.get_by_role("button", name=WHO, exact=True).click()
    await page.get_by_role("link", name="Tickets", exact=True).click()
    await page.get_by_role("link", name=TOPIC).click()
    await page.wait_for_selector(".messages li")
    ticket = page.url
    await page.screenshot(path=folder / f"desk-{theme}.png")
    await page.get_by_role("link", name="The whole record").click()
    await page.goto(ticket)
    await page.locator("aside a").first.click()
    await page.goto(f"{url}/looks")
    await page.screenshot(path=folder / f"desk-looks-{theme}.png")
    await page.set_viewport_size(PHONE)
    await page.goto(ticket)
    await page.screenshot(path=folder / f"desk-phone-{theme}.png")
    await context.close()
