"""Watches whether the guild still matches the settings."""

import asyncio
import logging
from contextlib import suppress

import discord
from discord.ext import commands

from bot.connection.doubtful import warnings_of_guild
from bot.connection.guild import GuildMap
from bot.connection.inspecting import MustNotLead, faults_of_guild, faults_of_panels
from bot.connection.staying import CONNECTION, GUILD, SAFETY
from bot.showing.admins import Admins
from cogs.panels import Panels
from config.faults import Fault
from tickets.ports.store import StoreUnavailable

log = logging.getLogger(__name__)

LOOK_EVERY = 60.0
"""Seconds between two checks without an event."""


class Watching(commands.Cog):
    """Checks at each change of something that the settings name, and from time to time. A check takes no
    request."""

    def __init__(self, client: discord.Client, guild_map: GuildMap, admins: Admins, panels: Panels) -> None:
        self._client = client
        self._panels = panels
        self._hosts: list[int] = []
        """The channels with panels, as last read from the store."""
        self._map = guild_map
        self._admins = admins
        self._news = asyncio.Event()
        self._warned: list[Fault] = []

    async def run(self) -> None:
        """Watch until cancelled. Raises MustNotLead."""
        while True:
            self._news.clear()
            if self._client.is_ready():
                await self._look()
            with suppress(TimeoutError):  # not wait_for: Python 3.11 loses a cancellation in it
                async with asyncio.timeout(LOOK_EVERY):
                    await self._news.wait()

    async def _look(self) -> None:
        found = faults_of_guild(self._map, self._client)
        if dangers := [it for it in found if it.is_dangerous]:
            self._admins.stand(SAFETY, dangers)  # the next leader finds them before it connects
            raise MustNotLead(dangers)
        await self._admins.found(CONNECTION, ())
        await self._admins.found(GUILD, [*found, *await self._faults_of_panels()])
        self._warn()

    def _warn(self) -> None:
        """Log once what may become a problem."""
        guild = self._client.get_guild(self._map.guild_id)
        found = [] if guild is None or guild.unavailable else warnings_of_guild(self._map, guild)
        for warning in found:
            if warning not in self._warned:
                log.warning("%s", warning)
        self._warned = found

    async def _faults_of_panels(self) -> list[Fault]:
        with suppress(StoreUnavailable):
            self._hosts = await self._panels.channels()
        guild = self._client.get_guild(self._map.guild_id)
        return [] if guild is None else list(faults_of_panels(guild, self._hosts))

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        self._news.set()

    @commands.Cog.listener()
    async def on_guild_available(self, _: discord.Guild) -> None:
        self._news.set()

    @commands.Cog.listener()
    async def on_guild_join(self, _: discord.Guild) -> None:
        self._news.set()

    @commands.Cog.listener()
    async def on_guild_remove(self, _: discord.Guild) -> None:
        self._news.set()

    @commands.Cog.listener()
    async def on_guild_channel_create(self, there: discord.abc.GuildChannel) -> None:
        self._look_if_named(there)

    @commands.Cog.listener()
    async def on_guild_channel_delete(self, there: discord.abc.GuildChannel) -> None:
        self._look_if_named(there)

    @commands.Cog.listener()
    async def on_guild_channel_update(
        self, _: discord.abc.GuildChannel, there: discord.abc.GuildChannel
    ) -> None:
        self._look_if_named(there)

    @commands.Cog.listener()
    async def on_guild_role_delete(self, _: discord.Role) -> None:
        self._news.set()

    @commands.Cog.listener()
    async def on_guild_role_update(self, _: discord.Role, __: discord.Role) -> None:
        self._news.set()

    @commands.Cog.listener()
    async def on_member_update(self, _: discord.Member, after: discord.Member) -> None:
        if after == after.guild.me:
            self._news.set()

    def _look_if_named(self, there: discord.abc.GuildChannel) -> None:
        """Check if the settings name this channel. Channels of tickets come and go all the time."""
        named = (
            *self._map.transcript_channels.values(),
            self._map.board_channel_id,
            self._map.log_channel_id,
            *self._map.categories.values(),
            *self._hosts,
        )
        if there.id in named:
            self._news.set()
