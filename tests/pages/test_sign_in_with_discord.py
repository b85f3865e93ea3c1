"""Customers who sign in to the portal with Discord, which the sandbox plays over real sockets."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import aiohttp
import pytest
from aiohttp import web
from yarl import URL

from cogs.members import Members
from sandbox.server import make_app
from sandbox.stage import Stage
from sandbox.start import new_world
from tests.contract.acts import open_ticket
from tests.pages.site import Answer, Site, sited
from tickets.model import Person, UserKey, UserRole
from tickets.ports.accounts import Account
from tickets.ports.store import Store
from tickets.ports.users import Block

GO, BACK = "/portal/discord", "/portal/discord/back"
ALICE = Account(
    id="a1", email="alice@example.test", username="Alice A.", role=UserRole.CUSTOMER, created_at=1
)


@dataclass
class There:
    """The portal, and a browser that is also at Discord."""

    site: Site
    discord_url: str
    discord: web.AppRunner

    async def chosen(self, who: str, url: str) -> str:
        """Where Discord sends this person back to, who was sent to ``url``."""
        async with aiohttp.ClientSession() as browser:
            async with browser.get(url) as answer:
                assert answer.status == 200
                page = await answer.text()
            fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
            form = {name: unescape(value) for name, value in fields.items()} | {"who": who}
            address = f"{self.discord_url}/oauth2/authorize"
            async with browser.post(address, data=form, allow_redirects=False) as answer:
                assert answer.status == 303
                return answer.headers["Location"].removeprefix(self.site.url)

    async def signed_in(self, who: str = "alice", way_on: str = "") -> Answer:
        went = await self.site.get(f"{GO}?next={way_on}")
        assert went.status == 303
        return await self.site.get(await self.chosen(who, went.goes_to or ""))


@pytest.fixture
async def there(store: Store) -> AsyncIterator[There]:
    runner = web.AppRunner(make_app(Stage(new_world())))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    async with sited(store, discord_url=url) as site:
        yield There(site, url, runner)
    await runner.cleanup()


async def accounts(store: Store) -> list[Account]:
    return (await store.identity.accounts.page(None, 10)).items


async def test_somebody_of_discord_signs_in_without_a_password_and_is_the_same_the_next_time(
    there: There, store: Store
) -> None:
    page = await there.site.get("/portal/login")
    assert f'href="{GO}?next=' in page.text

    first = await there.signed_in(way_on="/portal/new")
    ticket = await there.site.opened()
    await there.site.post("/portal/logout")
    second = await there.signed_in()

    assert (first.status, first.goes_to) == (303, "/portal/new")
    assert (second.status, second.goes_to) == (303, "/portal")
    assert ticket["topic"] in (await there.site.get("/portal")).text
    assert [(it.username, it.email, it.email_verified, it.role) for it in await accounts(store)] == [
        ("alice", "alice@example.test", True, UserRole.CUSTOMER)
    ]


async def test_a_customer_with_the_same_confirmed_address_gets_into_their_account(
    there: There, store: Store
) -> None:
    await store.identity.accounts.add(replace(ALICE, email_verified=True))

    answer = await there.signed_in()

    assert answer.status == 303
    assert [(it.id, it.discord_id is not None) for it in await accounts(store)] == [("a1", True)]


@pytest.mark.parametrize(
    "known",
    [
        ALICE,
        replace(ALICE, email_verified=True, role=UserRole.ADMIN),
        replace(ALICE, email_verified=True, email="alice@example.te\u017ft"),
    ],
    ids=["unconfirmed", "staff", "of another domain that is taken for the same"],
)
async def test_nobody_gets_into_an_account_that_somebody_else_may_have_made_or_that_is_staffs(
    there: There, store: Store, known: Account
) -> None:
    await store.identity.accounts.add(known)

    answer = await there.signed_in()

    assert answer.status == 409
    assert "Sign in with its password." in answer.text
    assert await accounts(store) == [known]


async def test_who_is_disabled_does_not_come_in_by_this_door(there: There, store: Store) -> None:
    await there.signed_in()
    account = (await accounts(store))[0]
    await store.identity.accounts.change(account.id, lambda it: replace(it, disabled=True))

    answer = await there.signed_in()

    assert (answer.status, answer.cookies.get("guildesk_portal")) == (401, None)


@pytest.mark.parametrize("what", ["another browser", "another state", "a used code", "no", "a made-up code"])
async def test_nobody_is_signed_in_by_what_is_not_their_own_return(
    there: There, store: Store, what: str
) -> None:
    went = await there.site.get(GO)
    url = went.goes_to or ""
    back = await there.chosen("alice", url)
    query = dict(parse_qsl(urlsplit(back).query))
    if what == "another browser":
        there.site.browser.cookie_jar.clear()
    elif what == "another state":
        back = back.replace(query["state"], "x" * 32)
    elif what == "a used code":
        assert (await there.site.get(back)).status == 303
        await there.site.post("/portal/logout")
    elif what == "no":
        back = f"{BACK}?error=access_denied&state={query['state']}"
    else:
        back = back.replace(query["code"], "made-up")

    answer = await there.site.get(back)

    assert answer.status in (400, 401)
    assert "Discord did not confirm who you are." in answer.text
    assert (await there.site.get("/portal")).status == 303, "to the sign-in"


async def test_a_code_is_good_with_the_proof_of_this_browser_alone(there: There) -> None:
    """A code that was taken on the way is of no use elsewhere: PKCE."""
    stolen = await there.chosen("alice", (await there.site.get(GO)).goes_to or "")
    there.site.browser.cookie_jar.clear()
    own = dict(parse_qsl(urlsplit((await there.site.get(GO)).goes_to or "").query))
    code = dict(parse_qsl(urlsplit(stolen).query))["code"]

    answer = await there.site.get(f"{BACK}?code={code}&state={own['state']}")

    assert answer.status == 401


async def test_a_stranger_does_not_make_us_ask_discord_as_often_as_they_like(there: There) -> None:
    """It bans an address that it refuses often, and with it the bot."""
    state = dict(parse_qsl(urlsplit((await there.site.get(GO)).goes_to or "").query))["state"]
    kept = there.site.browser.cookie_jar.filter_cookies(URL(f"{there.site.url}{BACK}"))
    header = {"Cookie": f"guildesk_portal_discord={kept['guildesk_portal_discord'].value}"}

    answers = [
        await there.site.get(f"{BACK}?code=guess{it}&state={state}", headers=header) for it in range(22)
    ]

    assert [it.status for it in answers] == [401] * 20 + [429] * 2


@pytest.mark.parametrize("asked", ["https://evil.example", "//evil.example", "/portal/../desk", "/x|y"])
async def test_the_way_on_is_a_page_of_the_portal(there: There, asked: str) -> None:
    answer = await there.signed_in(way_on=asked)

    assert answer.goes_to == "/portal"


async def test_while_discord_is_away_the_page_says_so(there: There) -> None:
    back = await there.chosen("alice", (await there.site.get(GO)).goes_to or "")
    await there.discord.cleanup()

    answer = await there.site.get(back)

    assert (answer.status, "Discord does not answer now." in answer.text) == (503, True)


async def test_where_it_is_not_set_up_there_is_no_such_page(store: Store) -> None:
    async with sited(store) as site:
        answers = [await site.get(GO), await site.get(BACK), await site.get("/portal/login")]

    assert [it.status for it in answers] == [404, 404, 200]
    assert GO not in answers[2].text


async def test_what_was_opened_in_discord_is_the_accounts_once_they_sign_in_with_discord(
    there: There, store: Store
) -> None:
    user_id = await _id_in_discord(there, store)
    member = Person(UserKey(UserKey.MEMBERS, user_id), "Alice", UserRole.CUSTOMER)
    await store.people.remember(member)
    first = await open_ticket(store, member.key)

    await there.site.post("/portal/logout")
    await there.signed_in()
    page = await there.site.get(f"/portal/tickets/{first.id}")

    account = (await accounts(store))[0]
    ticket = await store.views.ticket(first.id)
    assert ticket is not None
    assert ticket.requester == account.key
    assert page.status == 200
    assert first.topic in page.text
    members = Members(store)
    assert await members.person(member) == account.person, "the next is opened in Discord by the account"
    assert await members.discord_id(account.key) == int(user_id), "whom the thread lets in"


async def test_the_blocked_get_nothing_of_what_they_opened_in_discord(there: There, store: Store) -> None:
    user_id = await _id_in_discord(there, store)
    member = Person(UserKey(UserKey.MEMBERS, user_id), "Alice", UserRole.CUSTOMER)
    await store.people.remember(member)
    first = await open_ticket(store, member.key)
    await store.users.block(member.key, Block())

    await there.site.post("/portal/logout")
    await there.signed_in()

    ticket = await store.views.ticket(first.id)
    assert ticket is not None
    assert ticket.requester == member.key
    assert await Members(store).person(member) == member, "an account is no way around a block"
    assert await store.users.is_blocked((await accounts(store))[0].key), "nor is it at the portal"


async def _id_in_discord(there: There, store: Store) -> str:
    """Of Alice, who signs in for the first time."""
    await there.signed_in()
    discord_id = (await accounts(store))[0].discord_id
    assert discord_id is not None
    return discord_id
