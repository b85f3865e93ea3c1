"""What was heard of single messages.

Discord promises neither order nor delivery: its events come late, twice, out of order, or never."""

from typing import Generic, TypeVar

import discord

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
