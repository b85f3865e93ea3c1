"""In which channels something has happened lately. Only those are worth a look for what no event told of."""

from collections.abc import Iterable

import discord
from discord.ext import commands

from tickets.ports.channels import Channel

LIVELY_FOR = 3600.0
"""Seconds after its last message for which a channel is lively."""
LOOKS = 6
"""How many times it is looked at after an edit or a deletion."""


class Activity(commands.Cog):
    """Two requests tell it of all channels, whatever events were lost.

    They do not tell of edits and deletions. Where nobody has written for an hour, and no event told of one
    either, those are found before the closing and in the next session."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client
        self._looks_left: dict[int, int] = {}
        """By channels in which something was edited or deleted."""
        self._newest: dict[int, int] = {}
        """The id of the newest message of each channel, its threads included, at the last look."""

    @commands.Cog.listener()
    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        self._hear(payload.channel_id)

    @commands.Cog.listener()
    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        self._hear(payload.channel_id)

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        self._hear(payload.channel_id)

    async def lively(self, guild: discord.Guild, channels: Iterable[Channel]) -> list[Channel]:
        """Those of the channels in which something happened lately. Raises discord.HTTPException."""
        newest: dict[int, int] = {}
        for there in await guild.fetch_channels():
            if isinstance(there, discord.TextChannel):
                newest[there.id] = there.last_message_id or there.id
        for thread in await guild.active_threads():
            newest[thread.parent_id] = max(
                newest.get(thread.parent_id, 0), thread.last_message_id or thread.id
            )
        since = discord.utils.utcnow().timestamp() - LIVELY_FOR
        heard = set(self._looks_left)
        self._looks_left = {place: left - 1 for place, left in self._looks_left.items() if left > 1}
        changed = {it for it, last in newest.items() if self._newest.get(it, last) != last}
        self._newest = newest
        return [
            channel
            for channel in channels
            if channel.channel_id not in newest  # it is gone, or hidden from us: its comparison tells which
            or channel.channel_id in changed | heard
            or discord.utils.snowflake_time(newest[channel.channel_id]).timestamp() > since
        ]

    def _hear(self, place_id: int) -> None:
        there = self._client.get_channel(place_id)
        channel_id = there.parent_id if isinstance(there, discord.Thread) else place_id
        self._looks_left[channel_id] = LOOKS
