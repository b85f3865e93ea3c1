"""The widget's pictures: on the example shop's page, where a customer and staff talk."""

from pathlib import Path
from typing import Any, Final

from demo.shop import shop

PHONE: Final = {"width": 360, "height": 720}
CUSTOMER: Final = "Ines Brandt"
TOPIC: Final = "My fern drops its leaves"


async def shoot(story: Any, browser: Any, themes: Any, folder: Path) -> None:
    """The conversation on a phone; in each theme it is one more."""
    stage = story.stage
    async with shop(stage.api_url, stage.jwt_secret, stage.shop_port, stage.data_dir) as url:
        for theme in themes if url else ():
            context = await browser.new_context(viewport=PHONE, color_scheme=theme)
            page = await context.new_page()
            await page.goto(str(url))
            await page.get_by_label("Your name").fill(f"{CUSTOMER} {theme}")
            async with page.expect_response("**/my/token"):
                await page.get_by_role("button", name="Sign in").click()
            await _talked(story, page)
            await page.screenshot(path=folder / f"widget-phone-{theme}.png")
            await context.close()


async def _talked(story: Any, page: Any) -> None:
    """The customer has asked, and Alice has answered."""
    frame = page.frame_locator("guildesk-widget iframe")
    await page.locator("guildesk-widget > button").click()
    await frame.get_by_role("button", name="Ask a question").click()
    await frame.get_by_label("In a few words").fill(TOPIC)
    await frame.get_by_label("What can we do for you?").fill("Since Tuesday. I water it **every day**.")
    await frame.get_by_role("button", name="Send", exact=True).click()
    await frame.get_by_label("Write a message").wait_for()
    number = (await frame.locator("h1 small").inner_text()).split()[0].removeprefix("#")
    channel = await story.channel_of(int(number))
    await story.says(
        "alice", channel, "Every day is a lot for a fern: let the soil dry out first. Then `200 ml` a week."
    )
    await frame.get_by_text("is a lot for a fern").wait_for()
    await frame.get_by_label("Write a message").fill("That explains the smell. Is it too late?")
    await frame.get_by_label("Write a message").press("Enter")
    await story.reads(channel, "That explains the smell")
    await story.says("alice", channel, "Not at all, ferns **forgive**.")
    await frame.get_by_text("Not at all").wait_for()
