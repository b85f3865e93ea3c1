"""The page in a real browser, where there is one: nothing runs, nothing is asked for, and it fits."""

import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright import async_api as playwright

from tests.people import ANN, ANN_ASKS, SAM, SAM_ANSWERS
from tests.tickets.logs import Logbook, opened
from tests.transcripts.forms import FOLDER
from tests.transcripts.hostile import HOSTILE
from tests.transcripts.seeded import picture
from tickets.events import Change, NoteAdded, TicketChanged
from tickets.model import Actor, Attachment, AuthorType, FileId, Person, UserKey
from tickets.transcript import transcript_of
from transcripts import render_html
from transcripts.images import data_url

BROWSER = shutil.which("chromium")
pytestmark = pytest.mark.skipif(BROWSER is None, reason="there is no Chromium")
POLYGLOT = b"GIF89a/*<svg/onload=document.title='owned'>*/=1;document.title='owned'//"


@pytest.fixture
async def browser() -> AsyncIterator[Any]:
    async with playwright.async_playwright() as started:
        opened_one = await started.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield opened_one
        await opened_one.close()


def hostile_page() -> str:
    """Every hostile text as message, note, name, topic, answer, metadata, and name of a file."""
    people = {it.key: it for it in (ANN, SAM)}
    book = Logbook(
        opening=replace(opened(topic="".join(HOSTILE)[:2000]), metadata=dict.fromkeys(HOSTILE, "x"))
    )
    images = {
        FileId("polyglot"): data_url("image/gif", POLYGLOT),
        FileId("real"): data_url("image/png", picture()),
    }
    for number, text in enumerate(HOSTILE):
        key = UserKey("shop", f"stranger{number}")
        people[key] = Person(key, text, ANN.role)
        file = Attachment(FileId(("polyglot", "real", "svg")[number % 3]), text, "image/svg+xml", 9)
        book.post(Actor(AuthorType.REQUESTER, key), text, file)
        book.add(SAM_ANSWERS, NoteAdded(text))
        book.change(TicketChanged((Change("topic", text, text), Change("description", text, text))))
    book.post(ANN_ASKS, "The end\n- of all")
    transcript = transcript_of(book.events, people, notes=True)
    return "".join(render_html(transcript, lambda it: f"https://desk.example/{it.id}", images=images))


async def test_nothing_runs_and_nothing_is_asked_for(browser: Any, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(hostile_page(), "utf-8")
    page, asked, said = await browser.new_page(), [], []
    page.on("request", lambda it: asked.append(it.url))
    page.on("dialog", lambda it: said.append(it.message))
    page.on("console", lambda it: said.append(it.text))
    page.on("framenavigated", lambda it: said.append(it.url))

    await page.goto((tmp_path / "page.html").as_uri())
    title = await page.title()
    await page.locator(".data summary").click()
    for number in range(5):
        await page.locator(".spoiler, article").nth(number).hover()

    assert [it for it in asked if not it.startswith("data:image/")] == [page.url]
    assert said == [page.url]
    assert await page.title() == title
    assert await page.locator("script, iframe, object, embed, form, input, svg, base, link").count() == 0
    assert await page.locator("article[id]").count() == 2 * len(HOSTILE) + 1
    assert await page.locator("main > p#end").is_visible()
    points = "it => [getComputedStyle(it).overflow, getComputedStyle(it).listStylePosition]"
    assert await page.locator(".text ul > li").last.evaluate(points) != [
        "hidden",
        "outside",
    ]  # not to be seen
    await page.set_viewport_size({"width": 360, "height": 760})
    assert await page.evaluate("document.documentElement.scrollWidth") == 360


async def test_words_are_readable_in_both_schemes_and_on_a_phone(browser: Any) -> None:
    for scheme in ("light", "dark"):
        page = await browser.new_page(color_scheme=scheme, viewport={"width": 360, "height": 760})
        await page.goto((FOLDER / "staff.html").as_uri())

        for what in (".text", ".happened p span", ".mark", ".side", ".author", ".small", ".data summary"):
            assert await page.locator(what).first.evaluate(CONTRAST) >= 4.5, (scheme, what)
        assert await page.evaluate("document.documentElement.scrollWidth") == 360


CONTRAST = """it => {
  const light = text => {
    const [r, g, b] = text.match(/[0-9.]+/g).slice(0, 3).map(Number)
      .map(n => n / 255).map(n => n <= 0.03928 ? n / 12.92 : ((n + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  let behind = it, ground = "rgba(0, 0, 0, 0)";
  while (behind && /, 0\\)$/.test(ground)) { ground = getComputedStyle(behind).backgroundColor; behind = behind.parentElement; }
  const [a, b] = [light(getComputedStyle(it).color), light(ground)].sort((x, y) => y - x);
  return (a + 0.05) / (b + 0.05);
}"""  # noqa: E501


async def test_on_paper_all_is_unfolded(browser: Any) -> None:
    page = await browser.new_page()
    await page.goto((FOLDER / "staff.html").as_uri())
    assert not await page.get_by_text("ann@example.org").is_visible()

    await page.emulate_media(media="print")

    assert await page.get_by_text("ann@example.org").is_visible()
    assert await page.get_by_text("Try the swicth").is_visible()
    assert await page.locator(".spoiler strong, .spoiler").first.is_visible()


async def test_each_message_has_an_anchor_and_readers_of_the_screen_hear_who_speaks(browser: Any) -> None:
    page = await browser.new_page()
    await page.goto((FOLDER / "staff.html").as_uri() + "#m12")

    assert await page.locator("article:target .author").inner_text() == "Sam"
    assert await page.locator("article.joined .heard").first.inner_text() == "Ann Lee"
    assert await page.get_by_role("main").count() == 1
    assert await page.get_by_role("heading", level=1).inner_text() == "Lamp is dark"
    assert await page.get_by_role("article").count() == 14
