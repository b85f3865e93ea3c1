"""The portal in a real browser: what requesters do, and what networks do to them."""

import asyncio
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from playwright.async_api import Page, Route, expect

from tests.pages.browser import (
    DESKTOP,
    PHONE,
    SECONDS,
    browsing,
    is_live,
    keeps_nobody_out,
    needs_browser,
    new_page,
    open_ticket,
    register,
    texts,
    write,
)
from tests.pages.site import PASSWORD, Site, sited
from tests.waiting import until
from tickets.ports.lists import TicketFilter
from tickets.ports.signals import Noted
from tickets.ports.store import Store
from tickets.ports.users import Block
from transcripts.markdown import to_html

pytestmark = needs_browser
HOSTILE = "<img src=x onerror='window.pwned=1'> [x](javascript:window.pwned=2) **b** `<i>` javascript:a(1)"

WRITTEN = (
    "# One\n## Two\n### **Three**\n#### no size\n#none\n-# small",
    "a  b\n  c\td   e",
    "a\n\nb\n\n\n\nc",
    "- one\n- two  **b**\n  - deeper\n- three\ntext",
    "3. three\n4. four\n\n* star",
    "> quoted\n> again\nnot",
    "said\n>>> all\nof it",
    "```py\nif  a:\n    b\n```\nbehind",
    "`code  with`  gap  ||psst|| ~~gone~~ __under__ _it_ *it*",
    "[words](https://example.org/a) [example.org](https://example.org) https://example.org/b.",
    r"\*no\* \# no \_x\_",
    "# [w](https://example.org) and  more",
    "> # big\n> - x\n\n**a\nb** <https://example.org>  \n  c",
)
LIVE = """async (written) => {
  const url = performance.getEntriesByType("resource").find((it) => it.name.includes("/markdown.")).name;
  const { said } = await import(url);
  const made = document.createElement("div");
  made.append(said(written));
  return made.innerHTML;
}"""
"""How a script writes what somebody has written."""


class Outline(HTMLParser):
    """What is shown of a text: elements and words, without what only scripts and styles need."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.shown = ""
        self._open: list[str] = []
        self.feed(html)
        self.shown = re.sub(r"(</?(?:p|ul|ol|li|blockquote|br)[^>]*>|</pre>)\n+", r"\1", self.shown)
        self.shown = re.sub(r"\n+(</?(?:p|ul|ol|li|blockquote)[^>]*>)", r"\1", self.shown)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = " ".join(f"{it[1]}" for it in sorted(attrs) if it[0] in ("class", "value", "href"))
        name = "" if (tag, told) == ("span", "") else f"{tag} {told}"
        self.shown += name and f"<{name}>"
        if tag != "br":
            self._open.append(name and f"</{tag}>")

    def handle_endtag(self, tag: str) -> None:
        self.shown += self._open.pop()

    def handle_data(self, data: str) -> None:
        self.shown += data


PLACES = """(element) => {
  const text = document.createTreeWalker(element, NodeFilter.SHOW_TEXT).nextNode();
  return [0, text.length - 1].map((at) => {
    const range = document.createRange();
    range.setStart(text, at);
    range.setEnd(text, at + 1);
    return range.getBoundingClientRect().left;
  });
}"""
"""Where the first and the last character are drawn."""


async def stored(site: Site, number: str) -> list[str]:
    """What the store has of the ticket's messages."""
    (ticket,) = [it for it in await site.store.views.tickets(TicketFilter()) if it.number == int(number)]
    return [it.content for it in await site.store.views.messages(ticket.id)]


async def test_what_is_written_without_a_connection_is_sent_once_and_in_order(store: Store) -> None:
    faults: list[str] = []
    async with sited(store) as site, browsing() as browser:
        page = await new_page(browser, faults)
        await register(page, site.url)
        number = await open_ticket(page, site.url)
        await page.context.set_offline(True)
        await write(page, "one")
        await write(page, "two")
        await expect(page.locator(".pending .state").last).to_have_text("Waits for the connection")
        await expect(page.locator("#line")).to_contain_text("No connection")
        assert await stored(site, number) == []

        await page.context.set_offline(False)
        await expect(page.locator(".pending")).to_have_count(0, timeout=SECONDS)
        await _cut_after_arrival(page)
        await write(page, "three")  # arrives, and its answer does not
        await expect(page.locator(".message:not(.pending)")).to_have_count(3, timeout=SECONDS)
        other = await new_page(page.context, faults)
        await other.goto(page.url)
        await is_live(other)
        await write(other, "four, from another tab")
        await expect(page.locator(".message:not(.pending)")).to_have_count(4, timeout=SECONDS)
        said, there = await texts(page), await texts(other)

        assert said == there == ["one", "two", "three", "four, from another tab"]
        assert await stored(site, number) == said
    assert faults == []


async def _cut_after_arrival(page: Page) -> None:
    """Once, a message reaches the server, and the connection breaks before its answer."""
    cut: list[Route] = []

    async def cutting(route: Route) -> None:
        if route.request.method == "POST" and not cut:
            cut.append(route)
            await route.fetch()
            await route.abort()
        else:
            await route.continue_()

    await page.route("**/messages", cutting)


@pytest.mark.slow
async def test_a_new_ticket_waits_for_the_connection_too(store: Store) -> None:
    faults: list[str] = []
    async with sited(store) as site, browsing() as browser:
        page = await new_page(browser, faults)
        await register(page, site.url)
        await page.goto(f"{site.url}/portal/new/support")
        await page.wait_for_load_state("networkidle")
        await page.context.set_offline(True)
        await page.get_by_label("In a few words").fill("In a tunnel")
        await page.get_by_label("What happened?").fill("No light.")
        await page.get_by_role("button", name="Send").click()
        await expect(page.locator("#kept")).to_be_visible(timeout=SECONDS)
        await page.context.set_offline(False)
        await page.wait_for_url("**/portal/tickets/*")

        await expect(page.get_by_role("heading", name="In a tunnel")).to_be_visible()
        await page.go_back()
        await expect(page.get_by_label("What happened?")).to_have_value("")
        await page.goto(f"{site.url}/portal")
        await expect(page.locator("#tickets li")).to_have_count(1)
    assert faults == []


@pytest.mark.slow
async def test_a_token_that_ended_is_renewed_and_an_ended_session_loses_no_word(store: Store) -> None:
    faults: list[str] = []
    async with sited(store) as site, browsing() as browser:
        page = await new_page(browser, faults)
        await register(page, site.url)
        number = await open_ticket(page, site.url)
        site.clock.ahead += 20 * 60
        await write(page, "after twenty minutes")
        await expect(page.locator(".pending")).to_have_count(0, timeout=SECONDS)

        other = await new_page(page.context, faults)
        await other.goto(f"{site.url}/portal/account")
        await other.get_by_role("button", name="Sign out", exact=True).click()
        await other.wait_for_url("**/portal/login*")
        site.clock.ahead += 20 * 60
        await write(page, "nobody is signed in")
        await expect(page.locator("#line")).to_contain_text("You are signed out", timeout=SECONDS)
        await register(other, site.url, "Mallory", "mallory@example.test")
        await page.reload()
        assert "Mallory" not in str(await stored(site, number))
        assert len(await stored(site, number)) == 1

        await other.goto(f"{site.url}/portal/account")
        await other.get_by_role("button", name="Sign out", exact=True).click()
        await other.get_by_label("E-mail").fill("casey@example.test")
        await other.get_by_label("Password").fill(PASSWORD)
        await other.get_by_role("button", name="Sign in").click()
        await other.wait_for_url("**/portal")

        async def is_there() -> bool:
            return await stored(site, number) == ["after twenty minutes", "nobody is signed in"]

        await until(is_there, 30)
    assert faults == []


@pytest.mark.slow
async def test_who_signs_in_again_in_another_tab_goes_on_in_this_one(store: Store) -> None:
    faults: list[str] = []
    async with sited(store) as site, browsing() as browser:
        page = await new_page(browser, faults)
        await register(page, site.url)
        other = await new_page(page.context, faults)
        await page.goto(f"{site.url}/portal/new/support")
        await page.wait_for_load_state("networkidle")
        await other.goto(f"{site.url}/portal/account")
        await other.get_by_role("button", name="Sign out", exact=True).click()
        await other.wait_for_url("**/portal/login*")
        await page.get_by_label("In a few words").fill("Signed out meanwhile")
        await page.get_by_label("What happened?").fill("In another tab.")
        await page.get_by_role("button", name="Send").click()
        await expect(page.locator("#line")).to_contain_text("You are signed out", timeout=SECONDS)
        await expect(page.locator("#kept")).to_contain_text(
            "as soon as there is a connection and you are signed in"
        )

        await other.get_by_label("E-mail").fill("casey@example.test")
        await other.get_by_label("Password").fill(PASSWORD)
        await other.get_by_role("button", name="Sign in").click()
        await other.wait_for_url("**/portal")
        await page.evaluate("dispatchEvent(new Event('focus'))")

        await page.wait_for_url(re.compile(r"/portal(/tickets/1)?$"))  # whichever tab sends it
        await other.goto(f"{site.url}/portal")
        await expect(other.locator("#tickets li")).to_have_count(1)
    assert faults == []


@pytest.mark.slow
async def test_what_is_written_before_the_scripts_have_come_stays(store: Store) -> None:
    faults: list[str] = []
    arrive = asyncio.Event()

    async def slowly(route: Route) -> None:
        await arrive.wait()
        await route.continue_()

    async with sited(store) as site, browsing() as browser:
        page = await new_page(browser, faults)
        await register(page, site.url)
        await page.route(re.compile(r"/portal/(new|ticket)\.js"), slowly)
        form = f"{site.url}/portal/new/support"
        await page.goto(form, wait_until="commit")
        await page.get_by_label("What happened?").fill("The line is slow.")
        await page.get_by_label("In a few words").fill("Slow")
        await page.get_by_label("In a few words").press("Enter")
        await expect(page.get_by_role("button", name="Send")).to_be_disabled()
        assert page.url == form
        arrive.set()
        await page.get_by_role("button", name="Send").click()
        await page.wait_for_url("**/portal/tickets/*")
        await is_live(page)

        arrive.clear()
        await page.goto(page.url, wait_until="commit")
        await page.get_by_label("Write to us").fill("Begun early")
        arrive.set()
        await is_live(page)
        await page.get_by_role("button", name="Send").click()

        await expect(page.locator(".message:not(.pending) .said")).to_have_text(
            ["Begun early"], timeout=SECONDS
        )
    assert faults == []


@pytest.mark.slow
async def test_what_was_typed_outlives_the_page_and_a_block_which_is_told_at_once(store: Store) -> None:
    faults: list[str] = []
    async with sited(store) as site, browsing() as browser:
        page = await new_page(browser, faults)
        await register(page, site.url)
        topic, text = page.get_by_label("In a few words"), page.get_by_label("Write to us")
        await page.goto(f"{site.url}/portal/new/support")
        await topic.fill("Half a ticket")
        await page.reload()
        await expect(topic).to_have_value("Half a ticket")
        number = await open_ticket(page, site.url, "A whole ticket")
        await text.fill("Half a word")

        (account,) = (await store.identity.accounts.page(None, 10)).items
        told = page.get_by_text("You cannot write here at the moment.")
        for block in (Block(), None):
            await store.users.block(account.key, block)
            store.signals.noted.say(Noted(account.key))
            await expect(told).to_be_visible(visible=block is not None)
            await expect(page.locator("#send")).to_be_disabled() if block else None
            await text.press("Enter")
            assert await stored(site, number) == [] or block is None
        await expect(page.locator(".message:not(.pending) .said")).to_have_text(["Half a word"])

        await page.goto(f"{site.url}/portal/new/support")
        await expect(topic).to_have_value("")
    assert faults == []


@pytest.mark.slow
async def test_what_is_clicked_twice_is_done_once_and_what_became_of_it_is_seen(store: Store) -> None:
    faults: list[str] = []
    async with sited(store) as site, browsing() as browser:
        page = await new_page(browser, faults, viewport=PHONE)
        await page.goto(f"{site.url}/portal/register")
        await page.get_by_label("Your name").fill("Casey")
        await page.get_by_label("E-mail").fill("casey@example.test")
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Create an account").dblclick()
        await page.wait_for_url("**/portal")
        number = await open_ticket(page, site.url)
        files: list[Any] = [
            {"name": f"{it}.txt", "mimeType": "text/plain", "buffer": b"it"} for it in range(30)
        ]
        await page.locator("#files").set_input_files(files)
        await expect(page.locator("#problem")).to_be_visible()
        await expect(page.locator("#chosen li")).to_have_count(10)
        await page.locator("#send").dblclick()
        await expect(page.locator(".pending")).to_have_count(0)
        await expect(page.locator(".message .file")).to_have_count(10)
        assert await stored(site, number) == [""]

        await site.answered(number, "line\n" * 60)
        await expect(page.locator(".message")).to_have_count(2)
        await page.context.set_offline(True)
        await page.locator("#menu summary").click()
        await page.locator("[data-act=resolve]").click()
        await expect(page.locator("#problem")).to_be_visible()
        await page.context.set_offline(False)
        await expect(page.locator("#problem")).to_be_hidden()
        await page.locator("#menu summary").click()
        await page.locator("[data-act=resolve]").dblclick()
        await expect(page.locator("#rate button")).to_be_in_viewport()
    assert faults == []


@pytest.mark.slow
async def test_what_staff_writes_stays_text(store: Store) -> None:
    faults: list[str] = []
    async with sited(store) as site, browsing() as browser:
        page = await new_page(browser, faults)
        await register(page, site.url)
        await open_ticket(page, site.url, topic="<b>Bold</b>")
        (ticket,) = await store.views.tickets(TicketFilter())
        await site.answered(ticket.id, HOSTILE)
        shown = page.locator(".message .said").last
        await expect(shown).to_contain_text("<img src=x", timeout=SECONDS)

        assert await page.evaluate("window.pwned") is None
        assert await shown.locator("img, a, i").count() == 0
        assert await shown.locator("strong").inner_text() == "b"
        assert await shown.locator("code").inner_text() == "<i>"
        for written in WRITTEN:
            live, loaded = await page.evaluate(LIVE, written), str(to_html(written))
            assert Outline(live).shown == Outline(loaded).shown, "as when the page is loaded again"
        await expect(page.get_by_role("heading", level=1)).to_have_text("<b>Bold</b>")
        await site.answered(ticket.id, "\u05e9\u05dc\u05d5\u05dd world!")
        await expect(shown).to_contain_text("world!", timeout=SECONDS)
        first, last = await shown.evaluate(PLACES)
        assert last < first, "what begins with Hebrew goes from right to left, its full stop, too"
        assert (
            await page.locator("#content").evaluate("it => getComputedStyle(it).unicodeBidi") == "plaintext"
        )
    assert faults == []


async def test_a_phone_in_the_dark_by_keyboard_alone(store: Store) -> None:
    """No mouse, no finger, and axe finds nothing on the way."""
    faults: list[str] = []
    async with sited(store) as site, browsing() as browser:
        page = await new_page(browser, faults, viewport=PHONE, color_scheme="dark", reduced_motion="reduce")
        await site.registered()
        await page.goto(f"{site.url}/portal")
        await keeps_nobody_out(page)
        await _type(page, "casey@example.test", "Tab", PASSWORD, "Enter")
        await page.wait_for_url("**/portal")
        await keeps_nobody_out(page)
        await _to(page, "a", "New ticket")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/portal/new")
        await keeps_nobody_out(page)
        await _to(page, "a", "A question")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/portal/new/support")
        await keeps_nobody_out(page)
        await _to(page, "input", "")
        await _type(page, "By keyboard", "Tab", "It works.", "Tab", "Tab", "Tab", "Enter")
        await page.wait_for_url("**/portal/tickets/*")
        await is_live(page)
        await _to(page, "textarea", "")
        await _type(page, "Hello", "Enter")
        await expect(page.locator(".message .state")).to_have_text("Sent", timeout=SECONDS)
        await keeps_nobody_out(page)
        await page.keyboard.press("Shift+Tab")
        for _ in range(3):
            await page.keyboard.press("Shift+Tab")
            if await page.evaluate("document.activeElement.matches('.message-menu summary')"):
                break
        await _type(page, "Enter", "Tab", "Enter")  # its menu, and there the first: reply
        await expect(page.locator("#about")).to_contain_text("Replying to You: Hello")
        await _type(page, "Escape")
        await expect(page.locator("#about")).to_be_hidden()
        await _to(page, "summary", "What you can do with this ticket")
        await _type(page, "Enter", "Tab", "Enter")
        await expect(page.locator("#status")).to_have_text("Solved", timeout=SECONDS)
        await keeps_nobody_out(page)
        for path in ("account", "notifications"):
            await page.goto(f"{site.url}/portal/{path}")
            await keeps_nobody_out(page)
    assert faults == []


async def _type(page: Page, *keys: str) -> None:
    for key in keys:
        if key in ("Tab", "Enter", "Escape"):
            await page.keyboard.press(key)
        else:
            await page.keyboard.type(key)


async def _to(page: Page, tag: str, name: str) -> None:
    """Press Tab until there."""
    await page.evaluate("document.activeElement.blur()")
    for _ in range(30):
        await page.keyboard.press("Tab")
        found = await page.evaluate(
            "[document.activeElement.localName, document.activeElement.innerText ?? '']"
        )
        if found[0] == tag and name in found[1]:
            return
    raise AssertionError(f"there is no way to {tag} {name!r} by Tab")


async def test_the_first_view_is_small_and_comes_from_here_alone(store: Store) -> None:
    """On a network that counts: with all scripts, 100 kB at most."""
    faults: list[str] = []
    async with sited(store) as site, browsing() as browser:
        page = await new_page(browser, faults, viewport=DESKTOP)
        await register(page, site.url)
        number = await open_ticket(page, site.url)
        fresh = await new_page(browser, faults, viewport=DESKTOP)
        await fresh.context.add_cookies(await page.context.cookies(f"{site.url}/portal"))  # type: ignore[arg-type]
        sizes: dict[str, int] = {}
        network = await fresh.context.new_cdp_session(fresh)
        await network.send("Network.enable")
        asked: dict[str, str] = {}

        def responded(it: dict[str, Any]) -> None:
            asked[it["requestId"]] = it["response"]["url"]

        def finished(it: dict[str, Any]) -> None:
            url = asked.get(it["requestId"], "?")
            sizes[url] = sizes.get(url, 0) + int(it["encodedDataLength"])

        network.on("Network.responseReceived", responded)
        network.on("Network.loadingFinished", finished)
        await fresh.goto(f"{site.url}/portal/tickets/{number}")
        await is_live(fresh)

    first_view = {url: size for url, size in sizes.items() if "/socket.io/" not in url}
    assert sum(first_view.values()) <= 100_000, first_view
    assert len(first_view) > 15
    assert {re.sub(r"^(\w+://[^/]+).*", r"\1", it) for it in sizes} == {site.url}
    assert faults == []
