"""Shows requesters who of staff is typing in the ticket's channel."""

import discord
from discord.ext import commands

from cogs.staff import Staff
from tickets.events import Place
from tickets.model import Actor, AuthorType
from tickets.ports.signals import Typing
from tickets.ports.store import Store


class HearingTyping(commands.Cog):
    def __init__(self, store: Store, staff: Staff, guild_id: int) -> None:
        self._store = store
        self._staff = staff
        self._guild_id = guild_id

    @commands.Cog.listener()
    async def on_raw_typing(self, payload: discord.RawTypingEvent) -> None:
        if payload.guild_id != self._guild_id or payload.user is None:
            return
        caller = self._staff.caller(payload.user)
        channel = await self._store.channels.at(payload.channel_id) if caller else None
        ticket = await self._store.views.ticket(channel.ticket_id) if channel else None
        if caller is None or ticket is None or ticket.is_closed:
            return
        if await self._store.users.is_blocked(caller.key):
            return
        await self._store.people.remember(caller.person)
        actor = Actor(AuthorType.STAFF, caller.key)
        self._store.signals.say(Typing(ticket.id, ticket.requester, actor, Place.DISCORD))
