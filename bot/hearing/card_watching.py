"""Watches cards in Discord: a deleted card is posted again, and the line about a pin is removed."""

import logging
from contextlib import suppress

import discord
from discord.ext import commands

from bot.connection.faults import discord_faults
from bot.showing.cards import Cards
from tickets.ports.sinks import Never, NotNow
from tickets.ports.store import StoreUnavailable

log = logging.getLogger(__name__)


class CardWatching(commands.Cog):
    def __init__(self, cards: Cards, guild_id: int) -> None:
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
    async def on_card_missing(self, channel_id: int, message_id: int) -> None:
        """The inbox has read the channel, and the card is not there."""
        await self._gone(channel_id, {message_id})

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
