"""Deletes posts in Discord about other people's tickets that name somebody who is erased, where that is
possible."""

from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Final

from tickets.erasing import posts_naming
from tickets.model import TicketId
from tickets.ports.channels import Link
from tickets.ports.erasing import Erasure
from tickets.ports.sinks import Never, NotNow
from tickets.ports.store import Store

AT_ONCE: Final = 50
"""So many tickets of one erasure are handled in one look, so that other erasures do not wait."""

Remove = Callable[[Link], Awaitable[None]]
"""Deletes a post in Discord. Raises NotNow and Never."""


class ForgettingPosts:
    """Without ``remove``, as on the command line, such posts wait for a process that can delete them."""

    def __init__(self, store: Store, remove: Remove | None) -> None:
        self._store = store
        self._remove = remove
        self._done: defaultdict[str, int] = defaultdict(int)
        """For each erasure, the number of tickets in which nothing is left that can be deleted."""
        self._stay: defaultdict[str, list[str]] = defaultdict(list)

    async def are_gone(self, erasure: Erasure) -> bool:
        """Delete some of them. Returns whether these were the last."""
        done = self._done[erasure.id]
        for ticket_id in erasure.named_in[done : done + AT_ONCE]:
            if not await self._are_gone(erasure, ticket_id):
                return False
            self._done[erasure.id] += 1
        return self._done[erasure.id] == len(erasure.named_in)

    def that_stay(self, erasure_id: str) -> list[str]:
        """What Discord refused to delete, in words for people. It is returned once."""
        self._done.pop(erasure_id, None)
        return self._stay.pop(erasure_id, [])

    async def _are_gone(self, erasure: Erasure, ticket_id: TicketId) -> bool:
        events = await self._store.log.events(ticket_id)
        links = await self._store.channels.links_of(ticket_id)
        for link in posts_naming(links, events, erasure.pseudonym):
            if self._remove is None:
                return False
            try:
                await self._remove(link)
            except NotNow:
                return False
            except Never as error:
                self._stay[erasure.id].append(f"a post about ticket {ticket_id}, in Discord: {error}")
        return True
