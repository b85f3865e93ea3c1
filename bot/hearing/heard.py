"""Remembers which messages were processed. Discord promises neither order nor delivery: its events come
late, twice, out of order, or never."""

import asyncio
from typing import Generic, TypeVar

import discord

from tickets.ports.channels import Channel, Places
from tickets.ports.store import StoreUnavailable

V = TypeVar("V")
KEPT = 10_000
"""So many messages are remembered."""


class Recent(Generic[V]):
    """The values of the newest keys."""

    def __init__(self, most: int = KEPT) -> None:
        self._most = most
        self._values: dict[int, V] = {}

    def __contains__(self, key: int) -> bool:
        return key in self._values

    def get(self, key: int) -> V | None:
        return self._values.get(key)

    def items(self) -> list[tuple[int, V]]:
        """The oldest one first."""
        return list(self._values.items())

    def values(self) -> list[V]:
        return list(self._values.values())

    def put(self, key: int, value: V) -> None:
        """Store a value. The oldest ones are removed."""
        self._values.pop(key, None)
        self._values[key] = value
        while len(self._values) > self._most:
            del self._values[next(iter(self._values))]

    def pop(self, key: int) -> V | None:
        return self._values.pop(key, None)


class Heard:
    """Which messages this process has processed, and events of other messages that came too early."""

    def __init__(self) -> None:
        self.taken = Recent[None]()
        """Messages that were processed, with any outcome."""
        self.deleted = Recent[None]()
        """Deleted messages. Later events about them are ignored."""
        self.early = Recent[discord.Message]()
        """The newest edits of messages that are not known yet."""


class SeenThrough:
    """The newest message processed in each channel.

    It is stored from time to time, and only up to messages whose mark is set: if the process is killed
    before a mark is set, the next one sets it."""

    def __init__(self, channels: Places) -> None:
        self._channels = channels
        self._untold: dict[int, int] = {}
        self._settled: dict[int, int] = {}
        """The part that may be stored."""

    def through(self, channel: Channel) -> int:
        return max(channel.seen_through or 0, self._untold.get(channel.channel_id, 0))

    def move(self, channel_id: int, message_id: int) -> None:
        """Move forward, never back."""
        self._untold[channel_id] = max(message_id, self._untold.get(channel_id, 0))

    async def settle(self, channel_id: int, message_id: int) -> None:
        """The message is marked and answered, and need not be read again."""
        self._settled[channel_id] = max(message_id, self._settled.get(channel_id, 0))

    async def tell(self) -> None:
        """Store everything that is not stored yet."""
        async with asyncio.TaskGroup() as tasks:
            for channel_id, message_id in dict(self._settled).items():
                tasks.create_task(self._tell(channel_id, message_id))

    async def _tell(self, channel_id: int, message_id: int) -> None:
        try:
            await self._channels.seen(channel_id, message_id)
        except StoreUnavailable:
            return  # it is stored with the next ones
        for kept in (self._settled, self._untold):
            if kept.get(channel_id) == message_id:
                del kept[channel_id]
