"""Who is blocked, kept at hand: each message asks for it."""

from collections.abc import Awaitable, Callable, Mapping

from tickets.model import UserKey
from tickets.ports.store import Clock
from tickets.ports.users import Block

SECONDS = 2.0
"""After which another process's blocking is heard of."""


class Blocked:
    """``load`` reads them all: they are few. ``now`` are seconds; ``clock`` tells which blocks are over."""

    def __init__(
        self,
        load: Callable[[], Awaitable[Mapping[UserKey, Block]]],
        now: Callable[[], float],
        clock: Clock,
    ) -> None:
        self._load = load
        self._now = now
        self._clock = clock
        self._blocks: Mapping[UserKey, Block] = {}
        self._until = float("-inf")

    async def has(self, key: UserKey) -> bool:
        if self._now() >= self._until:
            self._blocks = await self._load()
            self._until = self._now() + SECONDS
        block = self._blocks.get(key)
        return block is not None and not block.is_over(self._clock())

    def forget(self) -> None:
        """Read again before the next answer."""
        self._until = float("-inf")
