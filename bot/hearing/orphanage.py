"""Tells the admins of channels that the store does not know, and keeps people from writing in them."""

import asyncio
import logging

import discord
from discord.ext import commands

from bot.connection.faults import discord_faults
from bot.connection.guild import GuildMap
from bot.hearing.lanes import Lanes
from bot.showing.admins import Admins
from bot.showing.orphans import Orphan, Orphans, close_to_writing, is_closed_to_writing
from config.faults import CHANNELS_UNKNOWN
from texts.language import Language
from tickets.ports.sinks import NotNow
from tickets.ports.store import StoreUnavailable

log = logging.getLogger(__name__)

NAMED = 10
"""So many channels are named to the admins; there may be hundreds."""
FAULT = "channels that the store does not know"
LANE = 0


class Orphanage(commands.Cog):
    """Searches when a session begins, from time to time, and when a channel changes that was found."""

    def __init__(
        self,
        client: discord.Client,
        guild_map: GuildMap,
        orphans: Orphans,
        admins: Admins,
        language: Language,
        look_every: float,
    ) -> None:
        self._client = client
        self._map = guild_map
        self._orphans = orphans
        self._admins = admins
        self._language = language
        self._look_every = look_every
        self._lanes = Lanes()
        self._found: set[int] = set()

    async def run(self) -> None:
        """Search until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._lanes.run(), name="channels that the store does not know")
            while True:
                await asyncio.sleep(self._look_every)
                self._lanes.put(LANE, self._look)

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """A new session, perhaps the first one after a restore."""
        self._lanes.put(LANE, self._look)

    @commands.Cog.listener()
    async def on_guild_channel_delete(self, there: discord.abc.GuildChannel) -> None:
        if there.id in self._found:
            self._lanes.put(LANE, self._look)

    @commands.Cog.listener()
    async def on_guild_channel_update(
        self, _: discord.abc.GuildChannel, there: discord.abc.GuildChannel
    ) -> None:
        if there.id in self._found:
            self._lanes.put(LANE, self._look)

    async def _look(self) -> None:
        guild = self._client.get_guild(self._map.guild_id)
        if guild is None or guild.unavailable or not self._client.is_ready():
            return
        try:
            with discord_faults("looking for channels that the store does not know"):
                found = await self._orphans.among(guild.channels, guild.me.id)
        except (NotNow, StoreUnavailable) as error:
            log.info("channels that the store does not know are looked for later: %s", error)
            return
        self._found = {it.channel.id for it in found}
        for orphan in found:
            await self._close(orphan)
        if found:
            await self._admins.tell(CHANNELS_UNKNOWN.of(channels=_named(found)), lasting=FAULT)
        else:
            self._admins.is_over(FAULT)

    async def _close(self, orphan: Orphan) -> None:
        if is_closed_to_writing(orphan.channel, self._map):
            return
        log.info(
            "channel %s was made for ticket %s, which the store does not know",
            orphan.channel.id,
            orphan.ticket_id,
        )
        try:
            with discord_faults("closing a channel to writing"):
                await close_to_writing(orphan.channel, self._map, self._language)
        except NotNow as problem:
            log.info("channel %s is closed to writing later: %s", orphan.channel.id, problem)


def _named(found: list[Orphan]) -> str:
    named = ", ".join(f"#{it.channel.name} ({it.channel.id})" for it in found[:NAMED])
    return f"{named} and {len(found) - NAMED} more" if len(found) > NAMED else named
