"""Really connects to Discord, for one examination."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

import aiohttp
import discord

from bot.connection.answers import NoAnswer
from bot.connection.client import GuildClient
from bot.connection.discord_http import ask_for_gateway, use_address, use_time_out
from bot.connection.guild import GuildMap
from bot.connection.staying import LONG_WAIT, hindrance_of
from config.faults import DISCORD_AWAY, SESSIONS_SPENT, Fault
from config.settings import Settings

PATIENCE: Final = 30.0
"""Seconds until the guild must be available."""
_AWAY = (NoAnswer, OSError, aiohttp.ClientError, discord.DiscordException, TimeoutError)


class Hindered(Exception):
    """The bot cannot reach the guild. ``fault`` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.what)
        self.fault = fault


@asynccontextmanager
async def connected(settings: Settings, guild_map: GuildMap) -> AsyncIterator[GuildClient]:
    """A client with its own session, next to that of a running program. Raises Hindered."""
    if settings.discord_api_url:
        use_address(settings.discord_api_url)
    async with GuildClient(guild_map.guild_id) as client:
        connecting: asyncio.Task[None] | None = None
        try:
            try:
                await client.login(settings.discord_bot_token.get_secret_value())
                use_time_out(client)
                await client.fetch_guild(guild_map.guild_id, with_counts=False)
                limit = await ask_for_gateway(client, own=settings.discord_api_url is not None)
                if client.identifies.wait(limit) >= LONG_WAIT:
                    raise Hindered(SESSIONS_SPENT.of())
                connecting = asyncio.create_task(client.connect(reconnect=False))
                await _ready(client, connecting)
            except _AWAY as error:
                raise Hindered(_fault(error, guild_map)) from error
            yield client
        finally:
            if connecting is not None:
                await client.close()
                connecting.cancel()
                await asyncio.gather(connecting, return_exceptions=True)


async def _ready(client: GuildClient, connecting: asyncio.Task[None]) -> None:
    """Wait until the guild is there. Raises the error that ends the connection before that."""
    ready = asyncio.create_task(client.wait_until_ready())
    try:
        async with asyncio.timeout(PATIENCE):
            await asyncio.wait((ready, connecting), return_when=asyncio.FIRST_COMPLETED)
        if connecting.done():
            await connecting
            raise NoAnswer("the session ended at once")
    finally:
        ready.cancel()
        with suppress(asyncio.CancelledError):
            await ready


def _fault(error: Exception, guild_map: GuildMap) -> Fault:
    known = hindrance_of(error, guild_map)
    why = str(error) or "there is no answer"
    return known or DISCORD_AWAY.of(why=why, url=discord.http.Route.BASE)
