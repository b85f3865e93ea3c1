"""Discord takes 50 requests a second from a bot, of all kinds together, and does not say how many are left.

discord.py notices this limit only once it was exceeded. Here a request keeps its place until one second after
its answer, because Discord may have counted it as late as that. So Discord never counts more than ``MOST`` in
a second, however long requests and answers travel."""

import asyncio
from collections.abc import Mapping
from typing import Final

MOST: Final = 45
"""Requests in a second. The others are left to `guildesk doctor` and whatever else uses the bot's token."""
WITHIN: Final = 1.0
COUNTS: Final = "X-RateLimit-Limit"
"""A header of servers that count requests. The sandbox may not count; then no request waits."""


class OverallLimit:
    def __init__(self, most: int = MOST, within: float = WITHIN) -> None:
        self._places = asyncio.Semaphore(most)
        self._within = within
        self._is_counted = False

    async def begin(self) -> None:
        """Wait for a place, in the order of the calls."""
        await self._places.acquire()

    def end(self, answered: Mapping[str, str]) -> None:
        """The request that began was answered, with these headers, or has failed."""
        self._is_counted = self._is_counted or COUNTS in answered
        if self._is_counted:
            asyncio.get_running_loop().call_later(self._within, self._places.release)
        else:
            self._places.release()
