"""Notes what sockets have shown to a ticket's requester, so that no mail need be sent about it.

It is stored from time to time only. After a crash, there may be a mail too many."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from tickets.model import TicketId, UserKey
from tickets.ports.notifications import Notifications
from tickets.ports.store import StoreUnavailable

WRITE_EVERY: Final = 0.5
"""Seconds."""
MOST: Final = 10_000


class ShownOnSockets:
    """Keeps the newest seq for each user and ticket."""

    def __init__(self, notifications: Notifications) -> None:
        self._notifications = notifications
        self._news: dict[tuple[UserKey, TicketId], int] = {}
        self._is_new = asyncio.Event()

    def note(self, user: UserKey, ticket_id: TicketId, seq: int) -> None:
        """Note that everything up to ``seq`` was shown to the user."""
        if len(self._news) < MOST:
            key = (user, ticket_id)
            self._news[key] = max(seq, self._news.get(key, 0))
            self._is_new.set()

    async def run(self) -> None:
        """Store it from time to time, until cancelled."""
        while True:
            await self._is_new.wait()
            await self.write()
            await asyncio.sleep(WRITE_EVERY)

    async def write(self) -> None:
        """Store what is new. What cannot be stored now is stored later."""
        self._is_new.clear()
        news, self._news = self._news, {}
        for number, ((user, ticket_id), seq) in enumerate(news.items()):
            try:
                await self._notifications.shown(user, ticket_id, seq)
            except StoreUnavailable:
                for key, left in list(news.items())[number:]:
                    self.note(*key, left)
                return

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.run(), name="what sockets have shown")
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
