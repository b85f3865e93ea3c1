"""Orphans: channels of Guildesk that the store does not know, for instance after a restore. Finds them,
closes them to writing, or keeps them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import discord

from bot.connection.guild import TO_SERVE, GuildMap, Overwrites
from bot.showing.card import ticket_on
from bot.showing.channel_marks import Marks
from texts.language import Language
from texts.text import Text, in_language
from tickets.model import SupportRole, TicketId
from tickets.ports.channels import ChannelState
from tickets.ports.store import Store

LOOKED_AT = 20
"""The card is among so many messages at the beginning of a channel."""
KEPT = "guildesk:kept"
"""Mark in the topic of a channel that an operator has kept."""
TO_READ = discord.Permissions(view_channel=True, read_message_history=True)
TO_WRITE = discord.Permissions(
    send_messages=True,
    send_messages_in_threads=True,
    create_public_threads=True,
    create_private_threads=True,
    add_reactions=True,
)


@dataclass(frozen=True, slots=True)
class Orphan:
    """A channel that was made for a ticket, but is not the ticket's channel in the store."""

    channel: discord.TextChannel
    ticket_id: TicketId


class Orphans:
    """Finds orphans. ``me`` is the id of the bot's own user: a channel in which it wrote belongs to
    Guildesk."""

    def __init__(self, store: Store, guild_map: GuildMap, marks: Marks) -> None:
        self._store = store
        self._map = guild_map
        self._marks = marks
        self._not_ours: set[int] = set()
        """Channels in which the bot wrote nothing."""

    async def among(self, channels: Sequence[discord.abc.GuildChannel], me: int) -> list[Orphan]:
        """The orphans among all channels of the guild.

        If a channel's topic names a ticket, this takes no request. The beginning of other channels in the
        categories of tickets is read once."""
        categories = self._categories(channels)
        found = []
        for channel in channels:
            if not isinstance(channel, discord.TextChannel) or KEPT in (channel.topic or ""):
                continue
            if await self._store.channels.at(channel.id) is not None:
                continue
            ticket_id = self._marks.ticket_in(channel.topic)
            if ticket_id is None and (
                channel.category_id in categories or "guildesk" in (channel.topic or "")
            ):
                ticket_id = await self._ticket_on_card(channel, me)
            if ticket_id is not None and not await self._is_of(ticket_id, channel.id):
                found.append(Orphan(channel, ticket_id))
        return found

    def _categories(self, channels: Sequence[discord.abc.GuildChannel]) -> set[int]:
        """The categories of tickets, and their overflow categories."""
        bases = [it for it in channels if it.id in self._map.categories.values()]
        names = [re.compile(re.escape(it.name) + r"( \d+)?") for it in bases]
        return {
            it.id
            for it in channels
            if isinstance(it, discord.CategoryChannel) and any(name.fullmatch(it.name) for name in names)
        }

    async def _ticket_on_card(self, channel: discord.TextChannel, me: int) -> TicketId | None:
        if channel.id in self._not_ours:
            return None
        try:
            async for message in channel.history(limit=LOOKED_AT, oldest_first=True):
                if message.author.id == me and (ticket_id := ticket_on(message)) is not None:
                    return ticket_id
        except discord.Forbidden:
            return None
        self._not_ours.add(channel.id)
        return None

    async def _is_of(self, ticket_id: TicketId, channel_id: int) -> bool:
        """Whether the ticket has this channel, which may have been recorded meanwhile, or still waits for
        one: this one was made for it and is not recorded yet."""
        ticket = await self._store.views.ticket(ticket_id)
        known = await self._store.channels.of_ticket(ticket_id)
        if known is not None and known.channel_id == channel_id:
            return True
        is_waiting = known is None or known.state is not ChannelState.OPEN
        return is_waiting and ticket is not None and not ticket.is_closed


def is_closed_to_writing(channel: discord.TextChannel, guild_map: GuildMap) -> bool:
    """Whether no overwrite lets anybody write."""
    others = [it for target, it in channel.overwrites.items() if target.id in guild_map.roles.values()]
    everyone = channel.overwrites_for(channel.guild.default_role)
    return everyone.view_channel is False and all(it.send_messages is False for it in others)


async def close_to_writing(channel: discord.TextChannel, guild_map: GuildMap, language: Language) -> None:
    """Take the permission to write from everybody. Staff who could read still can."""
    guild = channel.guild
    overwrites = _readers(channel, guild_map, TO_WRITE)
    overwrites[guild.me] = _of(TO_SERVE & guild.me.guild_permissions)
    await channel.edit(overwrites=overwrites)
    await channel.send(in_language(Text("ticket-is-unknown"), language))


async def keep(channel: discord.TextChannel) -> None:
    """Turn it into an ordinary channel of the guild: without mark and number of a ticket, and staff may
    write."""
    overwrites: Overwrites = {}
    for target, overwrite in channel.overwrites.items():
        allow, deny = overwrite.pair()
        overwrites[target] = discord.PermissionOverwrite.from_pair(allow, deny & ~TO_WRITE)
    topic = f"Kept by an operator; no longer a ticket's channel · {KEPT}"
    await channel.edit(name=f"kept-{channel.name}"[:100], topic=topic, overwrites=overwrites)


def _readers(channel: discord.TextChannel, guild_map: GuildMap, deny: discord.Permissions) -> Overwrites:
    """Overwrites for the support roles that see the channel, at least for the highest; nobody else sees
    it."""
    guild = channel.guild
    admins = guild_map.roles[SupportRole.ADMIN]
    overwrites: Overwrites = {guild.default_role: discord.PermissionOverwrite(view_channel=False)}
    for role_id in guild_map.roles.values():
        role = guild.get_role(role_id)
        if role is not None and (channel.overwrites_for(role).view_channel or role_id == admins):
            mine = guild.me.guild_permissions
            overwrites[role] = discord.PermissionOverwrite.from_pair(TO_READ & mine, deny & mine)
    return overwrites


def _of(permissions: discord.Permissions) -> discord.PermissionOverwrite:
    return discord.PermissionOverwrite.from_pair(permissions, discord.Permissions.none())
