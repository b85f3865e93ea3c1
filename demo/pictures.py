"""Makes the pictures of the documents: real messages of a running demo, in a real browser, light and dark."""

import argparse
import asyncio
import shutil
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import aiohttp

from demo import desk_pictures, portal_pictures, widget_pictures
from demo.people import Somebody, until
from demo.start import Options, Stage, staged
from demo.tokens import mint

FOLDER: Final = Path("docs/pictures")
THEMES: Final = ("light", "dark")
SCALE: Final = 1.5
LATER: Final = 7 * 60
"""Seconds that seem to have passed since."""
WIDE, PHONE = 760, 400
"""Pixels of the page: beside the list of channels, and on a phone."""
BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome")
MISSING: Final = """The pictures need a Chromium, and there is none. On Debian or Ubuntu:
  sudo apt-get install chromium fonts-noto-core
Everything else works without it."""
AGENT: Final = {"id": "backend", "username": "Shop", "email": "shop@example.test", "role": "AGENT"}
NORA: Final = {"id": "u-4711", "username": "Nora Lindqvist", "email": "nora@example.test", "role": "CUSTOMER"}
DESCRIPTION: Final = """The nightly export stops at **97 %** since Tuesday. What I tried:
- a smaller range: the same
- another browser: the same

The log ends with
```
export 8841: waiting for lock on invoices_2026
```"""


OTHERS: Final[Mapping[str, Mapping[str, object]]] = {
    "Milan": {
        "topic": "Login loops on the tablet",
        "description": "Again and again.",
        "issue_level": "URGENT",
    },
    "Aiko": {"topic": "Can I change my plan?", "description": "To the yearly one."},
    "Sven": {"topic": "A second workspace", "description": "For our other shop."},
}


@dataclass
class Story:
    """A demo in which something has happened, and where it is to be seen."""

    stage: Stage
    session: aiohttp.ClientSession

    def somebody(self, name: str) -> Somebody:
        return Somebody(self.session, self.stage.discord["discord_url"], self.stage.discord["people"][name])

    async def api(self, who: Mapping[str, str], method: str, path: str, **body: object) -> Any:
        headers = {"Authorization": f"Bearer {mint(self.stage.jwt_secret, who)}"}
        url = f"{self.stage.api_url}/api/v1{path}"
        async with self.session.request(method, url, json=body or None, headers=headers) as answer:
            if answer.status >= 300:
                raise RuntimeError(f"{method} {path}: {answer.status} {await answer.text()}")
            return None if answer.status == 204 else await answer.json()

    async def channel_of(self, number: int) -> str:
        """The channel of a ticket, once its card is pinned."""
        guild, ada = self.stage.discord["guild_id"], self.somebody("ada")

        async def look() -> str | None:
            for it in await ada.ask("GET", f"/guilds/{guild}/channels"):
                if it["name"] == f"ticket-{number:04}":
                    read = await ada.read(it["id"])
                    return str(it["id"]) if any(message["pinned"] for message in read) else None
            return None

        return str(await until(look))

    async def command(self, who: str, channel: str, name: str, **options: str) -> None:
        await self.somebody(who).command(self.stage.discord["guild_id"], channel, name, **options)

    async def says(self, who: str, channel: str, text: str) -> None:
        """Somebody of staff writes, and it is stored."""
        written = await self.somebody(who).write(channel, text)

        async def is_marked() -> bool:
            (found,) = [it for it in await self.somebody(who).read(channel) if it["id"] == written["id"]]
            return bool(found["reactions"])

        await until(is_marked)

    async def reads(self, channel: str, text: str) -> None:
        """Wait until a text is to be read in the channel."""

        async def look() -> bool:
            return any(text in str(it) for it in await self.somebody("ada").read(channel))

        await until(look, 30)


async def told(story: Story) -> str:
    """The story of the pictures: Nora's second ticket. Gives its channel."""
    first = await story.api(
        NORA, "POST", "/tickets", topic="Invoice has the old address", description="We moved in March."
    )
    channel = await story.channel_of(first["number"])
    await story.says("alice", channel, "I have corrected it, here is the new invoice.")
    await story.command("alice", channel, "close", outcome="RESOLVED", reason="New invoice sent")
    await story.reads(story.stage.discord["transcript_channel_id"], "Invoice has the old address")
    ticket = await story.api(
        NORA,
        "POST",
        "/tickets",
        topic="Export is stuck at 97 %",
        description=DESCRIPTION,
        issue_level="CRITICAL",
        support_role="TECHNICAL",
        metadata={"Plan": "Business", "App version": "4.12.1", "Browser": "Firefox 144"},
    )
    channel = await story.channel_of(ticket["number"])
    for other in OTHERS:
        who = {
            "id": other.lower(),
            "username": other,
            "email": f"{other.lower()}@example.test",
            "role": "CUSTOMER",
        }
        await story.api(who, "POST", "/tickets", **OTHERS[other])
    for name in ("alice", "dora"):
        await story.command(name, story.stage.board_channel_id, "duty", state="on")
    user = f"/users/{NORA['id']}"
    await story.api(AGENT, "PATCH", user, note="Prefers e-mail to calls; in the office until four")
    for label in ("export", "regression"):
        await story.api(AGENT, "PUT", f"/tickets/{ticket['id']}/labels/{label}")
    await story.command("dora", channel, "claim")
    await story.reads(channel, "claimed")
    path = f"/tickets/{ticket['id']}/messages"
    await story.says(
        "dora",
        channel,
        "Hello Nora, I see the lock. It is held by last night's import, which I have stopped.",
    )
    await story.says("dora", channel, "// Import 3302 hung on a dead worker; the fix is in 4.12.2")
    await story.says(
        "dora", channel, "Could you start the export again? It should take about **two minutes**."
    )
    await story.api(
        NORA, "POST", path, content="It runs! And the total is right now: `12480.00 €`. Will it hold tonight?"
    )
    await story.reads(channel, "Will it hold tonight?")
    await story.reads(channel, "Assigned to")
    await story.reads(channel, "· began waiting")
    return channel


def _browser() -> str:
    """The path of a browser that is installed; raises SystemExit with what to do."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        raise SystemExit(MISSING)
    return found


@asynccontextmanager
async def _browsing() -> AsyncIterator[Any]:
    from playwright.async_api import async_playwright  # for the pictures alone, and large

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=_browser(), args=["--no-sandbox"])
        yield browser
        await browser.close()


@asynccontextmanager
async def _page(width: int, theme: str, url: str) -> AsyncIterator[Any]:
    """The sandbox's page without what surrounds the messages."""
    async with _browsing() as browser:
        page = await browser.new_page(
            viewport={"width": width, "height": 1600}, device_scale_factor=SCALE, bypass_csp=True
        )
        await page.route("**/sandbox/changes*", lambda it: it.abort())  # what happens meanwhile is not drawn
        await page.clock.install(time=time.time() + LATER)
        await page.goto(f"{url}&theme={theme}")
        await page.wait_for_selector("#messages article")
        style = """body { display: block; height: auto } #top, nav, #channel, footer { display: none }
            main { overflow: visible; padding: 8px 0 16px } article { margin-top: 12px; padding-right: 16px }
            article:hover { background: none } .own { display: none }"""
        await page.add_style_tag(content=style)
        yield page


async def _shoot(page: Any, name: str, articles: str) -> None:
    """A picture of the articles that the expression chooses among all."""
    await page.evaluate(
        f"""() => {{ const all = [...document.querySelectorAll("#messages article")];
            const kept = new Set(({articles})(all)); all.forEach((it) => {{ it.hidden = !kept.has(it);
            it.style.display = kept.has(it) ? "" : "none"; }}); }}"""
    )
    await page.locator("#messages").screenshot(path=FOLDER / f"{name}.png")
    await page.evaluate(
        """() => document.querySelectorAll("#messages article").forEach((it) => { it.style.display = ""; })"""
    )


CARD = "(all) => all.filter((it) => it.querySelector('.container.accent'))"
TALK = "(all) => all.slice(all.findIndex((it) => /Hello Nora/.test(it.textContent)))"
LAST = "(all) => all.slice(-1)"


async def _ticket(address: str, channel: str, theme: str) -> None:
    url = f"{address}/?as=ada&channel={channel}"
    async with _page(WIDE, theme, url) as page:
        await _shoot(page, f"card-{theme}", CARD)
        await page.get_by_role("button", name="More", exact=True).click()
        await page.wait_for_selector("article.private")
        await _shoot(page, f"more-{theme}", LAST)
    async with _page(WIDE, theme, f"{address}/?as=dora&channel={channel}") as page:
        await _shoot(page, f"conversation-{theme}", TALK)
    async with _page(PHONE, theme, url) as page:
        await _shoot(page, f"card-phone-{theme}", CARD)


async def _panel_and_form(address: str, lobby: str, theme: str) -> None:
    """What somebody who is no staff sees."""
    async with _page(WIDE, theme, f"{address}/?as=otto&channel={lobby}") as page:
        await _shoot(page, f"panel-{theme}", LAST)
        await page.get_by_role("button", name="Bug").click()
        await page.wait_for_selector("dialog[open]")
        await page.locator("dialog").screenshot(path=FOLDER / f"modal-{theme}.png")


async def _panel(story: Story) -> str:
    """The panel in the lobby, where everybody sees it. Gives the lobby."""
    guild, ada = story.stage.discord["guild_id"], story.somebody("ada")
    channels = await ada.ask("GET", f"/guilds/{guild}/channels")
    lobby = next(str(it["id"]) for it in channels if it["name"] == "lobby")
    await story.command("ada", lobby, "panel")

    async def is_there() -> bool:
        return any(it["components"] for it in await ada.read(lobby))

    await until(is_there)
    return lobby


async def _make(only: Sequence[str]) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    async with staged(Options()) as stage, aiohttp.ClientSession() as session:
        story = Story(stage, session)
        channel = await told(story)
        address = stage.discord["discord_url"]
        transcripts = f"{address}/?as=ada&channel={stage.discord['transcript_channel_id']}"
        lobby = await _panel(story)
        portal = await portal_pictures.told(story)
        async with _browsing() as browser:
            await widget_pictures.shoot(story, browser, only, FOLDER)
        for theme in only:
            async with _page(WIDE, theme, f"{address}/?as=dora&channel={stage.board_channel_id}") as page:
                await _shoot(page, f"board-{theme}", LAST)
            await _panel_and_form(address, lobby, theme)
            await _ticket(address, channel, theme)
            async with _browsing() as browser:
                await portal_pictures.shoot(browser, portal, theme, FOLDER)
                await desk_pictures.shoot(browser, stage, theme, FOLDER)
            async with _page(WIDE, theme, transcripts) as page:
                await _shoot(
                    page,
                    f"transcript-{theme}",
                    "(all) => all.filter((it) => it.querySelector('.embed')).slice(0, 1)",
                )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--theme", choices=THEMES, action="append", help="only this one")
    chosen = parser.parse_args()
    _browser()
    asyncio.run(_make(chosen.theme or THEMES))
    sizes = sorted((it.stat().st_size, it.name) for it in FOLDER.glob("*.png"))
    print(f"{len(sizes)} pictures in {FOLDER}, {sum(it for it, _ in sizes) // 1024} kB", file=sys.stderr)


if __name__ == "__main__":
    main()
