"""The portal's pages as the server writes them, without scripts."""

import re

from tests.pages.site import sited
from tickets.ports.store import Store

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)> \" ' {{ 7*7 }} &amp; \u202e"


async def test_a_ticket_stands_in_the_page_before_any_script_runs(each_store: Store) -> None:
    async with sited(each_store) as site:
        await site.registered()
        ticket = await site.opened(description="The export **stops**.")
        await site.answered(ticket["id"], "Which `version`?")
        page = await site.get(f"/portal/tickets/{ticket['number']}")
        everything = await site.get("/portal")

    assert "<strong>stops</strong>" in page.text
    assert "<code>version</code>" in page.text
    assert "Your turn" in page.text
    assert "It is broken" in everything.text
    assert "New answer" in everything.text


async def test_nothing_that_people_write_is_html(store: Store) -> None:
    async with sited(store) as site:
        await site.registered()
        ticket = await site.opened(HOSTILE[:90], HOSTILE)
        await site.answered(ticket["id"], HOSTILE)
        pages = [await site.get(it) for it in ("/portal", f"/portal/tickets/{ticket['number']}")]

    for page in pages:
        scripts = re.findall(r"<script[^>]*>", page.text)
        assert all(" src=" in it or 'type="application/json"' in it for it in scripts)
        assert "<img src=x" not in page.text
        assert "49" not in re.findall(r"<bdi>([^<]*)</bdi>", page.text)[0]


async def test_a_ticket_of_somebody_else_is_as_none(each_store: Store) -> None:
    async with sited(each_store) as site:
        await site.registered()
        ticket = await site.opened()
        await site.post("/portal/logout")
        await site.registered("mallory")
        theirs = await site.get(f"/portal/tickets/{ticket['number']}")
        by_id = await site.get(f"/portal/tickets/{ticket['id']}")
        none = await site.get("/portal/tickets/999")

    assert (theirs.status, by_id.status, none.status) == (404, 404, 404)
    assert theirs.text == none.text == by_id.text


async def test_every_page_refuses_frames_and_other_hosts(store: Store) -> None:
    async with sited(store) as site:
        outside = [
            await site.get(f"/portal/{it}") for it in ("login", "register", "forgot", "verify", "reset")
        ]
        await site.registered()
        ticket = await site.opened()
        paths = [
            "",
            "/new",
            "/new/support",
            f"/tickets/{ticket['number']}",
            "/account",
            "/notifications",
            "/x/y",
        ]
        inside = [await site.get(f"/portal{it}") for it in paths]

    assert [it.status for it in inside] == [200] * (len(paths) - 1) + [404]
    for page in (*outside, *inside):
        policy = page.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy
        assert "script-src 'self';" in policy
        assert page.headers["X-Frame-Options"] == "DENY"
        assert page.headers["Cache-Control"] == "no-store"
        assert "Access-Control-Allow-Origin" not in page.headers
        assert set(re.findall(r'(?:src|action)="(https?:[^"]*)"', page.text)) == set()
        assert re.findall(r"<style|\sstyle=|\son[a-z]+=", page.text) == []


async def test_the_form_asks_what_the_kind_of_ticket_asks(store: Store) -> None:
    async with sited(store) as site:
        await site.registered()
        kinds = await site.get("/portal/new")
        form = await site.get("/portal/new/bug")
        unknown = await site.get("/portal/new/nothing")

    assert re.findall(r'href="/portal/new/(\w+)"', kinds.text) == ["bug", "feature", "support", "other"]
    assert 'data-category="bug"' in form.text
    assert unknown.status == 404


async def test_junk_is_refused_with_a_page(store: Store) -> None:
    async with sited(store) as site:
        headers = {"Origin": site.url}
        answers = []
        for body, kind in (
            (b"\xff" * 10, "application/x-www-form-urlencoded"),
            (b"{}", "application/json"),
            (b"a=" + b"x" * 20_000, "application/x-www-form-urlencoded"),
            (b"&".join(b"a%d=1" % it for it in range(100)), "application/x-www-form-urlencoded"),
        ):
            more = {**headers, "Content-Type": kind}
            async with site.browser.post("/portal/login", data=body, headers=more) as answer:
                answers.append((answer.status, answer.content_type))

    assert answers == [(400, "text/html"), (415, "text/html"), (413, "text/html"), (400, "text/html")]
