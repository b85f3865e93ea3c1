"""The portal's pictures: a requester and staff have talked, as both see it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from demo.start import PASSWORD, Stage, register

MINA: Final = ("Mina Okafor", "mina@example.test")
DESKTOP, PHONE = {"width": 1040, "height": 700}, {"width": 360, "height": 700}
TOPIC: Final = "Two invoices for October"
DESCRIPTION: Final = """We got **two** invoices for October, and both were paid:
- `INV-8841`, on the 1st
- `INV-8842`, on the 3rd"""


async def told(story: Any) -> str:
    """Mina has asked, and Alice has answered. Gives the address of the ticket's page."""
    stage: Stage = story.stage
    await register(stage.api_url, *MINA)
    login = {"email": MINA[1], "password": PASSWORD}
    async with story.session.post(f"{stage.api_url}/api/v1/accounts/login", json=login) as answer:
        token = (await answer.json())["token"]

    async def api(method: str, path: str, **body: object) -> Any:
        headers = {"Authorization": f"Bearer {token}"}
        url = f"{stage.api_url}/api/v1{path}"
        async with story.session.request(method, url, json=body, headers=headers) as answer:
            if answer.status >= 300:
                raise RuntimeError(f"{method} {path}: {answer.status} {await answer.text()}")
            return await answer.json()

    older = await api(
        "POST", "/tickets", topic="Can we pay by bank transfer?", description="We would like to."
    )
    await api("PATCH", f"/tickets/{older['id']}", status="RESOLVED")
    ticket = await api("POST", "/tickets", topic=TOPIC, description=DESCRIPTION, category="support")
    channel = await story.channel_of(ticket["number"])
    await story.command("alice", channel, "claim")
    await story.says("alice", channel, "Hello Mina, I am sorry about that. `INV-8842` should not be there.")
    path = f"/tickets/{ticket['id']}/messages"
    await api("POST", path, content="Thank you! Do we get it back, or is it for November?")
    await story.reads(channel, "is it for November?")
    await story.says("alice", channel, "You get it back: **it is on its way**, and takes three days.")
    return f"{stage.api_url}/portal/tickets/{ticket['number']}"


@asynccontextmanager
async def _signed_in(browser: Any, url: str, theme: str, viewport: Any) -> AsyncIterator[Any]:
    context = await browser.new_context(viewport=viewport, color_scheme=theme)
    page = await context.new_page()
    await page.goto(url)
    await page.get_by_label("E-mail").fill(MINA[1])
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_selector("#talk[data-ready]")
    yield page
    await context.close()


async def shoot(browser: Any, url: str, theme: str, folder: Path) -> None:
    """The conversation on a desktop, and on a phone, with the list there."""
    async with _signed_in(browser, url, theme, DESKTOP) as page:
        await page.get_by_text("it is on its way").wait_for()
        await page.screenshot(path=folder / f"portal-{theme}.png")
    async with _signed_in(browser, url, theme, PHONE) as page:
        await page.get_by_text("it is on its way").wait_for()
        await page.screenshot(path=folder / f"portal-phone-{theme}.png")
