"""What is served of the widget, and to whom."""

import gzip
import re
from html import unescape

import pytest
from yarl import URL

from config.loading import SettingsAreWrong
from config.page_settings import PageName
from pages.client_files import client_files
from pages.site import static_files
from tests.docs.settings import FILLED_IN, loaded
from tests.docs.settings import bare as bare
from tests.widget.conftest import Street
from tests.widget.shops import WidgetStage

FRAME = "/widget"


def rules_of(policy: str) -> dict[str, str]:
    return {name: rest for name, _, rest in (it.strip().partition(" ") for it in policy.split(";"))}


async def test_the_frame_is_for_the_one_page_that_it_was_made_for(street: Street) -> None:
    async with street.stage.http.get(FRAME, params={"origin": street.origin}) as answer:
        html, headers = await answer.text(), answer.headers

    rules = rules_of(headers["Content-Security-Policy"])
    assert rules["frame-ancestors"] == street.origin
    assert rules["script-src"] == "'self'"
    assert f'data-origin="{street.origin}"' in html
    assert "X-Frame-Options" not in headers
    assert "Set-Cookie" not in headers
    assert "Access-Control-Allow-Origin" not in headers
    assert re.findall(r"<script(?![^>]* src=)|<style|\son\w+=|style=", html) == []


@pytest.mark.parametrize("change", [".evil.test", ":1", "/", ""])
async def test_no_other_page_gets_a_frame(street: Street, change: str) -> None:
    asked = f"{street.origin}{change}" if change else ""

    async with street.stage.http.get(FRAME, params={"origin": asked}) as answer:
        html, headers = await answer.text(), answer.headers

    assert answer.status == 403
    assert rules_of(headers["Content-Security-Policy"])["frame-ancestors"] == "'none'"
    assert "data-origin" not in html


async def test_every_page_may_load_the_script_and_keeps_it_for_minutes(street: Street) -> None:
    async with street.stage.http.get("/widget.js") as answer:
        tag, body = answer.headers["ETag"], await answer.text()
    async with street.stage.http.get("/widget.js", headers={"If-None-Match": tag}) as again:
        pass

    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=600"
    assert again.status == 304
    assert "document.cookie" not in body


async def test_without_the_setting_there_is_no_widget(street: Street) -> None:
    other = WidgetStage(street.stage.store, street.stage.clock)
    async with other.with_widget(street.origin, on=[PageName.DOCS]):
        for path in (f"{FRAME}?origin={street.origin}", "/widget.js"):
            async with other.http.get(path) as answer:
                assert answer.status == 404


async def test_the_frame_speaks_the_language_of_the_page(street: Street) -> None:
    async with street.stage.http.get(FRAME, params={"origin": street.origin, "lang": "de"}) as answer:
        html = await answer.text()

    assert '<html lang="de">' in html
    assert "Frage stellen" in html


async def test_all_of_it_is_small(street: Street) -> None:
    """The script, the frame, and every module and style that the frame loads."""
    async with street.stage.http.get(FRAME, params={"origin": street.origin}) as answer:
        html = await answer.read()
    async with street.stage.http.get("/widget.js") as answer:
        script = await answer.read()
    static = static_files()
    names = ["guildesk.css", "socket.io.esm.min.js", *client_files()]
    names += [it for it in static.names if it.startswith("widget/") and it != "widget/widget.js"]

    bodies = [html, script, *(static.body(it) for it in names)]

    assert sum(len(gzip.compress(it, 9)) for it in bodies) <= 60_000


async def test_what_the_script_fills_in_stays_open(street: Street) -> None:
    async with street.stage.http.get(FRAME, params={"origin": street.origin}) as answer:
        html = unescape(await answer.text())

    assert '"typing": "{name} is typing' in html
    assert '"unread": "Unread messages: {count}"' in html


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("https://shop.example.com", ("https://shop.example.com",)),
        (
            "https://Shop.Example.com:443/, http://localhost:8000",
            ("https://shop.example.com", "http://localhost:8000"),
        ),
    ],
)
def test_origins_are_kept_as_browsers_name_them(
    bare: pytest.MonkeyPatch, said: str, kept: tuple[str, ...]
) -> None:
    assert loaded(bare, {**FILLED_IN, "PAGES": "widget", "WIDGET_ORIGINS": said}).widget_origins == kept


@pytest.mark.parametrize(
    "origin",
    [
        "*",
        "https://*.example.com",
        "shop.example.com",
        "https://shop.example.com/path",
        "null",
        "ftp://a.test",
        "https://a@b.test",
    ],
)
def test_what_is_no_exact_origin_is_refused(bare: pytest.MonkeyPatch, origin: str) -> None:
    with pytest.raises(SettingsAreWrong) as wrong:
        loaded(bare, {**FILLED_IN, "PAGES": "widget", "WIDGET_ORIGINS": origin})

    assert [it.partition(":")[0] for it in wrong.value.faults] == ["WIDGET_ORIGINS"]


def test_a_widget_without_origins_is_a_mistake(bare: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsAreWrong) as wrong:
        loaded(bare, {**FILLED_IN, "PAGES": "widget"})

    assert [it.partition(":")[0] for it in wrong.value.faults] == ["WIDGET_ORIGINS"]


def test_the_frame_waits_for_no_file_of_another_host(street: Street) -> None:
    """Whatever a module imports is ours."""
    static = static_files()
    imports = [
        URL(found)
        for name in static.names
        if name.startswith(("widget/", "client/")) and name.endswith(".js")
        for found in re.findall(r'from "([^"]+)"', static.body(name).decode())
    ]

    assert imports
    assert not any(it.is_absolute() for it in imports)
