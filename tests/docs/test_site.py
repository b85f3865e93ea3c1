"""The site that `make docs` makes: whole, as GitHub shows the documents, and without any other host."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from markdown_it import MarkdownIt
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.exceptions import Abort
from playwright import async_api as playwright

from docs.site.pages import ELSEWHERE, as_the_site_has_it
from tests.docs.pages import ROOT

BROWSER = shutil.which("chromium")
PARTS = ["Start", "Staff", "Integrate", "Operate", "Understand"]
LOADING = {"script": "src", "img": "src", "iframe": "src", "source": "srcset", "link": "href"}
"""By which attributes of which elements a browser loads something."""
COUNTED = ["h1", "h2", "h3", "li", "pre", "table", "tr", "blockquote"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--site-dir", str(folder)]
    made = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert made.returncode == 0, made.stdout
    return folder


class Elements(HTMLParser):
    """The elements of a page with their attributes."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(page.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))


def loaded(page: Path) -> Iterator[str]:
    for tag, attributes in Elements(page).found:
        if link := attributes.get(LOADING.get(tag, "")):
            yield link


def test_every_document_is_in_one_of_the_five_parts(site: Path) -> None:
    nav = load_config(str(ROOT / "mkdocs.yml")).nav
    assert nav is not None
    placed = {page for part in nav for pages in part.values() for named in pages for page in named.values()}
    documents = {it.relative_to(ROOT / "docs").as_posix() for it in (ROOT / "docs").rglob("*.md")}

    assert [name for part in nav for name in part] == PARTS
    assert {it for it in documents - placed if not re.match(r"adr/\d", it)} == set()
    assert len(list((site / "adr").glob("0*.html"))) == len(list((ROOT / "docs/adr").glob("0*.md")))


def test_nothing_is_loaded_from_another_host(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    styles = "".join(it.read_text("utf-8") for it in site.rglob("*.css"))

    assert len(pages) > 60
    assert {link for page in pages for link in loaded(page) if urlsplit(link).netloc} == set()
    assert re.findall(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//[^)\"']+", styles) == []


def test_what_pages_show_and_link_to_is_there(site: Path) -> None:
    missing = set()
    for page in site.rglob("*.html"):
        links = {attributes.get("href", "") for tag, attributes in Elements(page).found if tag == "a"}
        for link in links | set(loaded(page)):
            parts = urlsplit(link)
            if page.name != "404.html" and not parts.scheme and parts.path:
                there = page.parent / unquote(parts.path)
                missing |= set() if there.is_file() else {(page.name, link)}

    assert missing == set()


def test_no_link_leads_to_a_path_of_the_repository(site: Path) -> None:
    text = (site / "index.html").read_text("utf-8")

    assert 'href="staff.html">For staff</a>' in text
    assert 'href="connect.html#connect-an-app"' in text
    assert "pictures/card-dark.png#only-dark" in text


@pytest.mark.parametrize("name", ["contract", "operations", "staff", "architecture", "sandbox", "changelog"])
def test_a_page_has_the_structure_that_it_has_in_the_repository(site: Path, name: str) -> None:
    origin = {there: path for path, there in ELSEWHERE.items()}.get(f"{name}.md", f"docs/{name}.md")
    wanted = MarkdownIt("commonmark").enable("table").render((ROOT / origin).read_text("utf-8"))
    shown = re.search(r"<article.*?</article>", (site / f"{name}.html").read_text("utf-8"), re.DOTALL)
    assert shown is not None

    def counts(html: str) -> dict[str, int]:
        return {tag: len(re.findall(rf"<{tag}[ >]", html)) for tag in COUNTED}

    assert counts(shown[0]) == counts(wanted)


def test_the_readme_loses_nothing_on_its_way_into_pages(site: Path) -> None:
    wanted = MarkdownIt("commonmark").enable("table").render((ROOT / "README.md").read_text("utf-8"))
    parts = ["index", "try", "set-up", "settings", "connect", "code"]
    articles = [
        re.findall(r"<article.*?</article>", (site / f"{it}.html").read_text("utf-8"), re.DOTALL)[0]
        for it in parts
    ]
    before_more = wanted[: wanted.index("<h2>More</h2>")]

    for tag in ("li", "pre", "tr"):
        shown = sum(len(re.findall(rf"<{tag}[ >]", it)) for it in articles)
        assert (tag, shown) == (tag, len(re.findall(rf"<{tag}[ >]", before_more)))


def test_code_is_left_as_it_is() -> None:
    text = "1. Do\n\n   ```md\n     [a](README.md)\n   ```\n\n[a](../README.md#settings)"

    made = as_the_site_has_it(text, "adr/x.md", "docs/x.md")

    assert made == "1. Do\n\n    ```md\n      [a](README.md)\n    ```\n\n[a](../settings.md#settings)"


@pytest.mark.parametrize("link", ["gone.md", "index.md#gone", "#gone", "../gone.md"])
def test_a_dead_link_ends_the_build(tmp_path: Path, link: str) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/index.md").write_text(f"# Here\n\n[there]({link})\n")
    config = load_config(
        str(ROOT / "mkdocs.yml"),
        docs_dir=str(tmp_path / "docs"),
        site_dir=str(tmp_path / "site"),
        nav=None,
        hooks=[],
        plugins=[],
        theme="mkdocs",
    )

    with pytest.raises(Abort, match="strict"):
        build(config)


@pytest.mark.skipif(BROWSER is None, reason="there is no Chromium")
async def test_the_search_finds_without_a_server(site: Path) -> None:
    async with playwright.async_playwright() as started:
        browser = await started.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        page = await browser.new_page(viewport={"width": 1200, "height": 800})
        asked_for: list[str] = []
        page.on("request", lambda request: asked_for.append(request.url))

        await page.goto((site / "index.html").as_uri())
        await page.locator(".md-search__input").fill("webhook")
        found = page.locator('.md-search-result__link[href*="webhooks.html"]').first
        await found.wait_for()

        assert [url for url in asked_for if not url.startswith(("file:", "data:"))] == []
        await browser.close()
