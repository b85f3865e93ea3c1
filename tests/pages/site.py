"""Pages on a real port, over the real embedded store."""

import re
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from accounts.desks import AccountDesks, AccountOptions, WithDiscord, account_desks
from accounts.discord_oauth import DiscordApp
from accounts.discord_staff import StaffGuild
from api.app import build
from api.door.auth import SingleIssuer
from api.door.limits import Limits
from api.door.server import serving
from api.options import ApiOptions, Notifying
from config.page_settings import PageName
from config.shown_settings import ToldSetting
from demo.processes import free_port
from pages.frame.frame import Frame, root_of
from pages.site import attach, static_files
from tests.api.stage import AGENT, SECRET, Clock
from texts.language import Language
from tickets.desks.ticket_desk import Desk, Said
from tickets.desks.user_desk import UserDesk
from tickets.policy import Rules
from tickets.ports.mails import Mail, Texter
from tickets.ports.store import Store

PASSWORD = "correct horse battery staple"


@dataclass
class Mailbox:
    """Where mail goes that nobody sends."""

    mails: list[Mail] = field(default_factory=list)

    async def send(self, mail: Mail) -> None:
        self.mails.append(mail)


@dataclass
class Answer:
    status: int
    headers: Any
    text: str
    cookies: Any

    @property
    def goes_to(self) -> str | None:
        location: str | None = self.headers.get("Location")
        return location


@dataclass
class Site:
    """The pages that are on, and a browser without scripts in front of them."""

    url: str
    desk: Desk
    clock: Clock
    store: Store
    accounts: AccountDesks
    browser: aiohttp.ClientSession

    async def get(self, path: str, **options: Any) -> Answer:
        return await self._ask("GET", path, **options)

    async def post(self, path: str, origin: str | None = "", **form: str) -> Answer:
        """Send a form, as one of our own pages does, or as one of another ``origin``."""
        headers = {} if origin is None else {"Origin": origin or self.url}
        return await self._ask("POST", path, data=form, headers=headers)

    async def registered(self, name: str = "casey") -> None:
        """Signed in with a new account."""
        answer = await self.post(
            "/portal/register", email=f"{name}@example.test", username=name.title(), password=PASSWORD
        )
        assert (answer.status, answer.goes_to) == (303, "/portal"), answer.text

    async def token(self) -> str:
        async with self.browser.post("/portal/token", headers={"Origin": self.url}) as answer:
            assert answer.status == 200
            return str((await answer.json())["token"])

    async def opened(self, topic: str = "It is broken", description: str = "Really.") -> dict[str, Any]:
        """A ticket of whoever is signed in."""
        headers = {"Authorization": f"Bearer {await self.token()}"}
        said = {"topic": topic, "description": description}
        async with self.browser.post("/api/v1/tickets", json=said, headers=headers) as answer:
            assert answer.status == 201, await answer.text()
            return dict(await answer.json())

    async def answered(self, ticket: str, content: str) -> str:
        """Staff says something; the message's id."""
        return (await self.desk.post(AGENT, ticket, Said(content))).id

    async def _ask(self, method: str, path: str, **options: Any) -> Answer:
        async with self.browser.request(method, path, allow_redirects=False, **options) as answer:
            return Answer(answer.status, answer.headers, await answer.text(), answer.cookies)


@asynccontextmanager
async def sited(
    store: Store,
    on: Collection[PageName] = tuple(PageName),
    *,
    path: str = "",
    secure: bool = False,
    mailer: Mailbox | None = None,
    rate_limits: bool = False,
    discord_url: str | None = None,
    guild: StaffGuild | None = None,
    settings: Sequence[ToldSetting] = (),
    texter: Texter | None = None,
) -> AsyncIterator[Site]:
    """The pages. Their public address is where they are, and ``path`` below it."""
    clock, port = Clock(), free_port()
    url = f"http://127.0.0.1:{port}"
    desk = Desk(store, clock, Rules())
    options = AccountOptions(accounts=True, guests=True, public_url=url + path)
    to_discord = aiohttp.ClientSession()
    discord = discord_app(discord_url, url + path) if discord_url else None
    accounts = account_desks(store, UserDesk(desk, store), clock, options, mailer)
    app = build(
        desk,
        store,
        SingleIssuer(SECRET, clock),
        clock,
        ApiOptions(
            public_url=url + path,
            rate_limits=rate_limits,
            notifying=Notifying(texter=texter),
            accounts=account_desks(
                store,
                UserDesk(desk, store),
                clock,
                options,
                mailer,
                None if discord is None else WithDiscord(app=discord, session=to_discord, guild=guild),
            ),
        ),
    )
    root = root_of(url + path)
    frame = Frame(
        public_url=url + path,
        language=Language.EN,
        on=on,
        static=static_files(root),
        secure=secure,
        limits=Limits() if rate_limits else None,
        settings=settings,
    )
    attach(app, frame)
    async with serving(app, "127.0.0.1", port), to_discord:
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(url, cookie_jar=jar) as browser:
            yield Site(url, desk, clock, store, accounts, browser)


def discord_app(discord_url: str, public_url: str) -> DiscordApp:
    return DiscordApp(
        client_id="17",
        secret="the secret of the application",
        api_url=f"{discord_url}/api/v10",
        authorize_url=f"{discord_url}/oauth2/authorize",
        back_url=f"{public_url}/portal/discord/back",
        desk_back_url=f"{public_url}/desk/discord/back",
    )


def link_in(mail: Mail, site: Site) -> str:
    """The path of the link that was mailed."""
    return mail.facts["link"].removeprefix(site.url)


def token_in(link: str) -> str:
    found = re.search(r"token=([\w-]+)", link)
    assert found is not None
    return found[1]
