"""Finds the channels in which something has happened lately. Only those are searched for lost events."""

from collections.abc import Iterable

import discord
from discord.ext import commands

from tickets.ports.channels import Channel

LIVELY_FOR = 3600.0
"""Seconds for which a channel is lively after its last message."""
LOOKS = 6
"""How many times a channel is compared after an edit or a deletion."""


class Activity(commands.Cog):
    """Two requests show the newest messages of all channels, whatever events were lost. They do not show
    edits and deletions. In a channel where nobody has written for an hour, lost edits and deletions are
    found before the closing and in the next session."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client
        self._looks_left: dict[int, int] = {}
        """Remaining comparisons of channels in which something was edited or deleted."""
        self._newest: dict[int, int] = {}
        """The id of the newest message of each channel, threads included, at the last check."""

    @commands.Cog.listener()
    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """Somebody has edited a message. The bot's own edits, as of cards, say nothing of what got lost."""
        if self._client.user is None or payload.message.author.id != self._client.user.id:
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
            if channel.channel_id not in newest  # gone or hidden: its comparison finds out
            or channel.channel_id in changed | heard
            or discord.utils.snowflake_time(newest[channel.channel_id]).timestamp() > since
        ]

    def _hear(self, place_id: int) -> None:
        there = self._client.get_channel(place_id)
        channel_id = there.parent_id if isinstance(there, discord.Thread) else place_id
        self._looks_left[channel_id] = LOOKS
