"""What was heard of single messages.

Discord promises neither order nor delivery: its events come late, twice, out of order, or never."""

import asyncio
from typing import Generic, TypeVar

import discord

from tickets.ports.channels import Channel, Places
from tickets.ports.store import StoreUnavailable

V = TypeVar("V")
KEPT = 10_000
"""Messages that are remembered."""


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
        """Keep a value; the oldest ones go."""
        self._values.pop(key, None)
        self._values[key] = value
        while len(self._values) > self._most:
            del self._values[next(iter(self._values))]

    def pop(self, key: int) -> V | None:
        return self._values.pop(key, None)


class Heard:
    """Which messages this process has processed, and what it was told of others too early."""

    def __init__(self) -> None:
        self.taken = Recent[None]()
        """Messages that were processed, whatever became of them."""
        self.deleted = Recent[None]()
        """Messages that are deleted. If they are heard of later, nothing is done."""
        self.early = Recent[discord.Message]()
        """The newest edits of messages that are not known yet."""


class SeenThrough:
    """The newest message processed in each channel. The store is told now and then, and only of what is
    marked: a mark that is in flight when the process is killed is set by the next one."""

    def __init__(self, channels: Places) -> None:
        self._channels = channels
        self._untold: dict[int, int] = {}
        self._settled: dict[int, int] = {}
        """The part of it that the store may know."""

    def through(self, channel: Channel) -> int:
        return max(channel.seen_through or 0, self._untold.get(channel.channel_id, 0))

    def move(self, channel_id: int, message_id: int) -> None:
        """Forward; never back."""
        self._untold[channel_id] = max(message_id, self._untold.get(channel_id, 0))

    async def settle(self, channel_id: int, message_id: int) -> None:
        """It is marked and answered, and need not be read again by anybody."""
        self._settled[channel_id] = max(message_id, self._settled.get(channel_id, 0))

    async def tell(self) -> None:
        """Tell the store of all that it does not know yet."""
        async with asyncio.TaskGroup() as tasks:
            for channel_id, message_id in dict(self._settled).items():
                tasks.create_task(self._tell(channel_id, message_id))

    async def _tell(self, channel_id: int, message_id: int) -> None:
        try:
            await self._channels.seen(channel_id, message_id)
        except StoreUnavailable:
            return  # it is told with the next
        for kept in (self._settled, self._untold):
            if kept.get(channel_id) == message_id:
                del kept[channel_id]
