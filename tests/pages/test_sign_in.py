"""Signing in at the portal, and what strangers try there."""

import asyncio
import json
import re
import time
from html import unescape
from http.cookies import Morsel
from typing import Any

from tests.pages.site import PASSWORD, Mailbox, Site, link_in, sited, token_in
from tickets.ports.store import Store

CASEY = "casey@example.test"
FOREIGN = ["https://evil.example", "null", "http://127.0.0.1", "https://127.0.0.1", None, "not a url"]
NO_ORIGINS = ["{0}/", "{0}/portal", "{0}#", "{0}?", "http://evil@{1}", "http://a:b@{1}", "HTTP://{1}"]
"""What no browser sends: around the origin of the pages, and around their host."""
WAYS = [
    "//evil.example",
    "https://evil.example/portal",
    "/portal/../desk",
    "/portal/%2e%2e/x",
    "/portal\\evil",
    "/portal/\r\nSet-Cookie: a=b",
    "/portalx",
    "/portal@evil.example",
    "/portal?next=//evil.example",
    "javascript:alert(1)",
    "/portal/" + "x" * 300,
]


def cookie_in(cookies: Any) -> "Morsel[str]":
    found: Morsel[str] = cookies["guildesk_portal"]
    return found


async def signed_in(site: Site, **form: str) -> Any:
    return await site.post("/portal/login", **{"email": CASEY, "password": PASSWORD, **form})


async def test_whoever_registers_is_signed_in_and_stays_so(store: Store) -> None:
    async with sited(store) as site:
        before = await site.get("/portal")
        await site.registered()
        after = await site.get("/portal")

    assert before.goes_to == "/portal/login"
    assert (after.status, "Casey" in after.text) == (200, True)


async def test_the_cookie_is_for_the_portal_alone_and_for_no_script(store: Store) -> None:
    async with sited(store, secure=True) as site:
        answer = await site.post("/portal/register", email=CASEY, username="Casey", password=PASSWORD)

    cookie = cookie_in(answer.cookies)
    assert list(answer.cookies) == ["guildesk_portal"]
    assert (cookie["path"], cookie["httponly"], cookie["secure"], cookie["samesite"]) == (
        "/portal",
        True,
        True,
        "Lax",
    )
    assert 29 * 86_400 < int(cookie["max-age"]) <= 30 * 86_400


async def test_signing_out_ends_the_session_even_for_whoever_kept_the_cookie(store: Store) -> None:
    async with sited(store) as site:
        await site.registered()
        kept = {"Cookie": f"guildesk_portal={_kept(site)}"}
        out = await site.post("/portal/logout")
        again = await site.get("/portal", headers=kept)

    assert out.goes_to == "/portal/login?done=out"
    assert again.goes_to == "/portal/login"


def _kept(site: Site) -> str:
    return next(it.value for it in site.browser.cookie_jar if it.key == "guildesk_portal")


async def test_a_wrong_password_and_an_unknown_address_are_told_the_same(store: Store) -> None:
    async with sited(store) as site:
        await site.registered()
        await site.post("/portal/logout")
        wrong = await signed_in(site, password="not it, sorry")
        unknown = await signed_in(site, email="nobody@example.test")

    assert (wrong.status, unknown.status) == (401, 401)
    assert wrong.text.replace(CASEY, "") == unknown.text.replace("nobody@example.test", "")
    assert "guildesk_portal" not in wrong.cookies


async def test_who_tries_too_often_is_told_when_to_try_again(store: Store) -> None:
    async with sited(store) as site:
        await site.registered()
        await site.post("/portal/logout")
        tries = [await signed_in(site, password="not it, sorry") for _ in range(6)]

    assert [it.status for it in tries] == [401, 401, 401, 401, 401, 429]
    assert int(tries[-1].headers["Retry-After"]) > 0
    assert "too often" in tries[-1].text


async def test_no_other_page_signs_anybody_in_or_out_or_gets_a_token(store: Store) -> None:
    async with sited(store) as site:
        await site.registered()
        answers = []
        host = site.url.removeprefix("http://")
        for origin in FOREIGN + [it.format(site.url, host) for it in NO_ORIGINS]:
            answers += [
                await site.post("/portal/logout", origin),
                await site.post("/portal/token", origin),
                await site.post("/portal/account", origin, username="Mallory"),
                await site.post("/portal/account/delete", origin, delete_email=CASEY),
                await site.post("/portal/login", origin, email=CASEY, password=PASSWORD),
                await site.post(
                    "/portal/register", origin, email="m@e.test", username="M", password=PASSWORD
                ),
                await site.post("/portal/verify", origin, token="x", password=PASSWORD),
                await site.post("/portal/reset", origin, token="x", password=PASSWORD),
            ]
        account = await site.get("/portal/account")

    assert {it.status for it in answers} == {403}
    assert [it.cookies for it in answers if it.cookies] == []
    assert 'value="Casey"' in account.text


async def test_a_form_from_a_page_of_the_same_site_but_another_origin_is_refused(store: Store) -> None:
    async with sited(store) as site:
        headers = {"Origin": site.url, "Sec-Fetch-Site": "same-site"}
        async with site.browser.post("/portal/login", data={"email": CASEY}, headers=headers) as answer:
            status = answer.status

    assert status == 403


async def test_a_ticket_that_was_asked_for_is_where_signing_in_leads(store: Store) -> None:
    async with sited(store) as site:
        await site.registered()
        await site.post("/portal/logout")
        first = await site.get("/portal/tickets/12")
        answer = await signed_in(site, next="/portal/tickets/12")

    assert first.goes_to == "/portal/login?next=%2Fportal%2Ftickets%2F12"
    assert answer.goes_to == "/portal/tickets/12"


async def test_signing_in_leads_to_no_other_place(store: Store) -> None:
    async with sited(store) as site:
        await site.registered()
        there = [await site.get("/portal/login", params={"next": way}) for way in WAYS]
        await site.post("/portal/logout")
        shown = [await site.get("/portal/login", params={"next": way}) for way in WAYS]
        entered = [await signed_in(site, next=way) for way in WAYS]

    assert {it.goes_to for it in (*there, *entered)} == {"/portal"}
    assert all('name="next" value="/portal"' in it.text for it in shown)


async def test_a_token_is_good_for_the_api_and_the_cookie_is_not(store: Store) -> None:
    async with sited(store) as site:
        await site.registered()
        token, cookie = await site.token(), {"Cookie": f"guildesk_portal={_kept(site)}"}
        with_token = await site.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
        with_cookie = await site.get("/api/v1/me", headers=cookie)

    assert with_token.status == 200
    assert json.loads(with_token.text)["username"] == "Casey"
    assert with_cookie.status == 401


async def test_without_a_session_there_is_no_token(store: Store) -> None:
    async with sited(store) as site:
        nobody = await site.post("/portal/token")
        async with site.browser.post(
            "/portal/token", headers={"Origin": site.url, "Cookie": "guildesk_portal=junk"}
        ) as junk:
            pass

    assert (nobody.status, junk.status) == (401, 401)
    assert json.loads(nobody.text)["code"] == "session_over"


async def test_addresses_are_confirmed_where_there_is_mail_and_a_program_that_follows_links_does_not(
    store: Store,
) -> None:
    mailbox = Mailbox()
    async with sited(store, mailer=mailbox) as site:
        told = await site.post("/portal/register", email=CASEY, username="Casey", password=PASSWORD)
        (mail,) = mailbox.mails
        link = link_in(mail, site)
        followed = await site.get(link)
        early = await signed_in(site)
        confirmed = await site.post("/portal/verify", token=token_in(link), password=PASSWORD)
        signed = await signed_in(site)
        twice = await site.post("/portal/verify", token=token_in(link), password=PASSWORD)

    assert (told.status, followed.status, early.status) == (200, 200, 401)
    assert CASEY in told.text
    assert confirmed.goes_to == "/portal/login?done=verified"
    assert "guildesk_portal" not in confirmed.cookies  # else a stranger's link would sign people in as them
    assert (signed.goes_to, twice.status) == ("/portal", 400)


async def test_whoever_registers_anothers_address_does_not_get_into_the_owners_account(store: Store) -> None:
    mailbox, own = Mailbox(), "what only Casey knows"
    async with sited(store, mailer=mailbox) as site:
        await site.post("/portal/register", email=CASEY, username="Stranger", password=PASSWORD)  # a stranger
        link = link_in(mailbox.mails[0], site)
        asked = await site.get(link)
        refused = [
            await site.post("/portal/verify", token=token_in(link), **it) for it in ({}, {"password": own})
        ]
        early = await signed_in(site)
        way_on = re.search(r'href="(/portal/reset\?token=[\w-]+&amp;owner)"', refused[-1].text)
        assert way_on is not None
        form = await site.get(unescape(way_on[1]))
        asked_for = {"token": token_in(way_on[1]), "username": "Casey Owner"}
        weak = await site.post("/portal/reset", **asked_for, password="password1")
        done = await site.post("/portal/reset", **asked_for, password=own)
        late = await site.post("/portal/verify", token=token_in(link), password=PASSWORD)
        stranger, owner = await signed_in(site), await signed_in(site, password=own)
        account = await site.get("/portal/account")

    assert ('name="username"' in form.text, 'value="Casey Owner"' in weak.text) == (True, True)
    assert 'value="Casey Owner"' in account.text
    (field,) = re.findall(r"<input type=\"password\"[^>]*>", asked.text)
    assert 'name="password" required autocomplete="current-password"' in field
    assert [it.status for it in refused] == [401, 401]
    assert "not the password that was chosen" in refused[-1].text
    assert own not in refused[-1].text
    assert (early.status, form.status, weak.status, late.status) == (401, 200, 400, 400)
    assert (done.goes_to, stranger.status, owner.goes_to) == ("/portal/login?done=reset", 401, "/portal")


async def test_guesses_behind_the_mailed_link_count_as_those_of_sign_ins(store: Store) -> None:
    mailbox = Mailbox()
    async with sited(store, mailer=mailbox) as site:
        await site.post("/portal/register", email=CASEY, username="Casey", password=PASSWORD)
        token = token_in(link_in(mailbox.mails[0], site))
        before = await signed_in(site, password="not it, sorry")
        guesses = [await site.post("/portal/verify", token=token, password=f"guess {it}") for it in range(5)]
        waited = int(guesses[-1].headers["Retry-After"])
        site.clock.ahead += waited
        right = await site.post("/portal/verify", token=token, password=PASSWORD)

    assert [it.status for it in (before, *guesses)] == [401] * 5 + [429]
    assert "too often" in guesses[-1].text
    assert "/portal/reset?token=" in guesses[-1].text, "a new password needs no guess"
    assert (0 < waited <= 30, right.goes_to) == (True, "/portal/login?done=verified")


async def test_a_stranger_loses_an_address_that_nobody_confirmed_to_its_owner(each_store: Store) -> None:
    """The account is of a time without mail. Its session, password and phone were the stranger's."""
    mailbox, own = Mailbox(), "what only Casey knows"
    async with sited(each_store) as site:
        await site.registered()
        await site.post("/portal/account/phone", phone="+436601234567")
        kept = {"Cookie": f"guildesk_portal={_kept(site)}"}
        strangers = await each_store.identity.accounts.with_email(CASEY)
    async with sited(each_store, mailer=mailbox) as site:
        before = await site.get("/portal", headers=kept)
        await site.post("/portal/forgot", email=CASEY)
        form = await site.get(link_in(mailbox.mails[-1], site))
        token = token_in(link_in(mailbox.mails[-1], site))
        await site.post("/portal/reset", token=token, password=own, username="Cass Owner")
        after = await site.get("/portal", headers=kept)
        stranger, owner = await signed_in(site), await signed_in(site, password=own)
        account = await each_store.identity.accounts.with_email(CASEY)

    assert (before.status, after.goes_to) == (200, "/portal/login")
    assert (stranger.status, owner.goes_to) == (401, "/portal")
    assert strangers is not None and account is not None  # noqa: PT018
    assert (strangers.email_verified, strangers.phone) == (False, "+436601234567")
    assert 'name="username"' in form.text
    assert (account.email_verified, account.phone, account.username) == (True, None, "Cass Owner")


async def test_a_forgotten_password_is_replaced_and_all_sessions_end(each_store: Store) -> None:
    mailbox = Mailbox()
    async with sited(each_store, mailer=mailbox) as site:
        await site.post("/portal/register", email=CASEY, username="Casey", password=PASSWORD)
        token = token_in(link_in(mailbox.mails[0], site))
        await site.post("/portal/verify", token=token, password=PASSWORD)
        await signed_in(site)
        began = time.monotonic()
        known = await site.post("/portal/forgot", email=CASEY)
        took = time.monotonic() - began
        unknown = await site.post("/portal/forgot", email="nobody@example.test")
        mailed = len(mailbox.mails)
        for none in ("nobody", "a@example.test, b@example.test", "a\0@example.test", "a@b\r\nBcc: c@d", ""):
            assert (await site.post("/portal/forgot", email=none)).status == 200
        assert len(mailbox.mails) == mailed
        link = link_in(next(it for it in mailbox.mails if it.kind == "reset"), site)
        weak = await site.post("/portal/reset", token=token_in(link), password="password1")
        done = await site.post("/portal/reset", token=token_in(link), password="another long one, 7")
        out = await site.get("/portal")
        old, new = await signed_in(site), await signed_in(site, password="another long one, 7")

    assert took >= 0.249, "after a time that tells nobody what was found"
    assert known.text.replace(CASEY, "") == unknown.text.replace("nobody@example.test", "")
    assert (weak.status, done.goes_to) == (400, "/portal/login?done=reset")
    assert out.goes_to == "/portal/login"
    assert (old.status, new.goes_to) == (401, "/portal")


async def test_what_is_wrong_with_a_registration_stands_at_its_field(store: Store) -> None:
    wrong: dict[str, tuple[dict[str, str], str]] = {
        "address": ({"email": "no address"}, "no e-mail address"),
        "name": ({"username": "  "}, "tell us a name"),
        "short": ({"password": "short"}, "at least 8 characters"),
        "weak": ({"password": "password123"}, "try this password first"),
        "taken": ({}, "already"),
    }
    async with sited(store) as site:
        await site.registered()
        await site.post("/portal/logout")
        for form, said in wrong.values():
            given = {"email": CASEY, "username": "Casey", "password": PASSWORD, **form}
            answer = await site.post("/portal/register", **given)

            found = re.findall(r'class="wrong" id="wrong-(\w+)">([^<]+)<', answer.text)
            assert answer.status == 400
            assert [field for field, _ in found] == [next(iter(form), "email")]
            assert said in found[0][1]
            assert PASSWORD not in answer.text


async def test_the_account_is_changed_by_its_owner(each_store: Store) -> None:
    async with sited(each_store) as site:
        await site.registered()
        named = await site.post("/portal/account", username="Cas <b>", locale="de")
        listed = await site.get("/portal")
        wrong = await site.post("/portal/account/password", old_password="no", password="another long one, 7")
        done = await site.post(
            "/portal/account/password", old_password=PASSWORD, password="another long one, 7"
        )
        slip = await site.post("/portal/account/delete", delete_email="other@example.test")
        gone = await site.post("/portal/account/delete", delete_email=CASEY)
        after = await site.get("/portal")

    assert "Cas &lt;b&gt;" in named.text
    assert '<html lang="de">' in listed.text
    assert (wrong.status, done.status, slip.status) == (400, 200, 400)
    assert (gone.goes_to, after.goes_to) == ("/portal/login?done=gone", "/portal/login")


async def test_pages_are_limited_by_person_and_strangers_by_address(store: Store) -> None:
    async with sited(store, rate_limits=True) as site:
        await site.registered()
        own = [(await site.get("/portal/notifications")).status for _ in range(62)]
        await site.post("/portal/logout")
        others = [(await site.get("/portal/login")).status for _ in range(125)]
        over = await site.get("/portal/login")

    assert (own[0], own[-1]) == (200, 429)
    assert (others[0], others[-1]) == (200, 429)
    assert int(over.headers["Retry-After"]) > 0
    assert "too often" in over.text


async def test_one_address_causes_no_more_mails_by_the_portal_than_over_the_api(store: Store) -> None:
    mailbox = Mailbox()
    async with sited(store, mailer=mailbox, rate_limits=True) as site:
        forgot = await asyncio.gather(
            *(site.post("/portal/forgot", email=f"user{it}@example.test") for it in range(25))
        )
        mails = len(mailbox.mails)
        registered = await asyncio.gather(
            *(
                site.post("/portal/register", email=f"user{it}@example.test", username="x", password=PASSWORD)
                for it in range(25)
            )
        )

    assert [it.status for it in forgot].count(429) == 5
    assert mails == 20
    assert [it.status for it in registered].count(429) == 5
    assert "too often" in forgot[-1].text
