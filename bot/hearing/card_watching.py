"""Watches cards in Discord: a deleted card is posted again, and the line about a pin is removed."""

import logging
from collections.abc import Sequence
from contextlib import suppress

import discord
from discord.ext import commands

from bot.connection.faults import MessageIsGone, discord_faults
from bot.hearing.comparing import is_missing
from bot.showing.cards import Cards
from tickets.ports.channels import Channel
from tickets.ports.sinks import Never, NotNow
from tickets.ports.store import StoreUnavailable

log = logging.getLogger(__name__)


class CardWatching(commands.Cog):
    def __init__(self, client: discord.Client, cards: Cards, guild_id: int) -> None:
        self._client = client
        self._cards = cards
        self._guild_id = guild_id

    @commands.Cog.listener()
    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        if payload.guild_id == self._guild_id:
            await self._gone(payload.channel_id, {payload.message_id})

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        if payload.guild_id == self._guild_id:
            await self._gone(payload.channel_id, payload.message_ids)

    @commands.Cog.listener()
    async def on_compared(self, channel: Channel, newest: Sequence[discord.Message], is_first: bool) -> None:
        """The inbox has read the newest messages of a channel. An older card is looked for once in a session,
        because a later edit would find out that it is missing."""
        with suppress(StoreUnavailable):
            for message_id in await self._cards.messages_in(channel):
                is_older = bool(newest) and message_id < newest[-1].id
                is_gone = is_missing(message_id, newest)
                if is_gone or (is_first and is_older and not await self._is_there(channel, message_id)):
                    await self._cards.is_gone(channel.channel_id, {message_id})

    async def _is_there(self, channel: Channel, message_id: int) -> bool:
        try:
            with discord_faults("looking for a card"):
                there = self._client.get_partial_messageable(channel.channel_id, guild_id=self._guild_id)
                await there.fetch_message(message_id)
        except MessageIsGone:
            return False
        except (NotNow, Never) as problem:
            log.info("whether message %s is there is not known: %s", message_id, problem)
        return True

    async def _gone(self, channel_id: int, message_ids: set[int]) -> None:
        with suppress(StoreUnavailable):  # the card is posted again when the ticket changes
            await self._cards.is_gone(channel_id, message_ids)


async def without_pin_line(message: discord.Message) -> None:
    """Remove the line that Discord posts when the bot pins a card. It is of no use to anybody."""
    if message.type is discord.MessageType.pins_add:
        try:
            with discord_faults("removing the line about a pin"):
                await message.delete()
        except (NotNow, Never) as problem:
            log.info("the line about a pin stays: %s", problem)
