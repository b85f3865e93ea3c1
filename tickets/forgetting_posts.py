"""Deletes posts in Discord about other people's tickets that name somebody who is erased, where that is
possible."""

from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Final

from tickets.erasing import posts_naming
from tickets.model import TicketId
from tickets.ports.channels import Link
from tickets.ports.erasing import NAMED, Erasure, Pseudonym
from tickets.ports.sinks import Never, NotNow
from tickets.ports.store import Store

AT_ONCE: Final = 50
"""So many tickets of one erasure, or somewhat more, in one look, so that other erasures do not wait."""

Remove = Callable[[Link], Awaitable[None]]
"""Deletes a post in Discord. Raises NotNow and Never."""


class ForgettingPosts:
    """Without ``remove``, as on the command line, such posts wait for a process that can delete them."""

    def __init__(self, store: Store, remove: Remove | None) -> None:
        self._store = store
        self._remove = remove
        self._upto: dict[str, str] = {}
        """Up to where in the log nothing is left that can be deleted, for each erasure."""
        self._stay: defaultdict[str, list[str]] = defaultdict(list)

    async def are_gone(self, erasure: Erasure) -> bool:
        """Delete some of them, and say whether those were the last."""
        if NAMED not in erasure.removed:
            return True
        nobody, looked_at = Pseudonym(erasure.pseudonym, frozenset()), 0
        while looked_at < AT_ONCE:
            upto = self._upto.get(erasure.id, "")
            piece = await self._store.erasures.look_through(nobody, upto)
            for ticket_id in sorted(piece.tickets):
                ticket = await self._store.views.ticket(ticket_id)
                if ticket is not None and ticket.erased_at is not None:
                    continue
                if not await self._are_gone(erasure, ticket_id):
                    return False
                looked_at += 1
            if not piece.count:
                return True
            self._upto[erasure.id] = piece.upto
        return False

    def that_stay(self, erasure_id: str) -> list[str]:
        """What Discord refused to delete, in words for people; told once."""
        self._upto.pop(erasure_id, None)
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
