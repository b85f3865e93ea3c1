"""Staff who sign in with Discord. Their roles in the guild say what they may do, and are looked up again and
again while they are signed in."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
from aiolimiter import AsyncLimiter
from pydantic import BaseModel, ValidationError

from accounts.discord_oauth import PATIENCE, DiscordOAuth, Going
from accounts.refusals import DiscordIsAway, LoginFailed, NotStaffInDiscord
from accounts.signing_in import SigningIn
from accounts.tries import LoginTries
from tickets.model import Caller, Millis, Person, SupportRole
from tickets.ports.store import Clock
from tickets.staff_roles import staff_person

log = logging.getLogger(__name__)

SCOPE: Final = "identify"
LOOKED_AT_WITHIN: Final[Millis] = 45_000
"""For how long somebody's roles are taken as known. Even if Discord answers slowly, whoever loses them
is out within 60 s."""
MOST_ASKED: Final = 300
"""Requests about members in a minute."""
MOST_KNOWN: Final = 2_000
LIVES: Final[Millis] = 7 * 24 * 60 * 60 * 1000
"""How long such a session lasts at most. After that they sign in with Discord again."""
ADMINISTRATOR: Final = 1 << 3


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffGuild:
    """The guild whose roles say who is staff, and the bot's token, which looks up its members."""

    id: int
    roles: Mapping[SupportRole, int]
    bot_token: str
    api_url: str


class _User(BaseModel):
    id: int
    username: str
    global_name: str | None = None
    bot: bool = False


class _Member(BaseModel):
    user: _User
    nick: str | None = None
    roles: list[int]


class _Role(BaseModel):
    id: int
    permissions: int


class _Guild(BaseModel):
    owner_id: int
    roles: list[_Role]


class GuildRoles:
    """Says who in the guild is staff, by asking Discord. Whoever made ``session`` closes it."""

    def __init__(self, guild: StaffGuild, session: aiohttp.ClientSession, clock: Clock) -> None:
        self._guild = guild
        self._session = session
        self._clock = clock
        self._pace = AsyncLimiter(MOST_ASKED, 60)
        self._known: dict[str, tuple[Millis, Person | None]] = {}

    async def person(self, user_id: str, *, fresh: bool = False) -> Person | None:
        """The member as staff, as looked up within LOOKED_AT_WITHIN, or now. None for somebody who is not
        staff. Raises DiscordIsAway if Discord does not answer in time."""
        now = self._clock()
        seen_at, known = self._known.get(user_id, (None, None))
        if not fresh and seen_at is not None and 0 <= now - seen_at < LOOKED_AT_WITHIN:
            return known
        person = await self._look(user_id)
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        self._known[user_id] = now, person
        return person

    async def _look(self, user_id: str) -> Person | None:
        where = f"/guilds/{self._guild.id}"
        found = await self._asked(f"{where}/members/{user_id}")
        if found is None:
            return None
        try:
            member = _Member.model_validate(found)
            guild = _Guild.model_validate(await self._asked(where))
        except ValidationError as error:
            raise DiscordIsAway from error
        if member.user.bot or str(member.user.id) != user_id:
            return None
        held = {*member.roles, self._guild.id}  # the role of everybody has the guild's id
        administrator = guild.owner_id == member.user.id or any(
            it.id in held and it.permissions & ADMINISTRATOR for it in guild.roles
        )
        user = member.user
        names = member.nick or user.global_name or user.username, user.username
        return staff_person(user.id, names, held, self._guild.roles, is_administrator=administrator)

    async def _asked(self, path: str) -> Any:
        """What Discord answers to this request; None for 404."""
        if not self._pace.has_capacity():
            raise DiscordIsAway
        await self._pace.acquire()  # does not wait
        headers = {"Authorization": f"Bot {self._guild.bot_token}"}
        url = f"{self._guild.api_url}{path}"
        try:
            async with self._session.get(
                url, headers=headers, timeout=PATIENCE, allow_redirects=False
            ) as answer:
                if answer.status == 404:
                    return None
                if answer.status != 200:
                    log.warning("Discord does not tell who of the guild is staff: HTTP %s", answer.status)
                    raise DiscordIsAway
                return await answer.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise DiscordIsAway from error


class DiscordStaff:
    """Signs staff in with Discord, and says what they may do at this moment."""

    def __init__(
        self,
        discord: DiscordOAuth,
        guild: GuildRoles,
        signing_in: SigningIn,
        tries: LoginTries,
        back_url: str,
    ) -> None:
        self._discord = discord
        self._guild = guild
        self._signing_in = signing_in
        self._tries = tries
        self._back_url = back_url

    def begin(self) -> Going:
        """The address at Discord to which to send somebody; it is good for one sign-in."""
        return self._discord.begin(SCOPE, self._back_url)

    async def end(self, code: str, verifier: str, *, network: str, device: str = "") -> str:
        """What the browser of the person who came back with this code keeps as its session. Raises
        LoginFailed if Discord does not confirm it, NotStaffInDiscord, TooManyTries, and DiscordIsAway."""
        await self._tries.begin_key(network)
        user = await self._discord.who(code, verifier, self._back_url)
        if not user.id.isdecimal():
            raise LoginFailed
        person = await self._guild.person(user.id, fresh=True)
        if person is None:
            raise NotStaffInDiscord
        await self._tries.key_succeeded(network)
        return await self._signing_in.begin_at_desk(person, device, LIVES)

    async def caller(self, person: Person) -> Caller | None:
        """The person who has this session, with the roles that they have in the guild now; None if they are
        no longer staff. Raises DiscordIsAway."""
        now = await self._guild.person(person.key.id)
        return None if now is None else Caller(now, is_limited=True)
