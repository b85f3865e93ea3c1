"""Finds the channels in which something has happened lately. Only those are searched for lost events."""

from collections import deque
from collections.abc import Iterable

import discord
from discord.ext import commands

from tickets.ports.channels import Channel

LIVELY_FOR = 3600.0
"""Seconds for which a channel is lively after its last message."""
OWN = 5_000
"""How many of the bot's own messages are remembered: those that it deletes, it deletes soon."""
LOOKS = 6
"""How many times a channel is compared after an edit or a deletion."""


class Activity(commands.Cog):
    """Two requests show the newest messages of all channels, whatever events were lost. A channel is compared
    once after each new message, and as long as people wrote there in the last hour. The requests do not show
    edits and deletions. In a channel where only the bot has written for an hour, lost edits and deletions
    are found before the closing and in the next session."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client
        self._looks_left: dict[int, int] = {}
        """Remaining comparisons of channels in which something was edited or deleted."""
        self._newest: dict[int, int] = {}
        """The id of the newest message of each channel, threads included, at the last check."""
        self._wrote: dict[int, dict[int, int]] = {}
        """For each channel, threads included, the newest message of each person and webhook that was heard of
        lately."""
        self._own: deque[int] = deque(maxlen=OWN)
        """The bot's own messages, the newest last."""

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Somebody, or the bot itself, has written."""
        by = message.webhook_id or message.author.id
        self._wrote.setdefault(self._channel_of(message.channel.id), {})[by] = message.id
        if self._client.user is not None and by == self._client.user.id:
            self._own.append(message.id)

    @commands.Cog.listener()
    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """Somebody has edited a message. The bot's own edits, as of cards, say nothing of what got lost."""
        if self._client.user is None or payload.message.author.id != self._client.user.id:
            self._hear(payload.channel_id)

    @commands.Cog.listener()
    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """A message was deleted. The line about a pin, which the bot deletes, says nothing either."""
        if payload.message_id not in self._own:
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
        changed = {it for it, last in newest.items() if self._newest and self._newest.get(it) != last}
        self._newest = newest
        self._forget_before(since)
        return [
            channel
            for channel in channels
            if channel.channel_id not in newest  # gone or hidden: its comparison finds out
            or channel.channel_id in changed | heard
            or self._is_peoples(channel, newest[channel.channel_id], since)
        ]

    def _is_peoples(self, channel: Channel, newest: int, since: float) -> bool:
        """Whether people wrote in the channel lately, as far as is known; the newest message is theirs if the
        bot has not heard that it wrote that itself."""
        wrote, ours = self._wrote.get(channel.channel_id, {}), {channel.webhook_id}
        ours |= {self._client.user.id} if self._client.user is not None else set()
        by_people = [last for by, last in wrote.items() if by not in ours]
        if newest not in wrote.values():
            by_people.append(newest)
        return any(_written_at(it) > since for it in by_people)

    def _forget_before(self, since: float) -> None:
        for place, wrote in tuple(self._wrote.items()):
            left = {by: last for by, last in wrote.items() if _written_at(last) > since}
            if left:
                self._wrote[place] = left
            else:
                del self._wrote[place]

    def _hear(self, place_id: int) -> None:
        self._looks_left[self._channel_of(place_id)] = LOOKS

    def _channel_of(self, place_id: int) -> int:
        there = self._client.get_channel(place_id)
        return there.parent_id if isinstance(there, discord.Thread) else place_id


def _written_at(message_id: int) -> float:
    return discord.utils.snowflake_time(message_id).timestamp()
