"""Where there is room for a channel: a level's category, one beside it when that is full, or nowhere yet."""

import asyncio
import logging

import discord

from bot.admins import Admins
from bot.faults import NoRoom, discord_faults
from bot.guild import GuildMap
from tickets.model import IssueLevel, Ticket
from tickets.ports import NotNow, SinkName, Store

log = logging.getLogger(__name__)

NEXT_LOOK = 60.0
"""Seconds until the first in the queue looks for a place again, should nothing tell of one before."""
LATER_LOOK = 600.0
"""Seconds until the others do; when a place gets free, those who are next are woken."""

LOOKED_AT = 5
"""How many of the queue are looked at, to pass over those that cannot be shown at all."""


class GuildIsFull(NotNow):
    """The guild holds as many channels as it can; the ticket waits in the queue."""


class Places:
    """Finds a category with room. Discord is asked, not counted: it may be full at 48.

    Once the guild was full, channels are made one at a time, in the order of the queue, until
    nobody waits any more."""

    def __init__(self, client: discord.Client, store: Store, guild_map: GuildMap, admins: Admins) -> None:
        self._client = client
        self._store = store
        self._map = guild_map
        self._admins = admins
        self._full: set[int] = set()
        """Categories that Discord has called full, until a channel leaves them."""
        self._queueing = False
        self._turn = asyncio.Lock()
        self._building = asyncio.Lock()

    async def create(self, ticket: Ticket, name: str, topic: str) -> discord.TextChannel:
        """A new channel for the ticket in a category of its level; raises GuildIsFull."""
        if not self._queueing:
            return await self._create(ticket, name, topic)
        async with self._turn:
            await self._must_be_next(ticket)
            channel = await self._create(ticket, name, topic)
        await self._wake(after=ticket)
        return channel

    async def room_for(self, guild: discord.Guild, level: IssueLevel) -> discord.CategoryChannel | None:
        """A category of the level with room, as far as is known; made if there is none. None where the
        level's own category is gone: a channel then stands outside of any."""
        base = self._map.category(guild, level)
        if base is None:
            await self._admins.tell(
                f"The category of level {level} is gone; its channels stand outside of any category now. "
                "Make one and put its id into the settings."
            )
            return None
        async with self._building:
            for category in (base, *self._map.beside(guild, base)):
                if category.id not in self._full:
                    return category
            return await self._another(guild, base)

    async def call_full(self, category: discord.CategoryChannel | None, full: NoRoom) -> None:
        """Remember what Discord said of a category, or raise GuildIsFull if it is the guild."""
        if category is None or full.of_guild:
            self._queueing = True
            await self._admins.tell(
                "The guild holds as many channels as it can: new tickets wait in a queue."
            )
            raise GuildIsFull(str(full), NEXT_LOOK) from full
        self._full.add(category.id)

    async def place_is_free(self, category_id: int | None) -> None:
        """A channel is gone: its category has room, and the next in the queue may be tried."""
        if category_id is not None:
            self._full.discard(category_id)
        if self._queueing:
            await self._wake()

    async def _create(self, ticket: Ticket, name: str, topic: str) -> discord.TextChannel:
        guild = self._map.guild(self._client)
        while True:
            category = await self.room_for(guild, ticket.issue_level)
            try:
                with discord_faults("creating a channel"):
                    return await guild.create_text_channel(
                        name,
                        category=category,
                        overwrites=self._map.overwrites(guild, ticket.support_role),
                        topic=topic,
                        reason=f"ticket {ticket.number} was opened",
                    )
            except NoRoom as full:
                await self.call_full(category, full)

    async def _another(self, guild: discord.Guild, base: discord.CategoryChannel) -> discord.CategoryChannel:
        await self._admins.tell(f"The category {base.name} is full: further channels are made beside it.")
        try:
            with discord_faults("creating a category"):
                made: discord.CategoryChannel = await guild.create_category(
                    f"{base.name} {len(self._map.beside(guild, base)) + 2}",
                    overwrites=base.overwrites,
                    position=base.position,
                    reason=f"{base.name} is full",
                )
        except NoRoom as full:
            await self.call_full(None, full)
            raise
        await self._until_known(guild, made)
        return made

    async def _until_known(self, guild: discord.Guild, category: discord.CategoryChannel) -> None:
        """Wait for the gateway to bring the new category; what is not known is made twice."""
        for _ in range(50):
            if guild.get_channel(category.id) is not None:
                return
            await asyncio.sleep(0.02)

    async def _must_be_next(self, ticket: Ticket) -> None:
        waiting = await self._store.channels.next_in_queue(LOOKED_AT)
        for ticket_id in waiting:
            if ticket_id == ticket.id:
                return
            if await self._store.backlog.pending(SinkName.DISCORD, ticket_id):
                raise GuildIsFull("the guild was full, and others are before it in the queue", LATER_LOOK)

    async def _wake(self, after: Ticket | None = None) -> None:
        """Let the next in the queue be tried; the queue ends when nobody is in it."""
        waiting = await self._store.channels.next_in_queue(2)
        nexts = [ticket_id for ticket_id in waiting if after is None or ticket_id != after.id]
        if not nexts:
            self._queueing = False
            return
        await self._store.backlog.hasten(SinkName.DISCORD, nexts[:1])
        ticket = await self._store.views.ticket(nexts[0])
        (opened,) = await self._store.log.events(nexts[0], upto=1)
        if ticket is not None:
            self._store.bell.ring(opened, ticket.requester)
