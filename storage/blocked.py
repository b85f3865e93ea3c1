"""Who is blocked, kept at hand: each message asks for it."""

from collections.abc import Awaitable, Callable

from tickets.model import UserKey

SECONDS = 2.0
"""After which another process's blocking is heard of."""


class Blocked:
    """``load`` reads them all: they are few."""

    def __init__(self, load: Callable[[], Awaitable[frozenset[UserKey]]], now: Callable[[], float]) -> None:
        self._load = load
        self._now = now
        self._keys: frozenset[UserKey] = frozenset()
        self._until = float("-inf")

    async def has(self, key: UserKey) -> bool:
        if self._now() >= self._until:
            self._keys = await self._load()
            self._until = self._now() + SECONDS
        return key in self._keys

    def forget(self) -> None:
        """Read again before the next answer."""
        self._until = float("-inf")
