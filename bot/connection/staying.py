"""Connects to Discord and stays connected, however long Discord is away. Reports what people must correct
first."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress

import aiohttp
import discord

from bot.connection.answers import NoAnswer, NotDiscord
from bot.connection.client import GuildClient
from bot.connection.discord_http import answer_for, ask_for_gateway, use_time_out
from bot.connection.guild import GuildMap
from bot.connection.identifies import TooManySessions
from bot.connection.inspecting import MustNotLead, dangers_before
from bot.connection.pauses import Pauses
from config.faults import (
    DISCORD_AWAY,
    GATEWAY_REFUSES,
    GUILD_MISSING,
    INTENT_MISSING,
    SESSIONS_SPENT,
    TOKEN_REFUSED,
    Fault,
)
from tickets.ports.lease import NotLeader

log = logging.getLogger(__name__)

LONG_WAIT = 60.0
"""If a session must wait for so many seconds or longer, people are told."""
CLOSE_CODES = {
    4004: TOKEN_REFUSED.of(),
    4014: INTENT_MISSING.of(),
    **{code: GATEWAY_REFUSES.of(close_code=code) for code in (4010, 4011, 4012, 4013)},
}
"""Codes with which Discord closes a connection for good (Discord, "Gateway Close Event Codes")."""

Found = Callable[[str, Sequence[Fault]], Awaitable[None]]
"""Is called with a subject and all faults that exist there now."""
CONNECTION = "the connection to Discord"
SAFETY = "who is staff and who reads transcripts"
GUILD = "the guild"


class Staying:
    """Keeps a client connected. discord.py resumes a session that breaks off; when that fails, this starts a
    new one. Its pauses stay bounded; discord.py's own grow beyond a quarter of an hour."""

    def __init__(
        self, client: GuildClient, token: str, guild_map: GuildMap, found: Found, *, own_gateway: bool
    ) -> None:
        """``own_gateway`` asks the configured API address for its gateway."""
        self._client = client
        self._token = token
        self._map = guild_map
        self._found = found
        self._own_gateway = own_gateway
        self._pauses = Pauses()

    async def run(self) -> None:
        """Run until cancelled. Raises MustNotLead."""
        while True:
            async with self._logged_out():
                hindrance, pause = await self._session()
            if hindrance is not None:
                async with (
                    self._logged_out()
                ):  # discord.py ends what it had, and admins are told by Discord, too
                    await self._tell(hindrance)
            await asyncio.sleep(pause)

    @asynccontextmanager
    async def _logged_out(self) -> AsyncIterator[None]:
        """Open the client; at the end, close it so that it can log in again."""
        client = self._client
        async with client:
            yield
        client.clear()
        answer_for(client)
        client.http.connector = discord.utils.MISSING  # the last one was closed with its session

    async def _tell(self, hindrance: Fault) -> None:
        with suppress(NoAnswer, OSError, aiohttp.ClientError, discord.DiscordException):
            await self._log_in()
        await self._found(CONNECTION, [hindrance])

    async def _log_in(self) -> None:
        await self._client.login(self._token)
        use_time_out(self._client)

    async def _session(self) -> tuple[Fault | None, float]:
        """One session, from its login to its end. Returns what only people can correct, if there is anything,
        and the seconds until the next attempt."""
        began_at: float | None = None
        try:
            await self._log_in()
            await self._must_be_safe()
            await self._must_not_begin_too_many()
            began_at = time.monotonic()
            await self._client.connect(reconnect=False)
        except NotLeader:
            raise
        except TooManySessions as many:
            log.info("%s", many)
            return SESSIONS_SPENT.of() if many.wait >= LONG_WAIT else None, many.wait
        except Exception as error:
            if (hindrance := hindrance_of(error, self._map)) is not None:
                return hindrance, self._pauses.after_refusal()
            _log(error)
        if began_at is None:
            return None, self._pauses.without_session()
        return None, self._pauses.after_session(time.monotonic() - began_at)

    async def _must_be_safe(self) -> None:
        """Check for dangers before anything in the guild is read or shown."""
        found = await dangers_before(self._map, self._client)
        await self._found(SAFETY, found)
        if found:
            raise MustNotLead(found)

    async def _must_not_begin_too_many(self) -> None:
        limit = await ask_for_gateway(self._client, own=self._own_gateway)
        if (wait := self._client.identifies.wait(limit)) > 0:
            raise TooManySessions(wait)


def hindrance_of(error: Exception, guild_map: GuildMap) -> Fault | None:
    """The fault that only people can correct; None if Discord is just away."""
    match error:
        case discord.LoginFailure():
            return TOKEN_REFUSED.of()
        case discord.ConnectionClosed(code=code):
            return CLOSE_CODES.get(code)
        case discord.PrivilegedIntentsRequired():
            return INTENT_MISSING.of()
        case discord.HTTPException(code=10004 | 50001):  # Unknown Guild, Missing Access
            return GUILD_MISSING.of(guild=guild_map.guild_id)
        case NotDiscord() | discord.NotFound():  # no part of Discord's API is there
            return DISCORD_AWAY.of(why=str(error), url=discord.http.Route.BASE)
    return None


def _log(error: Exception) -> None:
    if isinstance(error, (NoAnswer, OSError, aiohttp.ClientError, discord.DiscordException)):
        log.warning("Discord is away, tickets wait: %s: %s", type(error).__name__, error)
    else:
        log.error("the connection to Discord broke; the API goes on, tickets wait", exc_info=error)
