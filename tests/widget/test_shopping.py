"""The widget on the example shop's page, in a real browser."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from playwright.async_api import Page

from api.door.server import serving
from config.page_settings import PageName
from demo.processes import free_port
from tests.api.stage import STAFF, Clock, token
from tests.new_stores import open_new_sqlite
from tests.waiting import until
from tests.widget.conftest import Street
from tests.widget.shops import (
    BACKENDS,
    EXAMPLES,
    NODE,
    WidgetStage,
    browsing,
    needs_browser,
    shop,
)

pytestmark = needs_browser
AXE = Path(__file__).parents[1] / "axe/node_modules/axe-core/axe.min.js"
TICKETS = "/api/v1/tickets"


@pytest.fixture
async def browser() -> AsyncIterator[Any]:
    async with browsing() as opened:
        yield opened


class Visitor:
    """Somebody on the shop's page."""

    def __init__(self, page: Any, street: Street) -> None:
        self.page = page
        self.street = street
        self.frame = page.frame_locator("guildesk-widget iframe")
        self.launcher = page.locator("guildesk-widget > button")
        self.faults: list[str] = []
        page.on("pageerror", lambda fault: self.faults.append(str(fault)))

    async def comes(self, address: str) -> None:
        await self.page.goto(address)
        await self.launcher.wait_for()

    async def signs_in(self, name: str = "Nora") -> None:
        await self.page.get_by_label("Your name").fill(name)
        async with self.page.expect_response("**/my/token"):
            await self.page.get_by_role("button", name="Sign in").click()

    async def asks(self, topic: str = "My fern drops its leaves") -> str:
        """Opens the widget and asks; the ticket's id."""
        if await self.launcher.get_attribute("aria-expanded") == "false":
            await self.launcher.click()
        await self.frame.get_by_role("button", name="Ask a question").click()
        await self.frame.get_by_label("In a few words").fill(topic)
        await self.frame.get_by_label("What can we do for you?").fill("Since Tuesday.")
        await self.frame.get_by_role("button", name="Send", exact=True).click()
        await self.frame.get_by_label("Write a message").wait_for()
        tickets = (await self.street.stage.ask("GET", TICKETS, "sam", claims=STAFF)).json
        return str(next(it["id"] for it in tickets if it["topic"] == topic))

    async def writes(self, text: str) -> None:
        await self.frame.get_by_label("Write a message").fill(text)
        await self.frame.get_by_label("Write a message").press("Enter")

    async def is_heard(self) -> None:
        """Wait until all that was written is stored."""

        async def look() -> bool:
            return bool(await self.frame.locator(".w-queued, .w-sending, .w-failed").count() == 0)

        await until(look, 30)

    async def reads(self, *words: str) -> None:
        """Wait until exactly this is there of the conversation, in order."""

        async def look() -> bool:
            found: list[str] = await self.frame.locator(".w-messages .w-words").all_inner_texts()
            return found == [*words]

        try:
            await until(look, 30)
        except TimeoutError:
            found = await self.frame.locator(".w-messages .w-bubble").all_inner_texts()
            raise AssertionError(f"{words} were to be read, but {found}") from None


@asynccontextmanager
async def visiting(browser: Any, street: Street, **options: Any) -> AsyncIterator[Visitor]:
    context = await browser.new_context(**options)
    visitor = Visitor(await context.new_page(), street)
    yield visitor
    assert visitor.faults == []
    await context.close()


@pytest.mark.parametrize(
    "backend",
    [
        "python",
        pytest.param(
            "node", marks=[pytest.mark.slow, pytest.mark.skipif(NODE is None, reason="there is no Node.js")]
        ),
    ],
)
async def test_a_customer_asks_and_hears_the_answer(street: Street, browser: Any, backend: str) -> None:
    async with (
        shop(street.stage.url, street.port, backend) as address,
        visiting(browser, street) as nora,
    ):
        await nora.comes(address)
        await nora.signs_in()
        ticket = await nora.asks()
        await nora.writes("It is on the window sill.")
        await nora.is_heard()
        await street.stage.answered(ticket, "Too much **sun**. <img src=x onerror=alert(1)>")
        await nora.reads("It is on the window sill.", "Too much sun. <img src=x onerror=alert(1)>")

        await nora.frame.get_by_role("button", name="Close support").click()
        await street.stage.answered(ticket, "And water it.")
        badge = nora.launcher.locator(".badge")
        await badge.wait_for()
        assert await badge.inner_text() == "1"
        assert await nora.launcher.get_attribute("aria-label") == "Open support, Unread messages: 1"

        await nora.page.reload()
        await badge.wait_for()
        await nora.launcher.click()
        await nora.frame.get_by_role("button", name="My fern").click()
        await nora.reads(
            "It is on the window sill.", "Too much sun. <img src=x onerror=alert(1)>", "And water it."
        )
        await badge.wait_for(state="hidden")

        async def is_read() -> bool:
            found = (await street.stage.ask("GET", f"{TICKETS}/{ticket}", "sam", claims=STAFF)).json
            assert (found["user_id"], found["username"]) == ("nora", "Nora")
            return bool(found["unread"]["requester"] == 0)

        await until(is_read, 30)
        assert await nora.page.context.cookies(street.stage.url + "/widget") == [
            it for it in await nora.page.context.cookies() if it["name"] == "shop"
        ]


@pytest.mark.slow
async def test_a_guest_asks_comes_back_and_keeps_the_history_when_they_sign_in(
    street: Street, browser: Any
) -> None:
    async with (
        shop(street.stage.url, street.port) as address,
        visiting(browser, street) as somebody,
    ):
        await somebody.comes(address)
        await somebody.launcher.click()
        await somebody.frame.get_by_role("button", name="Ask a question").wait_for()
        users = (await street.stage.ask("GET", "/api/v1/users", "sam", claims=STAFF)).json
        assert {it["id"] for it in users} <= {"sam"}, "nobody is a guest who has not asked"
        ticket = await somebody.asks()
        await street.stage.answered(ticket, "Who are you?")
        await somebody.reads("Who are you?")
        found = (await street.stage.ask("GET", f"{TICKETS}/{ticket}", "sam", claims=STAFF)).json
        assert (found["user_role"], found["issuer"]) == ("TEMP_USER", "guildesk.accounts")

        await somebody.page.reload()
        await somebody.launcher.click()
        await somebody.frame.get_by_role("button", name="My fern").click()
        await somebody.reads("Who are you?")
        await somebody.frame.get_by_role("button", name="Close support").click()
        await somebody.signs_in("Nora")

        async def is_noras() -> bool:
            it = (await street.stage.ask("GET", f"{TICKETS}/{ticket}", "sam", claims=STAFF)).json
            return bool(it["user_id"] == "nora" and it["issuer"] == "default")

        await until(is_noras, 30)
        await somebody.launcher.click()
        await somebody.frame.get_by_role("button", name="My fern").click()
        await somebody.writes("It is me, Nora.")
        await somebody.reads("Who are you?", "It is me, Nora.")


@pytest.mark.slow
async def test_a_guest_registers_or_signs_in_at_the_portal_and_goes_on_there(
    tmp_path: Path, browser: Any
) -> None:
    clock, port = Clock(), free_port()
    on = (PageName.WIDGET, PageName.PORTAL)
    async with (
        open_new_sqlite(tmp_path, clock) as store,
        WidgetStage(store, clock).with_widget(
            f"http://127.0.0.1:{port}", guests=True, accounts=True, on=on
        ) as stage,
        shop(stage.url, port) as address,
        visiting(browser, Street(port, stage)) as somebody,
        visiting(browser, Street(port, stage)) as again,
    ):
        portal = await _asks_and_keeps_it(somebody, address)
        await portal.get_by_text("What you asked as a guest will be in your account.").wait_for()
        assert "guest=" not in portal.url
        await portal.get_by_label("Your name").fill("Nora")
        await portal.get_by_label("E-mail").fill("nora@example.test")
        await portal.get_by_label("Password").fill("a fern that drops no leaf")
        await portal.locator("form button.main").click()
        await portal.get_by_role("link", name="My fern drops its leaves").wait_for()

        elsewhere = await _asks_and_keeps_it(again, address)
        await elsewhere.get_by_role("link", name="You have an account? Sign in.").click()
        await elsewhere.get_by_text("What you asked as a guest will be in your account.").wait_for()
        await elsewhere.get_by_label("E-mail").fill("nora@example.test")
        await elsewhere.get_by_label("Password").fill("a fern that drops no leaf")
        await elsewhere.locator("form button.main").click()
        await elsewhere.wait_for_url("**/portal")
        assert await elsewhere.get_by_role("link", name="My fern drops its leaves").count() == 2
        assert await elsewhere.locator("#from-widget").is_hidden(), "it is done"

        await elsewhere.goto(f"{stage.url}/portal/register#guest=of.long.ago")
        await elsewhere.get_by_role("button", name="Keep it").click()
        await elsewhere.get_by_text("What you asked as a guest is not in your account").wait_for()


async def _asks_and_keeps_it(guest: Visitor, address: str) -> Page:
    """The portal's page that opens then."""
    await guest.comes(address)
    await guest.asks()
    await guest.frame.get_by_role("button", name="Back").click()
    async with guest.page.expect_popup() as opening:
        await guest.frame.get_by_role("link", name="Keep this in an account").click()
    portal: Page = await opening.value
    return portal


@pytest.mark.slow
async def test_nothing_is_lost_or_doubled_offline_in_the_middle_and_while_tokens_end(
    street: Street, browser: Any
) -> None:
    async with (
        shop(street.stage.url, street.port, TOKEN_LIFE="2") as address,
        visiting(browser, street) as nora,
    ):
        tokens: list[str] = []
        nora.page.on("request", lambda it: _note(it.url, tokens))
        await nora.comes(address)
        await nora.signs_in()
        ticket = await nora.asks()
        await nora.writes("One")
        await nora.reads("One")
        await nora.page.context.set_offline(True)
        for word in ("Two", "Three"):
            await nora.writes(word)
        await nora.reads("One", "Two", "Three")
        assert [it["content"] for it in await street.stage.messages(ticket, "nora")] == ["One"]
        asked = len(tokens)
        await nora.page.context.set_offline(False)

        await nora.is_heard()
        await street.stage.answered(ticket, "Four")
        await nora.reads("One", "Two", "Three", "Four")
        await until(lambda: _more(tokens, asked + 2), 30)
        await nora.writes("Five")
        await nora.reads("One", "Two", "Three", "Four", "Five")
        await nora.is_heard()

    words = [it["content"] for it in await street.stage.messages(ticket, "nora")]
    assert words == ["One", "Two", "Three", "Four", "Five"]


@pytest.mark.slow
async def test_what_was_written_offline_outlives_the_page_and_two_tabs_send_it_once(
    street: Street, browser: Any
) -> None:
    async with (
        shop(street.stage.url, street.port) as address,
        visiting(browser, street) as nora,
    ):
        await nora.comes(address)
        await nora.signs_in()
        ticket = await nora.asks()
        await nora.page.context.set_offline(True)
        for word in ("One", "Two"):
            await nora.writes(word)
        await nora.reads("One", "Two")
        await nora.page.close()

        await nora.page.context.set_offline(False)
        tabs = [Visitor(await nora.page.context.new_page(), street) for _ in range(2)]
        await asyncio.gather(*(it.comes(address) for it in tabs))

        async def are_there() -> bool:
            return len(await street.stage.messages(ticket, "nora")) >= 2

        await until(are_there, 30)
        for tab in tabs:
            await tab.launcher.click()
            await tab.frame.get_by_role("button", name="My fern").click()
            await tab.reads("One", "Two")
        await tabs[0].writes("Three")
        await tabs[1].reads("One", "Two", "Three")

    words = [it["content"] for it in await street.stage.messages(ticket, "nora")]
    assert words == ["One", "Two", "Three"]


def _note(url: str, tokens: list[str]) -> None:
    if url.endswith("/my/token"):
        tokens.append(url)


async def _more(things: list[str], count: int) -> bool:
    return len(things) >= count


@pytest.mark.slow
async def test_who_is_blocked_is_told_before_they_write_in_vain(street: Street, browser: Any) -> None:
    async with (
        shop(street.stage.url, street.port) as address,
        visiting(browser, street) as nora,
    ):
        await nora.comes(address)
        await nora.signs_in()
        ticket = await nora.asks()
        user = (await street.stage.ask("GET", f"{TICKETS}/{ticket}", "sam", claims=STAFF)).json["user_id"]

        async def block(is_blocked: bool) -> None:
            body = {"blocked": is_blocked}
            await street.stage.ask("PATCH", f"/api/v1/users/{user}", "sam", claims=STAFF, json=body)

        told = nora.frame.get_by_text("You cannot write here").first
        text = nora.frame.get_by_label("Write a message")
        ask = nora.frame.get_by_role("button", name="Ask a question")
        await text.fill("It is still")
        await block(True)
        await told.wait_for()
        assert await text.input_value() == "It is still"
        await text.press("Enter")
        await nora.frame.get_by_role("button", name="Back").click()
        await told.wait_for()
        assert not await ask.is_visible()
        await nora.page.reload()
        await nora.launcher.click()
        await told.wait_for()

        await block(False)
        await ask.wait_for()
        await nora.frame.get_by_role("button", name="My fern").click()
        assert await text.input_value() == "It is still"
        await text.press("Enter")
        await nora.reads("It is still")


@pytest.mark.slow
async def test_what_is_clicked_twice_is_done_once_and_files_that_are_too_many_are_told(
    street: Street, browser: Any
) -> None:
    async with (
        shop(street.stage.url, street.port) as address,
        visiting(browser, street, viewport={"width": 360, "height": 740}) as nora,
    ):
        await nora.comes(address)
        await nora.signs_in()
        ticket = await nora.asks()
        files = [
            {"name": f"{'long-' * 20}{it}", "mimeType": "text/plain", "buffer": b"it"} for it in range(30)
        ]
        await nora.frame.locator("input[type=file]").set_input_files(files)
        await nora.frame.get_by_text("Ten files at a time are the most.").wait_for()
        assert await nora.frame.locator(".w-chosen li").count() == 10
        await nora.frame.get_by_role("button", name="Send", exact=True).dblclick()
        await nora.is_heard()
        assert len(await street.stage.messages(ticket, "nora")) == 1

        body = {"status": "RESOLVED"}
        await street.stage.answered(ticket, "Water it.")
        await street.stage.ask("PATCH", f"{TICKETS}/{ticket}", "sam", claims=STAFF, json=body)
        line = nora.frame.locator(".w-line")
        for name, then in (("5 of 5 stars", "Thank you"), ("Open it again", "Write a message")):
            await nora.frame.get_by_role("button", name=name).dblclick()
            done = nora.frame.get_by_text(then).or_(nora.frame.get_by_label(then))
            await done.first.wait_for()
            assert not await line.is_visible()


@pytest.mark.slow
async def test_what_was_typed_outlives_the_page_and_signing_in(street: Street, browser: Any) -> None:
    async with (
        shop(street.stage.url, street.port) as address,
        visiting(browser, street) as nora,
    ):
        topic = nora.frame.get_by_label("In a few words")
        await nora.comes(address)
        await nora.launcher.click()
        await nora.frame.get_by_role("button", name="Ask a question").click()
        await topic.fill("My fern")
        await nora.page.reload()
        await nora.launcher.click()
        await nora.frame.get_by_role("button", name="Ask a question").click()
        assert await topic.input_value() == "My fern"

        await nora.frame.get_by_role("button", name="Close support").click()
        await nora.signs_in()
        await nora.launcher.click()
        await nora.frame.get_by_role("button", name="Ask a question").click()
        assert await topic.input_value() == "My fern"
        await nora.frame.get_by_role("button", name="Back").click()
        await nora.asks("My fern drops its leaves")
        await nora.frame.get_by_role("button", name="Back").click()
        await nora.frame.get_by_role("button", name="Ask a question").click()
        assert await topic.input_value() == ""


@pytest.mark.slow
async def test_on_a_page_from_right_to_left_it_is_mirrored_and_texts_keep_their_own_direction(
    street: Street, browser: Any
) -> None:
    async with (
        shop(street.stage.url, street.port) as address,
        visiting(browser, street, viewport={"width": 360, "height": 740}) as nora,
    ):
        await nora.page.add_init_script(
            "document.addEventListener('readystatechange',"
            " () => { document.documentElement.dir = 'rtl' }, { once: true })"
        )
        await nora.comes(address)
        await nora.signs_in()
        ticket = await nora.asks("المصباح لا يعمل")
        await nora.writes("הסדר 17 (CRITICAL), please?")
        await nora.is_heard()
        await street.stage.answered(ticket, "Try `guildesk doctor`, then مرحبا!")
        await nora.reads("הסדר 17 (CRITICAL), please?", "Try guildesk doctor, then مرحبا!")

        mine, theirs = (nora.frame.locator(f".w-messages .w-{it}") for it in ("mine", "theirs"))
        back, close = (nora.frame.get_by_role("button", name=it) for it in ("Back", "Close support"))
        boxes = [await it.bounding_box() for it in (mine, theirs, back, close)]
        lefts = [box["x"] for box in boxes if box]
        assert lefts[0] < 40 < lefts[1]
        assert lefts[2] > lefts[3]
        width = await nora.frame.locator("html").evaluate("it => it.scrollWidth - it.clientWidth")
        assert width <= 0


async def test_the_keyboard_is_enough(street: Street, browser: Any) -> None:
    async with (
        shop(street.stage.url, street.port) as address,
        visiting(browser, street) as nora,
    ):
        await nora.comes(address)
        await nora.signs_in()
        await nora.launcher.focus()
        await nora.page.keyboard.press("Enter")
        await nora.frame.get_by_role("button", name="Ask a question").wait_for()
        await _tab_to(nora, "Ask a question")
        await nora.page.keyboard.press("Enter")
        await nora.frame.get_by_label("In a few words").wait_for()
        await _tab_to(nora, "In a few words")
        await nora.page.keyboard.type("By keys alone")
        await nora.page.keyboard.press("Tab")
        await nora.page.keyboard.type("Not even a touch pad.")
        await _tab_to(nora, "Send")
        await nora.page.keyboard.press("Enter")
        await nora.frame.get_by_label("Write a message").wait_for()
        await nora.page.keyboard.type("Hello")
        await nora.page.keyboard.press("Enter")
        await nora.reads("Hello")

        await nora.page.keyboard.press("Escape")
        await nora.frame.get_by_role("button", name="By keys alone").wait_for()
        await nora.page.keyboard.press("Escape")
        await until(lambda: _is_false(nora.launcher, "aria-expanded"), 30)
        focused = await nora.page.evaluate("document.activeElement.shadowRoot?.activeElement?.localName")
        assert focused == "button"


async def _tab_to(visitor: Visitor, name: str) -> None:
    """Press Tab until the thing of this name has the focus."""
    for _ in range(12):
        focused = visitor.frame.locator(":focus")
        label = "it => it.getAttribute('aria-label') ?? it.labels?.[0]?.textContent ?? it.textContent"
        if await focused.count() and await focused.evaluate(label) == name:
            return
        await visitor.page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {name}")


async def _is_false(locator: Any, name: str) -> bool:
    return bool(await locator.get_attribute(name) == "false")


@pytest.mark.slow
async def test_the_page_may_open_close_and_listen(street: Street, browser: Any) -> None:
    async with (
        shop(street.stage.url, street.port) as address,
        visiting(browser, street) as nora,
    ):
        await nora.comes(address)
        await nora.signs_in()
        await nora.page.evaluate(
            """() => { window.heard = [];
                for (const name of ["open", "close", "unread", "message"])
                    Guildesk.on(name, (it) => heard.push([name, it ?? null])); }"""
        )
        await nora.page.get_by_role("button", name="ask us").click()
        ticket = await nora.asks()
        await nora.page.evaluate("Guildesk.close()")
        await street.stage.answered(ticket, "Hello")

        async def heard() -> list[Any]:
            return list(await nora.page.evaluate("heard"))

        await until(lambda: _has(heard, ["unread", 1]), 30)
        found = await heard()
        assert found[:2] == [["open", None], ["close", None]]
        assert ["message", {"ticket_id": ticket, "number": 1}] in found


BARE = "<!doctype html><title>A page</title><body><script async src='{url}/widget.js'></script>"


@pytest.mark.slow
async def test_it_is_of_whoever_was_named_last_and_comes_back_with_its_script(
    street: Street, browser: Any
) -> None:
    for name in ("ann", "ben"):
        await street.stage.opened(name, f"Of {name}")
    page = elsewhere(BARE.replace("{url}", street.stage.url), street.port)
    async with page as address, visiting(browser, street) as visitor:
        await visitor.comes(address)
        await visitor.page.evaluate(
            "Guildesk.open(); Guildesk.identify(() => new Promise((late) => { window.late = late; }))"
        )
        await visitor.page.wait_for_function("Boolean(window.late)")
        await visitor.page.evaluate("(token) => Guildesk.identify(token)", token("ben"))
        await visitor.frame.get_by_text("Of ben").wait_for()
        await visitor.page.evaluate("(token) => late(token)", token("ann"))
        told = asyncio.Event()
        visitor.page.on("console", lambda it: told.set() if "<!doctype html>" in it.text else None)
        await visitor.page.evaluate("Guildesk.identify(() => '<!doctype html>\\n<title>Sign in</title>')")
        await asyncio.wait_for(told.wait(), 30)
        await visitor.page.evaluate("(token) => Guildesk.identify(token)", token("ben"))
        asked = await visitor.asks("Whose?")
        assert (await street.stage.ask("GET", f"{TICKETS}/{asked}", "ben")).status == 200

        for again in ("Guildesk.open()", "document.body.append(added)"):
            await visitor.page.evaluate(
                """(again) => { document.body.replaceChildren();
                    Guildesk.close();
                    window.added = document.createElement("script");
                    added.src = document.scripts[0]?.src ?? "{url}/widget.js";
                    return eval(again); }""".replace("{url}", street.stage.url),
                again,
            )
            await visitor.launcher.wait_for()
            if await visitor.launcher.get_attribute("aria-expanded") == "false":
                await visitor.launcher.click()
            await visitor.frame.get_by_text("Whose?").wait_for()
            assert await visitor.page.locator("guildesk-widget").count() == 1


async def _has(look: Any, thing: object) -> bool:
    return thing in await look()


FOREIGN = """<!doctype html><title>Elsewhere</title><script>
  window.got = [];
  addEventListener("message", (event) => got.push([event.origin, JSON.stringify(event.data)]));
</script><iframe id="w" src="{url}"></iframe>"""


@asynccontextmanager
async def elsewhere(html: str, port: int = 0) -> AsyncIterator[str]:
    """A page of another origin."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(text=html, content_type="text/html")

    app = web.Application()
    app.router.add_get("/", answer)
    async with serving(app, "127.0.0.1", port) as at:
        yield f"http://127.0.0.1:{at}/"


async def test_a_foreign_page_cannot_frame_the_widget(street: Street, browser: Any) -> None:
    url = f"{street.stage.url}/widget?origin={street.origin}"
    async with elsewhere(FOREIGN.replace("{url}", url)) as address:
        page = await browser.new_page()
        refused = asyncio.Event()
        page.on("console", lambda it: refused.set() if "frame-ancestors" in it.text else None)
        await page.goto(address)
        await asyncio.wait_for(refused.wait(), 30)

        assert await page.evaluate("got") == []
        await page.close()


@pytest.mark.slow
async def test_a_foreign_page_that_opens_the_frame_as_a_window_gets_nothing(
    street: Street, browser: Any
) -> None:
    async with elsewhere(ASKS) as foreign:
        page = await browser.new_page()
        await page.goto(foreign)
        async with page.expect_popup() as opening:
            url = f"{street.stage.url}/widget?origin={street.origin}"
            await page.evaluate("(url) => { window.opened = open(url); }", url)
        popup = await opening.value
        await popup.get_by_text("One moment").wait_for()
        await page.evaluate("say(opened)")
        await popup.evaluate("new Promise((done) => setTimeout(done))")

        assert await page.evaluate("got") == []
        assert await popup.get_by_text("One moment").is_visible()
        await page.close()


ASKS = """<!doctype html><title>An advertisement</title><script>
  window.got = [];
  addEventListener("message", (event) => got.push(JSON.stringify(event.data)));
  const say = (to) => {
    const all = [
      {type: "token", id: 1, refused: true}, {type: "ready", texts: {}}, {type: "unread", count: 7},
      {type: "identify", knows: true}, {type: "hello", knows: true}, {type: "token", id: 1, token: "x"},
      {type: "close"},
    ];
    for (const said of all) to.postMessage({guildesk: 1, ...said}, "*");
  };
  window.attack = () => {
    say(parent);
  };
</script>"""


async def test_a_foreign_frame_on_the_same_page_gets_no_token_and_changes_nothing(
    street: Street, browser: Any
) -> None:
    async with (
        elsewhere(ASKS) as foreign,
        shop(street.stage.url, street.port) as address,
        visiting(browser, street) as nora,
    ):
        await nora.comes(address)
        await nora.signs_in()
        await nora.asks()
        tokens: list[str] = []
        nora.page.on("request", lambda it: _note(it.url, tokens))
        await nora.page.evaluate(
            """(url) => new Promise((loaded) => { const it = document.createElement("iframe");
                it.id = "ad"; it.onload = loaded; it.src = url; document.body.append(it); })""",
            foreign,
        )
        (ad,) = [it for it in nora.page.frames if it.url == foreign]
        await ad.evaluate("attack()")
        await nora.writes("Still mine")
        await nora.reads("Still mine")

        assert await ad.evaluate("got") == []
        assert tokens == []
        assert await nora.launcher.get_attribute("aria-expanded") == "true"
        assert await nora.launcher.locator(".badge").is_hidden()


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is missing: `make test` installs it with npm")
@pytest.mark.slow
@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 360)])
async def test_it_keeps_nobody_out(street: Street, browser: Any, theme: str, width: int) -> None:
    """axe finds nothing on any screen."""
    async with (
        shop(street.stage.url, street.port) as address,
        visiting(
            browser, street, color_scheme=theme, viewport={"width": width, "height": 740}, bypass_csp=True
        ) as nora,
    ):
        await nora.comes(address)
        await nora.signs_in()
        found = {"page": await _violations(nora.page)}
        ticket = await nora.asks()
        await street.stage.answered(ticket, "See https://example.com and `code`:\n```\nlong\n```")
        await nora.writes("Thank you")
        await nora.reads("See https://example.com and code:\nlong", "Thank you")
        widget = next(it for it in nora.page.frames if "/widget?" in it.url)
        found["chat"] = await _violations(widget)
        await street.stage.ask(
            "PATCH", f"{TICKETS}/{ticket}", "sam", claims=STAFF, json={"status": "RESOLVED"}
        )
        await nora.frame.get_by_role("button", name="Open it again").wait_for()
        found["closed"] = await _violations(widget)
        await nora.frame.get_by_role("button", name="Back").click()
        await nora.frame.get_by_role("button", name="My fern").wait_for()
        found["home"] = await _violations(widget)
        await nora.frame.get_by_role("button", name="Ask a question").click()
        await nora.frame.get_by_role("button", name="Send", exact=True).click()
        await nora.frame.get_by_text("Please fill this in.").first.wait_for()
        found["form"] = await _violations(widget)

    assert {name: it for name, it in found.items() if it} == {}


async def _violations(frame: Any) -> list[str]:
    await frame.evaluate(AXE.read_text("utf-8") + ";0")
    result = await frame.evaluate("axe.run({iframes: false})")
    return [f"{it['id']}: {it['nodes'][0]['html'][:120]}" for it in result["violations"]]


def test_the_shop_has_the_line_that_the_document_shows() -> None:
    page = (EXAMPLES / "page/index.html").read_text("utf-8")

    assert re.search(r'<script src="\{\{GUILDESK_URL\}\}/widget\.js" data-token-url="/my/token"', page)
    assert all((EXAMPLES / name).exists() for _, name in BACKENDS.values())
