"""A ticket's channel: created once, with its card on top; moved, opened to other roles, and removed."""

import io
import logging
from dataclasses import replace

import discord

from bot.card import card_is_whole, card_of, digest
from bot.faults import ChannelIsGone, MessageIsGone, NoRoom, discord_faults
from bot.guild import GuildMap
from cogs.closing import button_to_show
from tickets.model import Ticket, TicketId
from tickets.ports import Channel, ChannelState, NotNow, Store

log = logging.getLogger(__name__)

FULL_PAUSE = 15.0
"""Seconds until a ticket without room looks again."""


class TicketChannels:
    """Creates and keeps the channels; every step can be repeated after a crash."""

    def __init__(self, client: discord.Client, store: Store, guild_map: GuildMap) -> None:
        self._client = client
        self._store = store
        self._map = guild_map

    async def ensure(self, ticket: Ticket) -> Channel:
        """The ticket's channel with its card, created where there is none."""
        channel = await self._store.channels.of_ticket(ticket.id)
        if channel is None or channel.state is not ChannelState.OPEN:
            channel = await self._created(ticket)
        if channel.card_id is None:
            channel = await self._with_card(ticket, channel)
        return channel

    async def existing(self, ticket_id: TicketId) -> Channel | None:
        """The ticket's channel, if it has one now."""
        channel = await self._store.channels.of_ticket(ticket_id)
        return channel if channel and channel.state is ChannelState.OPEN else None

    async def refresh_card(self, ticket: Ticket, channel: Channel) -> None:
        """Edit the card if it shows anything else than the ticket as it is."""
        embed = await self._card(ticket)
        if channel.card_id is None or digest(embed) == channel.card_digest:
            return
        message = self._messageable(channel).get_partial_message(channel.card_id)
        view = None if ticket.is_closed else button_to_show()
        try:
            with discord_faults("editing the card"):
                await message.edit(embed=embed, view=view)
        except MessageIsGone:
            log.warning("the card of ticket %s was removed by hand; posting it again", ticket.id)
            await self._with_card(ticket, channel)
            return
        await self._store.channels.save(replace(channel, card_digest=digest(embed)))

    async def move(self, ticket: Ticket, channel: Channel) -> None:
        """Into the category of the ticket's level."""
        guild = self._map.guild(self._client)
        category = self._map.category(guild, ticket.issue_level)
        there = guild.get_channel(channel.channel_id)
        if category is None or (isinstance(there, discord.TextChannel) and there.category_id == category.id):
            return
        with discord_faults("moving a channel"):
            await self._client.http.edit_channel(channel.channel_id, parent_id=category.id)

    async def admit(self, ticket: Ticket, channel: Channel) -> None:
        """Let in the roles that the ticket's support role asks for, and ping that one."""
        guild = self._map.guild(self._client)
        there = guild.get_channel(channel.channel_id)
        if not isinstance(there, discord.TextChannel):
            raise ChannelIsGone(f"channel {channel.channel_id} is gone", 0)
        with discord_faults("changing who sees a channel"):
            await there.edit(overwrites=self._map.overwrites(guild, ticket.support_role))

    async def say(self, channel: Channel, text: str, nonce: str, *, ping: discord.Role | None = None) -> None:
        """A message of the bot's; the nonce keeps a repetition within minutes from showing twice."""
        mentions = discord.AllowedMentions(everyone=False, users=False, roles=[ping] if ping else False)
        with discord_faults("posting a notice"):
            await self._messageable(channel).send(text, nonce=nonce, allowed_mentions=mentions)

    async def remove(self, channel: Channel, reason: str) -> None:
        """Delete the channel; one that is gone already is as good."""
        self._map.guild(self._client)
        try:
            with discord_faults("removing a channel"):
                await self._client.http.delete_channel(channel.channel_id, reason=reason)
        except ChannelIsGone:
            pass
        await self._store.channels.save(replace(channel, state=ChannelState.GONE))

    def role_of(self, ticket: Ticket) -> discord.Role | None:
        return self._map.guild(self._client).get_role(self._map.roles[ticket.support_role])

    async def _created(self, ticket: Ticket) -> Channel:
        guild = self._map.guild(self._client)
        found = self._left_behind(guild, ticket)
        if found is None:
            category = self._map.category(guild, ticket.issue_level)
            if category is None:
                log.error(
                    "the category of level %s is gone; ticket %s waits", ticket.issue_level, ticket.number
                )
                raise NotNow("its category is gone", FULL_PAUSE)
            try:
                with discord_faults("creating a channel"):
                    found = await guild.create_text_channel(
                        f"ticket-{ticket.number:04}",
                        category=category,
                        overwrites=self._map.overwrites(guild, ticket.support_role),
                        topic=self._topic(ticket),
                        reason=f"ticket {ticket.number} was opened",
                    )
            except NoRoom as full:
                raise NotNow(str(full), FULL_PAUSE) from full
        channel = Channel(ticket_id=ticket.id, channel_id=found.id)
        await self._store.channels.save(channel)
        return channel

    def _topic(self, ticket: Ticket) -> str:
        return f"Ticket {ticket.number} · {self._mark(ticket)}"

    def _mark(self, ticket: Ticket) -> str:
        """By which a channel is found that was created but not recorded."""
        return f"guildesk:{self._store.deployment.id}:{ticket.id}"

    def _left_behind(self, guild: discord.Guild, ticket: Ticket) -> discord.TextChannel | None:
        mark = self._mark(ticket)
        marked = [channel for channel in guild.text_channels if mark in (channel.topic or "")]
        return min(marked, key=lambda channel: channel.id, default=None)

    async def _with_card(self, ticket: Ticket, channel: Channel) -> Channel:
        embed = await self._card(ticket)
        role = self.role_of(ticket)
        ping = f"{role.mention} " if role else ""
        files = []
        if not card_is_whole(ticket):
            files.append(discord.File(io.BytesIO(ticket.description.encode()), "description.txt"))
        with discord_faults("posting the card"):
            card = await self._messageable(channel).send(
                f"{ping}New {ticket.issue_level} ticket for {ticket.support_role}.",
                embed=embed,
                view=button_to_show(),
                files=files,
                nonce=f"card:{channel.channel_id}",
                allowed_mentions=discord.AllowedMentions(
                    everyone=False, users=False, roles=[role] if role else False
                ),
            )
            await card.pin()
        channel = replace(channel, card_id=card.id, card_digest=digest(embed))
        await self._store.channels.save(channel)
        return channel

    async def _card(self, ticket: Ticket) -> discord.Embed:
        keys = [key for key in (ticket.requester, ticket.assignee) if key]
        return card_of(ticket, await self._store.people.people(keys))

    def _messageable(self, channel: Channel) -> discord.PartialMessageable:
        return self._client.get_partial_messageable(channel.channel_id, guild_id=self._map.guild_id)
