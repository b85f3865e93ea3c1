"""The page of documentation: complete, and without anything from elsewhere."""

import asyncio
import html
import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from html.parser import HTMLParser

import pytest

from api.app import ROUTES
from api.documents.docs import Docs
from api.documents.openapi import Document
from api.live.socket_events import SOCKET_EVENTS
from tests.api.stage import TICKETS, Clock, Stage
from tickets.ports.store import Store


@cache
def docs() -> Docs:
    return Docs(Document(ROUTES, "https://desk.example.test/in"))


@cache
def whole_page() -> str:
    return docs().page.decode()


class Reader(HTMLParser):
    """What of a page a browser would act on."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.loads: list[str] = []
        self.handlers: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            if name == "id" and value:
                assert value not in self.ids, value
                self.ids.add(value)
            if name == "href" and value:
                self.links.append(value)
            if name in ("src", "srcset", "style", "action"):
                self.loads.append(f"{tag} {name}")
            if name.startswith("on"):
                self.handlers.append(name)


def read() -> Reader:
    reader = Reader()
    reader.feed(whole_page())
    return reader


async def test_the_page_is_served_with_a_policy_that_allows_its_style_alone(stage: Stage) -> None:
    async with stage.http.get("/docs") as answer:
        assert (answer.status, answer.content_type) == (200, "text/html")
        assert (await answer.text()).startswith("<!doctype html>")
        policy = answer.headers["Content-Security-Policy"]

    (style,) = re.findall("<style>(.*?)</style>", whole_page(), re.DOTALL)
    assert f"'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'" in policy
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy


def test_nothing_is_run_or_loaded() -> None:
    page = read()

    assert page.tags.isdisjoint({"script", "img", "link", "iframe", "form", "object"})
    assert page.loads == page.handlers == []
    assert "url(" not in whole_page()
    assert "@import" not in whole_page()


def test_every_route_event_error_and_object_has_its_place() -> None:
    page = read()
    components = docs().document.json["components"]

    operations = [it for them in docs().document.json["paths"].values() for it in them.values()]
    assert len(operations) == len(ROUTES)
    assert {it["operationId"] for it in operations} <= page.ids
    assert {f"event-{it.name}" for it in SOCKET_EVENTS} <= page.ids
    assert {f"error-{status}" for status in components["responses"]} <= page.ids
    assert {f"object-{name}" for name in components["schemas"]} <= page.ids


def test_what_people_look_for_first_stands_first() -> None:
    headings = [
        whole_page().index(f"<h2>{tag}</h2>") for tag in ("tickets", "messages", "attachments", "agents")
    ]

    assert headings == sorted(headings)


def test_links_lead_to_what_is_there() -> None:
    page = read()

    assert page.links
    assert [it for it in page.links if it != "openapi.json" and it.removeprefix("#") not in page.ids] == []


def test_what_can_be_tried_is_a_whole_command() -> None:
    assert (
        "curl -X POST https://desk.example.test/in/api/v1/tickets \\\n  -H &#34;Authorization" in whole_page()
    )


def test_a_command_that_does_more_than_read_is_not_shown_without_a_word() -> None:
    for path, operations in docs().document.json["paths"].items():
        for method, operation in operations.items():
            section = (
                whole_page()
                .partition(f'<section id="{operation["operationId"]}">')[2]
                .partition("</section>")[0]
            )
            words = re.findall('<p class="warning">(.+?)</p>', section)
            assert len(words) == (method != "get"), (method, path)
            assert not words or section.index(words[0]) < section.index("<pre>curl")


async def test_the_documentation_can_be_switched_off(store: Store, clock: Clock) -> None:
    async with Stage(store, clock).open(with_docs=False) as stage:
        for path in ("/docs", "/openapi.json"):
            assert (await stage.ask("GET", path, None)).status == 404
        assert (await stage.ask("GET", TICKETS)).status == 200


async def test_answers_are_neither_kept_nor_framed(stage: Stage) -> None:
    for path in (TICKETS, "/nope", "/docs"):
        headers = (await stage.ask("GET", path, None)).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


async def test_the_line_that_uploads_a_file_is_one_that_works(stage: Stage) -> None:
    async with stage.http.get("/docs") as answer:
        page = await answer.text()

    assert "-F file=@screenshot.png" in html.unescape(page)
    assert "Content-Type: multipart/form-data" not in page


async def test_others_go_on_while_the_documents_are_made() -> None:
    making, turns = asyncio.ensure_future(Docs(Document(ROUTES, "https://desk.example.test")).made()), 0
    while not making.done():
        await asyncio.sleep(0)
        turns += 1

    assert turns > 100


async def test_who_leaves_while_the_documents_are_made_leaves_them_to_the_others(stage: Stage) -> None:
    leaving, staying = (asyncio.ensure_future(stage.ask("GET", "/docs", None)) for _ in range(2))
    await stage.ask("GET", "/healthz", None)
    leaving.cancel()

    assert (await staying).status == 200


async def test_after_a_failure_they_are_made_again() -> None:
    class Short(Docs):
        memory = 0

        @property
        def page(self) -> bytes:
            self.memory += 1
            if self.memory == 1:
                raise MemoryError
            return b"the page"

    docs = Short(Document(ROUTES, "https://desk.example.test"))
    with pytest.raises(MemoryError):
        await docs.made()

    assert (await docs.made()).page == b"the page"
