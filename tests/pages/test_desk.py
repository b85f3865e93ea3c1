"""The desk's sign-in, its queue, and answers from there."""

import re

from accounts.own import AccountChanges
from tests.pages.site import PASSWORD, Site, sited
from tickets.model import Caller, Person, UserKey, UserRole
from tickets.ports.lists import TicketFilter
from tickets.ports.store import Store

ADMIN = Caller(Person(UserKey("default", "root"), "Root", UserRole.ADMIN))


async def staffed(site: Site, name: str = "sam") -> None:
    """Somebody of staff has an account, and nobody is signed in."""
    await site.registered(name)
    await site.post("/portal/logout")
    account = await site.store.identity.accounts.with_email(f"{name}@example.test")
    assert account is not None
    await site.accounts.own.administer(ADMIN, account.id, AccountChanges(role=UserRole.AGENT))


async def sign_in(site: Site, name: str = "sam") -> str | None:
    answer = await site.post("/desk/login", email=f"{name}@example.test", password=PASSWORD)
    return answer.goes_to


async def test_staff_answers_what_waits_once_however_often_the_form_is_sent(each_store: Store) -> None:
    async with sited(each_store) as site:
        await staffed(site)
        await site.registered("casey")
        ticket = await site.opened("<b>Broken</b>")
        way = await sign_in(site)
        queue = await site.get("/desk")
        page = await site.get(f"/desk/tickets/{ticket['number']}")
        form = re.findall(r'name="form" value="(\w+)"', page.text)[0]
        sent = [
            await site.post(f"/desk/tickets/{ticket['number']}", content="On it.\r\n**Now**", form=form)
            for _ in range(2)
        ]
        after = await site.get(f"/desk/tickets/{ticket['number']}")
        (kept,) = await each_store.views.tickets(TicketFilter())
        messages = await each_store.views.messages(kept.id)

    assert way == "/desk"
    assert "&lt;b&gt;Broken&lt;/b&gt;" in queue.text
    assert {it.goes_to for it in sent} == {f"/desk/tickets/{ticket['number']}#end"}
    assert [it.content for it in messages] == ["On it.\n**Now**"]
    assert "<strong>Now</strong>" in after.text


async def test_nobody_else_comes_in(store: Store) -> None:
    async with sited(store) as site:
        await staffed(site)
        await site.registered("casey")
        portal_only = await site.get("/desk")
        refused = await site.post("/desk/login", email="casey@example.test", password=PASSWORD)
        foreign = await site.post(
            "/desk/login", "https://evil.example", email="sam@example.test", password=PASSWORD
        )
        await sign_in(site)
        account = await store.identity.accounts.with_email("sam@example.test")
        assert account is not None
        await site.accounts.own.administer(ADMIN, account.id, AccountChanges(role=UserRole.CUSTOMER))
        demoted = await site.get("/desk")
        answered = await site.post("/desk/tickets/1", content="still here")

    assert portal_only.goes_to == "/desk/login"
    assert (refused.status, foreign.status) == (403, 403)
    assert "Only staff" in refused.text
    assert "guildesk_desk" not in refused.cookies
    assert (demoted.status, answered.status) == (403, 403)


async def test_a_transcript_is_read_by_staff_alone_and_runs_nothing(store: Store) -> None:
    async with sited(store) as site:
        await staffed(site)
        await site.registered("casey")
        ticket = await site.opened("<b>Broken</b>")
        where = f"/desk/tickets/{ticket['number']}/transcript"
        stranger = await site.get(where)
        await sign_in(site)
        page = await site.get(where)
        nowhere = await site.get("/desk/tickets/99/transcript")
        account = await store.identity.accounts.with_email("sam@example.test")
        assert account is not None
        await site.accounts.own.administer(ADMIN, account.id, AccountChanges(role=UserRole.CUSTOMER))
        demoted = await site.get(where)

    assert (stranger.status, page.status, nowhere.status, demoted.status) == (303, 200, 404, 403)
    assert "&lt;b&gt;Broken&lt;/b&gt;" in page.text
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src" not in policy
