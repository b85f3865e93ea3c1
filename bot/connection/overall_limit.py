"""Discord takes 50 requests of a bot a second, of all kinds together, and tells nobody how many are left.

discord.py knows of this limit only once it was exceeded. Here a request holds its place until a second after
it was answered, because Discord may have counted it as late as that. So Discord counts no more of them in any
second, however long requests and answers are on their way."""

import asyncio
from collections.abc import Mapping
from typing import Final

MOST: Final = 45
"""Requests in a second. The others are left to `guildesk doctor` and whatever else uses the bot's token."""
WITHIN: Final = 1.0
COUNTS: Final = "X-RateLimit-Limit"
"""A header of whoever counts requests. The sandbox need not, and then nobody waits."""


class OverallLimit:
    def __init__(self, most: int = MOST, within: float = WITHIN) -> None:
        self._places = asyncio.Semaphore(most)
        self._within = within
        self._is_counted = False

    async def begin(self) -> None:
        """Wait for a place. Whoever came first goes first."""
        await self._places.acquire()

    def end(self, answered: Mapping[str, str]) -> None:
        """The request that began was answered, with these headers, or has failed."""
        self._is_counted = self._is_counted or COUNTS in answered
        if self._is_counted:
            asyncio.get_running_loop().call_later(self._within, self._places.release)
        else:
            self._places.release()
