"""Staff who sign in to the desk with Discord, which the sandbox plays over real sockets, or with a token."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import aiohttp
import pytest
from aiohttp import web

from accounts.discord_staff import LOOKED_AT_WITHIN, StaffGuild
from pages.desk import users
from sandbox.server import make_app
from sandbox.stage import Stage
from sandbox.start import new_world
from sandbox.world import World
from tests.api.stage import token
from tests.pages.site import PASSWORD, Answer, Site, sited
from tickets.desks.ticket_desk import NewTicket
from tickets.model import Caller, IssueLevel, Person, SupportRole, UserKey, UserRole
from tickets.ports.store import Store

CASEY = Caller(Person(UserKey("default", "casey"), "Casey", UserRole.CUSTOMER, "casey@example.test"))


@dataclass
class There:
    """The desk, a browser that is also at Discord, and the guild."""

    site: Site
    url: str
    world: World
    discord: web.AppRunner

    async def chosen(self, who: str, url: str) -> str:
        """Where Discord sends this person back to, who was sent to ``url``."""
        async with aiohttp.ClientSession() as browser:
            async with browser.get(url) as answer:
                page = await answer.text()
            fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
            form = {name: unescape(value) for name, value in fields.items()} | {"who": who}
            async with browser.post(
                f"{self.url}/oauth2/authorize", data=form, allow_redirects=False
            ) as answer:
                return answer.headers["Location"].removeprefix(self.site.url)

    async def signs_in(self, who: str, way_on: str = "") -> Answer:
        went = await self.site.get(f"/desk/discord?next={way_on}")
        return await self.site.get(await self.chosen(who, went.goes_to or ""))

    async def role(self, method: str, who: str, role: str) -> None:
        """The guild gives somebody a role, or takes it."""
        user, world = self.world.people[who].id, self.world
        path = f"/api/v10/guilds/{world.guild_id}/members/{user}/roles/{world.roles[role]}"
        headers = {"Authorization": world.people["ada"].token}
        async with (
            aiohttp.ClientSession(self.url, headers=headers) as session,
            session.request(method, path) as it,
        ):
            assert it.status == 204, await it.text()

    async def opened(self, role: SupportRole) -> int:
        new = NewTicket(topic=f"For {role}", description="Really.", support_role=role)
        return (await self.site.desk.open(CASEY, new)).number


@pytest.fixture
async def there(store: Store) -> AsyncIterator[There]:
    world = new_world()
    runner = web.AppRunner(make_app(Stage(world)))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    names = ("support_team", "developer", "manager", "admin")
    guild = StaffGuild(
        id=world.guild_id,
        roles={role: world.roles[name] for role, name in zip(SupportRole, names, strict=True)},
        bot_token=world.bot_token,
        api_url=f"{url}/api/v10",
    )
    async with sited(store, discord_url=url, guild=guild) as site:
        yield There(site, url, world, runner)
    await runner.cleanup()


async def test_a_member_sees_the_tickets_of_their_support_role_alone_on_every_page(there: There) -> None:
    seen, hidden = await there.opened(SupportRole.GENERAL), await there.opened(SupportRole.MANAGER)
    answer = await there.signs_in("alice", "/desk/tickets")

    lists = [
        (await there.site.get(it)).text for it in ("/desk", "/desk/tickets", "/desk/tickets?role=MANAGER")
    ]
    person = (await there.site.get("/desk/users/default/casey")).text
    people = (await there.site.get("/desk/users")).text
    own = [(await there.site.get(f"/desk/tickets/{seen}{it}")).status for it in ("", "/transcript")]
    others = [(await there.site.get(f"/desk/tickets/{hidden}{it}")).status for it in ("", "/transcript")]
    posted = await there.site.post(f"/desk/tickets/{hidden}", content="Hello", form="1")
    closed_to_them = [
        (await there.site.get(it)).status
        for it in ("/desk/notifications", "/desk/looks", f"/desk/live?after=0&ticket={hidden}")
    ]
    await there.signs_in("mara")
    manager = (await there.site.get("/desk/tickets")).text

    assert (answer.status, answer.goes_to) == (303, "/desk/tickets")
    assert "alice" in lists[1]
    assert [("For GENERAL" in it, "For MANAGER" in it) for it in (*lists, person)] == [
        (True, False),
        (True, False),
        (False, False),
        (True, False),
    ]
    assert closed_to_them == [403, 403, 404]
    assert [">1 ticket<" in it for it in (people, person)] == [True, False], "but not the hidden one"
    assert "· 1 ticket<" in person
    assert (own, others, posted.status) == ([200, 200], [404, 404], 404)
    assert ("For GENERAL" in manager, "For MANAGER" in manager) == (True, True)


async def test_a_member_sees_nothing_of_users_none_of_whose_tickets_they_see(
    there: There, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(users, "PAGE", 2)
    await there.opened(SupportRole.GENERAL)
    hidden = [
        Caller(Person(UserKey("default", f"p{n}"), f"Private {n}", UserRole.CUSTOMER)) for n in range(5)
    ]
    for caller in hidden:
        for _ in range(2):  # so they come first in the list
            new = NewTicket(topic="Secret", description="Really.", support_role=SupportRole.MANAGER)
            await there.site.desk.open(caller, new)
    paths = ["/desk/users", "/desk/users?q=casey", "/desk/users?q=private", "/desk/users/default/p1"]
    seen = {}
    for who in ("alice", "mara"):
        await there.signs_in(who)
        answers = [await there.site.get(it) for it in paths]
        changed = await there.site.post(paths[-1], note=f"by {who}")
        pages = [("Casey" in it.text, "Private" in it.text) for it in answers]
        seen[who] = (pages, answers[-1].status, changed.status)

    assert seen["alice"] == ([(True, False), (True, False), (False, False), (False, False)], 404, 404)
    assert seen["mara"][1:] == (200, 303)
    assert seen["mara"][0][2] == (False, True)


async def test_roles_that_are_lost_end_the_session_within_a_minute_and_others_count_at_once(
    there: There,
) -> None:
    ticket = await there.opened(SupportRole.TECHNICAL)
    await there.signs_in("alice")
    before = await there.site.get(f"/desk/tickets/{ticket}")
    await there.role("PUT", "alice", "developer")
    there.site.clock.ahead += LOOKED_AT_WITHIN / 1000
    promoted = await there.site.get(f"/desk/tickets/{ticket}")
    for role in ("developer", "support_team"):
        await there.role("DELETE", "alice", role)
    there.site.clock.ahead += LOOKED_AT_WITHIN / 1000
    after = await there.site.get("/desk")
    await there.role("PUT", "alice", "support_team")
    there.site.clock.ahead += LOOKED_AT_WITHIN / 1000
    again = await there.site.get("/desk")

    assert LOOKED_AT_WITHIN < 60_000
    assert (before.status, promoted.status) == (404, 200)
    assert after.goes_to == again.goes_to == "/desk/login", "a session that has ended stays so"


@pytest.mark.parametrize("who", ["otto", "parrot"])
async def test_no_outsider_and_no_bot_comes_in(there: There, store: Store, who: str) -> None:
    answer = await there.signs_in(who)

    assert answer.status in (401, 403)
    assert "guildesk_desk" not in answer.cookies
    assert (await there.site.get("/desk")).goes_to == "/desk/login"


async def test_only_one_who_went_comes_back_and_the_portal_is_another_place(there: There) -> None:
    url = (await there.site.get("/desk/discord")).goes_to or ""
    back = await there.chosen("alice", url)
    query = dict(parse_qsl(urlsplit(back).query))
    forged = await there.site.get(back.replace(query["state"], "x" * 32))
    there.site.browser.cookie_jar.clear()
    stolen = await there.site.get(back)
    entered = await there.signs_in("alice")
    cookie = entered.cookies["guildesk_desk"]
    at_portal = await there.site.get("/portal", headers={"Cookie": f"guildesk_portal={cookie.value}"})
    refreshed = await there.site.browser.post(
        "/api/v1/accounts/refresh", json={"refresh_token": cookie.value}
    )
    for_scripts = await there.site.post("/desk/token")

    assert urlsplit(back).path == "/desk/discord/back"
    assert (forged.status, stolen.status) == (400, 400)
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/desk", True, "Lax")
    assert at_portal.goes_to == "/portal/login"
    assert (refreshed.status, for_scripts.status) == (401, 401), "roles limit pages; tokens would see all"


async def test_while_discord_is_away_nobody_is_shown_what_they_may_see_no_more(there: There) -> None:
    await there.signs_in("alice")
    await there.discord.cleanup()
    known = await there.site.get("/desk")
    there.site.clock.ahead += LOOKED_AT_WITHIN / 1000
    unknown = await there.site.get("/desk")

    assert known.status == 200
    assert (unknown.status, "Discord does not answer" in unknown.text) == (503, True)


async def test_a_staff_token_signs_in_as_long_as_it_is_good(store: Store) -> None:
    async with sited(store) as site:
        now = site.clock() // 1000
        good = token(user="sam", role="AGENT", exp=now + 600)
        refused = [
            await site.post("/desk/login/token", token=it)
            for it in (
                token(user="casey", role="CUSTOMER", exp=now + 600),
                token(user="sam", role="AGENT", exp=now - 600),
                good[:-4] + "AAAA",
                "<script>",
            )
        ]
        foreign = await site.post("/desk/login/token", origin="https://evil.example", token=good)
        entered = await site.post("/desk/login/token", token=good, next="/desk/tickets")
        inside = await site.get("/desk/tickets")
        site.clock.ahead += 601
        later = await site.get("/desk/tickets")
        account = await site.post("/desk/login", email="a@example.test", password=PASSWORD)

    assert [it.status for it in refused] == [401] * 4
    assert all("guildesk_desk" not in it.cookies for it in (*refused, foreign))
    assert foreign.status == 403
    assert (entered.status, entered.goes_to, inside.status) == (303, "/desk/tickets", 200)
    assert "Sam" in inside.text
    assert later.goes_to == "/desk/login?next=%2Fdesk%2Ftickets"
    assert account.status == 401


async def test_a_level_that_is_urgent_changes_nothing_about_who_sees_it(there: There) -> None:
    new = NewTicket(
        topic="Hidden", description="x", support_role=SupportRole.ADMIN, issue_level=IssueLevel.CRITICAL
    )
    await there.site.desk.open(CASEY, new)
    await there.signs_in("dora")
    assert "Hidden" not in (await there.site.get("/desk")).text
    await there.signs_in("ada")
    assert "Hidden" in (await there.site.get("/desk")).text
