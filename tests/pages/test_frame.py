"""What all pages have in common."""

import json
import re

import pytest

from config.loading import SettingsAreWrong
from config.page_settings import PageName
from pages.frame import page
from pages.frame.static_files import StaticFile, StaticFiles
from pages.site import static_files
from tests.docs.settings import FILLED_IN, loaded
from tests.docs.settings import bare as bare
from tests.pages.site import sited
from tickets.ports.store import Store


async def test_the_first_page_links_to_what_is_on(store: Store) -> None:
    async with sited(store, [PageName.DOCS]) as site:
        answer = await site.get("/")

    html = answer.text
    assert answer.status == 200
    assert re.findall(r'class="card door" href="([^"]+)"', html) == ["/docs"]


async def test_without_pages_there_is_no_first_page(store: Store) -> None:
    async with sited(store, []) as site:
        answer = await site.get("/")

    assert (answer.status, json.loads(answer.text)["error"]) == (404, "NOT_FOUND")


async def test_a_page_loads_nothing_from_elsewhere_and_nobody_frames_it(store: Store) -> None:
    async with sited(store) as site:
        answer = await site.get("/")

    html, policy = answer.text, answer.headers["Content-Security-Policy"]
    rules = {name: rest for name, _, rest in (it.strip().partition(" ") for it in policy.split(";"))}
    assert rules["default-src"] == rules["base-uri"] == rules["frame-ancestors"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == rules["form-action"] == "'self'"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert re.findall(r"<script(?![^>]* src=)|<style|\son\w+=|style=|https?://", html) == []


async def test_static_files_are_kept_for_good_under_their_hash(store: Store) -> None:
    async with sited(store) as site:
        (css,) = re.findall(r'href="(/static/[^"]+\.css)"', (await site.get("/")).text)
        kept = await site.get(css)
        older = await site.get(re.sub(r"static/\w+", "static/older", css))
        outside = await site.get(css.replace("guildesk.css", "../site.py"))

    assert kept.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert kept.headers["Content-Type"] == "text/css; charset=utf-8"
    assert kept.headers["Content-Encoding"] == "gzip"
    assert (older.status, older.headers["Cache-Control"]) == (200, "no-cache")
    assert outside.status == 404


def test_the_hash_changes_with_any_file() -> None:
    one = StaticFiles({"a.js": StaticFile(b"1", "text/javascript")})
    other = StaticFiles({"a.js": StaticFile(b"2", "text/javascript")})

    assert one.version != other.version
    assert one.url("a.js") == f"/static/{one.version}/a.js"
    with pytest.raises(KeyError):
        one.url("b.js")


def test_the_files_are_small_enough_for_slow_networks() -> None:
    files = static_files()

    assert files.size("guildesk.css") < 30_000
    assert files.size("theme.js") < 3_000


@pytest.mark.parametrize(
    ("asked", "accepted", "language"),
    [
        ("", "de-AT,de;q=0.9,en;q=0.5", "de"),
        ("", "fr, de;q=0.3, en;q=0.7", "en"),
        ("", "de;q=0, en", "en"),
        ("", "tlh", "en"),
        ("?lang=de", "en", "de"),
        ("?lang=tlh", "de", "de"),
        ("", "de;q=x,,;;q=1,en", "en"),
    ],
)
async def test_pages_come_in_the_language_of_the_browser_or_the_chosen_one(
    store: Store, asked: str, accepted: str, language: str
) -> None:
    async with sited(store) as site:
        answer = await site.get(f"/{asked}", headers={"Accept-Language": accepted})

    assert f'<html lang="{language}">' in answer.text


async def test_below_a_path_everything_stands_below_that_path(store: Store) -> None:
    async with sited(store, path="/help") as site:
        home, portal = await site.get("/"), await site.get("/portal")

    assert 'href="/help/docs"' in home.text
    assert 'href="/help/static/' in home.text
    assert portal.goes_to == "/help/portal/login"


@pytest.mark.parametrize(
    ("value", "pages"),
    [
        ("docs", (PageName.DOCS,)),
        ("off", ()),
        (" docs , Docs", (PageName.DOCS,)),
        ("docs,widget", (PageName.DOCS, PageName.WIDGET)),
    ],
)
def test_pages_are_named_in_the_settings(
    bare: pytest.MonkeyPatch, value: str, pages: tuple[PageName, ...]
) -> None:
    assert loaded(bare, {**FILLED_IN, "PAGES": value, "WIDGET_ORIGINS": "https://a.test"}).pages == pages


def test_a_page_with_a_sign_in_needs_accounts_and_https(bare: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsAreWrong) as without:
        loaded(bare, {**FILLED_IN, "PAGES": "docs,portal"})
    bare.setenv("ACCOUNTS", "on")
    with pytest.raises(SettingsAreWrong) as plain:
        loaded(bare, {**FILLED_IN, "PAGES": "desk", "PUBLIC_URL": "http://support.example.com"})
    own = {"PAGES": "portal", "PUBLIC_URL": "http://localhost:5000"}
    fine = loaded(bare, {**FILLED_IN, **own})

    assert without.value.faults == ["PAGES: portal needs ACCOUNTS=on; nobody could sign in"]
    assert [it.partition(":")[0] for it in plain.value.faults] == ["PUBLIC_URL"]
    assert fine.pages == (PageName.PORTAL,)


@pytest.mark.parametrize("value", ["shop", "docs,off", "docs;portal"])
def test_an_unknown_page_ends_the_start(bare: pytest.MonkeyPatch, value: str) -> None:
    with pytest.raises(SettingsAreWrong, match=r"^PAGES: must be any of portal, widget"):
        loaded(bare, {**FILLED_IN, "PAGES": value})


def test_templates_of_pages_that_are_on_are_compiled_before_anybody_waits_for_them() -> None:
    page._ENVIRONMENT.cache.clear()  # type: ignore[union-attr]

    page.read_templates([])
    none = len(page._ENVIRONMENT.cache)  # type: ignore[arg-type]
    page.read_templates([PageName.PORTAL])
    known = {name for _, name in page._ENVIRONMENT.cache}  # type: ignore[union-attr]

    assert none == 0
    assert {"base.html.jinja", "portal/ticket.html.jinja"} <= known
    assert not any(it.startswith(("desk/", "widget/")) for it in known)
