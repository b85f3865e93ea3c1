"""The portal's pages as the server writes them, without scripts."""

import re
from typing import Any

from tests.pages.site import PASSWORD, Mailbox, Site, sited
from tickets.model import TicketId
from tickets.ports.store import Store
from tickets.ports.users import Block
from tickets.refused_addresses import RefusedAddresses


class Texts:
    """Where text messages go that nobody sends: the phone and the code of each."""

    def __init__(self) -> None:
        self.codes: list[tuple[str, str]] = []

    async def send_code(self, phone: str, code: str, locale: str | None) -> None:
        self.codes.append((phone, code))


PHONE = "/portal/account/phone"
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


async def test_built_in_forms_are_in_the_readers_language(store: Store) -> None:
    async with sited(store) as site:
        await site.registered()
        kinds = await site.get("/portal/new?lang=de")
        form = await site.get("/portal/new/bug?lang=de")

    assert re.findall(r"</span>(\w+)</strong>", kinds.text) == ["Fehler", "Idee", "Hilfe", "Anderes"]
    assert "Something" not in kinds.text + form.text


async def test_a_phone_is_confirmed_by_the_code_that_was_sent_to_it(each_store: Store) -> None:
    texts = Texts()
    async with sited(each_store, texter=texts, rate_limits=True) as site:
        await site.registered()
        junk = [await site.post(PHONE, phone=it) for it in ("12", "+0 1234567", "+49\x001234567")]
        sent = await site.post(PHONE, phone="0049 (1512) 345-6789")
        wrong = await site.post(f"{PHONE}/confirm", code="00000000x")
        right = await site.post(f"{PHONE}/confirm", code=f" {texts.codes[0][1]} ")
        again = [await site.post(PHONE, phone=f"+491512345670{it}") for it in range(3)]
        foreign = await site.post(
            "/portal/account/phone", origin="https://evil.example", phone="+4915123456789"
        )
        gone = await site.post(PHONE, phone="")

    assert [it.status for it in junk] == [400] * 3
    assert (sent.status, texts.codes[0][0]) == (200, "+4915123456789")
    assert (wrong.status, right.status) == (400, 200)
    assert "Your phone is confirmed." in right.text
    assert [it.status for it in again] == [200, 200, 400]
    assert len(texts.codes) == 3
    assert foreign.status == 403
    assert 'name="code"' not in gone.text


async def test_where_no_text_messages_are_sent_nobody_is_asked_for_a_phone(store: Store) -> None:
    async with sited(store) as site:
        await site.registered()
        page = await site.get("/portal/account")

    assert 'name="phone"' not in page.text


async def test_whoever_no_mail_reaches_is_told_and_says_that_the_address_is_right(each_store: Store) -> None:
    async with sited(each_store) as site:
        await site.registered()
        await RefusedAddresses(each_store).add("casey@example.test", 1)
        pages = [await site.get(it) for it in ("/portal", "/portal/account")]
        done = await site.post("/portal/account/email")
        after = [await site.get(it) for it in ("/portal", "/portal/account")]

    assert ["mails" in it.text and "do not arrive" in it.text for it in (*pages, *after)] == [True] * 2 + [
        False
    ] * 2
    assert "We write to this address again" in done.text


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


async def _asked_as_guest(site: Site) -> tuple[dict[str, Any], str]:
    """What a guest has been given, and their ticket."""
    async with site.browser.post("/api/v1/guests", json={}) as answer:
        assert answer.status == 201
        guest = await answer.json()
    said = {"topic": "Is it open?", "description": "Today."}
    headers = {"Authorization": f"Bearer {guest['token']}"}
    async with site.browser.post("/api/v1/tickets", json=said, headers=headers) as answer:
        assert answer.status == 201
        return guest, str((await answer.json())["id"])


async def test_a_guest_who_registers_keeps_the_history(each_store: Store) -> None:
    async with sited(each_store) as site:
        guest, ticket = await _asked_as_guest(site)
        token = guest["token"]
        form = await site.get("/portal/register")
        given = {"email": "casey@example.test", "username": "Casey", "password": PASSWORD}
        weak = await site.post("/portal/register", guest_token=token, **{**given, "password": "password"})
        registered = await site.post("/portal/register", guest_token=token, **given)
        page = await site.get(f"/portal/tickets/{ticket}")
        again = {"refresh_token": guest["refresh_token"]}
        async with site.browser.post("/api/v1/accounts/refresh", json=again) as answer:
            over = answer.status

    assert 'name="guest_token" value=""' in form.text
    assert f'name="guest_token" value="{token}"' in weak.text, "it is not lost with a word that is too weak"
    assert (registered.status, page.status, over) == (303, 200, 401)
    assert "Is it open?" in page.text


async def test_a_guest_keeps_the_history_once_their_address_is_confirmed(store: Store) -> None:
    mailer = Mailbox()
    async with sited(store, mailer=mailer) as site:
        guest, ticket = await _asked_as_guest(site)
        token = guest["token"]
        given = {"email": "casey@example.test", "username": "Casey", "password": PASSWORD}
        await site.post("/portal/register", guest_token=token, **given)
        before = await store.views.ticket(TicketId(ticket))
        await site.post("/portal/verify", token=mailer.mails[-1].facts["token"], password=PASSWORD)
        after = await store.views.ticket(TicketId(ticket))
        account = await store.identity.accounts.with_email("casey@example.test")

    assert before is not None and after is not None and account is not None  # noqa: PT018
    assert before.requester != account.key, "nobody has shown yet that the address is theirs"
    assert after.requester == account.key


async def test_a_strangers_history_does_not_come_to_whoever_sets_a_new_password(store: Store) -> None:
    mailer = Mailbox()
    async with sited(store, mailer=mailer) as site:
        guest, ticket = await _asked_as_guest(site)
        given = {"email": "casey@example.test", "username": "Casey", "password": PASSWORD}
        await site.post("/portal/register", guest_token=guest["token"], **given)
        token = mailer.mails[-1].facts["token"]
        done = await site.post("/portal/reset", token=token, password="what only Casey knows")
        after = await store.views.ticket(TicketId(ticket))

    assert done.goes_to == "/portal/login?done=reset"
    assert after is not None
    assert after.requester.id == guest["user"]["id"]


async def test_a_guest_who_signs_in_keeps_the_history(each_store: Store) -> None:
    async with sited(each_store) as site:
        await site.registered("casey")
        await site.post("/portal/logout")
        guest, ticket = await _asked_as_guest(site)
        token, casey = guest["token"], {"email": "casey@example.test"}
        wrong = await site.post("/portal/login", guest_token=token, password="not this one", **casey)
        theirs_still = await each_store.views.ticket(TicketId(ticket))
        signed_in = await site.post("/portal/login", guest_token=token, password=PASSWORD, **casey)
        page = await site.get(f"/portal/tickets/{ticket}")
        again = {"refresh_token": guest["refresh_token"]}
        async with site.browser.post("/api/v1/accounts/refresh", json=again) as answer:
            over = answer.status

    assert f'name="guest_token" value="{token}"' in wrong.text, "it is not lost with a wrong password"
    assert theirs_still is not None and theirs_still.requester.id == guest["user"]["id"]  # noqa: PT018
    assert (signed_in.status, page.status) == (303, 200)
    assert "Is it open?" in page.text
    assert over == 401, "the guest is no more"


async def test_a_guest_who_is_signed_in_already_says_so(store: Store) -> None:
    async with sited(store) as site:
        await site.registered("casey")
        guest, ticket = await _asked_as_guest(site)
        foreign = await site.post("/portal/guest", "https://evil.example", guest_token=guest["token"])
        before = await site.get(f"/portal/tickets/{ticket}")
        said = await site.post("/portal/guest", guest_token=guest["token"])
        after = await site.get(f"/portal/tickets/{ticket}")
        junk = await site.post("/portal/guest", guest_token="x")

    assert (foreign.status, before.status, said.status, after.status) == (403, 404, 303, 200)
    assert (junk.status, "not in your account" in junk.text) == (409, True)


async def test_a_token_that_is_no_guests_gives_nothing(store: Store) -> None:
    async with sited(store) as site:
        await site.registered("casey")
        token, ticket = await site.token(), await site.opened()
        await site.post("/portal/logout")
        await site.post(
            "/portal/register",
            email="mallory@example.test",
            username="Mallory",
            password=PASSWORD,
            guest_token=token,
        )
        theirs = await site.get(f"/portal/tickets/{ticket['id']}")
        await site.post("/portal/logout")
        mallory = {"email": "mallory@example.test", "password": PASSWORD}
        signed_in = await site.post("/portal/login", guest_token=token, **mallory)
        theirs_then = await site.get(f"/portal/tickets/{ticket['id']}")
        await site.post("/portal/logout")
        junk = await site.post(
            "/portal/register", email="eve@example.test", username="Eve", password=PASSWORD, guest_token="x"
        )

    assert (theirs.status, junk.status) == (404, 303)
    assert (signed_in.status, theirs_then.status) == (303, 404)


async def test_who_is_blocked_is_told_on_every_page_and_where_a_form_is_refused(store: Store) -> None:
    told = 'role="status">You cannot write here at the moment.'
    async with sited(store) as site:
        await site.registered()
        ticket = await site.opened()
        paths = [f"/portal{it}" for it in ("", "/new/support", f"/tickets/{ticket['number']}", "/account")]
        before = [await site.get(it) for it in paths]
        (account,) = (await store.identity.accounts.page(None, 10)).items
        await store.users.block(account.key, Block())
        after = [await site.get(it) for it in paths]
        refused = await site.post("/portal/account", username="Other")

    assert [told in it.text for it in before] == [False] * 4
    assert [(it.status, told in it.text) for it in after] == [(200, True)] * 4
    assert (refused.status, "You cannot write here" in refused.text) == (403, True)
