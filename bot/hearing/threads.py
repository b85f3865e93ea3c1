"""Threads in the channels of tickets, in which staff talks among themselves."""

import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from dataclasses import dataclass

import discord

from bot.hearing.heard import Recent
from tickets.model import MessageId
from tickets.ports.channels import Channel, Places, event_id_from_discord
from tickets.sources import Source, from_message

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Room:
    """Where staff writes: the channel of a ticket, or a thread in it. In a thread everything is a note."""

    channel: Channel
    thread_id: int | None = None

    @property
    def id(self) -> int:
        """The Discord id of the room."""
        return self.channel.channel_id if self.thread_id is None else self.thread_id

    def message_id(self, discord_id: int, suffix: str = "") -> MessageId:
        """The id of what a message here became. It includes the thread, so that the store knows where notes
        are from."""
        return MessageId(event_id_from_discord(discord_id, f"{self._thread}{suffix}"))

    def source(self, discord_id: int, suffix: str = "") -> Source:
        """The source of an event that follows from a message here. It counts as done in the channel, so that
        it is not shown there again."""
        return from_message(self.channel.channel_id, discord_id, f"{self._thread}{suffix}")

    @property
    def _thread(self) -> str:
        return "" if self.thread_id is None else f":t{self.thread_id}"


class Threads:
    """Finds the channel of a thread, also of an archived one and of one whose event was lost."""

    def __init__(self, client: discord.Client, channels: Places, guild_id: int) -> None:
        self._client = client
        self._channels = channels
        self._guild_id = guild_id
        self._asked = Recent[int | None]()
        """The channels of threads that Discord was asked about. None for ids that are no thread."""

    def channel_of(self, place_id: int) -> int | None:
        """The channel with this id, or the channel of the thread with this id. None if it is unknown."""
        if isinstance(there := self._client.get_channel(place_id), discord.Thread):
            return there.parent_id
        if there is not None:
            return place_id
        return (self._asked.get(place_id) or place_id) if place_id in self._asked else None

    def room_of(self, channel: Channel) -> Room:
        """The channel's own room."""
        return Room(channel)

    async def room(self, place_id: int) -> Room | None:
        """The room of this place. None if it belongs to no ticket."""
        if (channel := await self._channels.at(place_id)) is not None:
            return self.room_of(channel)
        parent_id = self.channel_of(place_id)
        if parent_id is None:
            await self._ask(place_id)
            parent_id = self._asked.get(place_id)
        parent = await self._channels.at(parent_id) if parent_id not in (None, place_id) else None
        return Room(parent, place_id) if parent is not None else None

    async def _ask(self, place_id: int) -> None:
        found: int | None = None
        with suppress(discord.NotFound, discord.Forbidden, discord.InvalidData):
            there = await self._client.fetch_channel(place_id)
            found = there.parent_id if isinstance(there, discord.Thread) else None
        self._asked.put(place_id, found)

    def active_in(self, channel_id: int) -> dict[int, int | None]:
        """The active threads of a channel that the gateway has reported, each with its newest message."""
        there = self._client.get_channel(channel_id)
        threads = there.threads if isinstance(there, discord.TextChannel) else ()
        return {it.id: it.last_message_id for it in threads}

    async def archived_in(self, channel_id: int) -> AsyncIterator[int]:
        """The archived threads of a channel, with private ones if the bot may see them."""
        there = self._client.get_channel(channel_id)
        if not isinstance(there, discord.TextChannel):
            return
        for private in (False, True):
            try:
                async for thread in there.archived_threads(private=private, limit=None):
                    yield thread.id
            except discord.Forbidden as error:
                log.warning("archived threads of channel %s cannot be read: %s", channel_id, error)


def begun_in(messages: Iterable[discord.Message]) -> set[int]:
    """The threads that were begun from these messages of a channel."""
    told = {it.id for it in messages if it.flags.has_thread}
    for it in messages:
        if it.type is discord.MessageType.thread_created and it.reference is not None:
            told.add(it.reference.channel_id)
    return told
