"""Blanks the tickets of an erasure, a few at a time, so that whoever is killed goes on where they were."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from tickets.blanking import Blanking
from tickets.desks.in_thread import aside
from tickets.erasing import requesters_in
from tickets.model import Ticket, TicketId, UserKey
from tickets.ports.erasing import Erasure
from tickets.ports.ledger import Ledger
from tickets.ports.lists import Cursor, TicketFilter, TicketOrder
from tickets.ports.store import Store

PAGE: Final = 100
AT_ONCE: Final = 20
"""After so many tickets the progress is stored."""


class ForgettingTickets:
    """The tickets of a person, and those that were theirs once they are blank."""

    def __init__(self, store: Store, ledger: Ledger) -> None:
        self._store = store
        self._ledger = ledger
        self._blanking = Blanking(store)

    async def blank(self, erasure: Erasure) -> Erasure:
        """Blank every ticket of these people, and of users who turn out to be the same people."""
        erasure = await self._blanked(erasure, await self._begun(erasure))
        known = [it for it in sorted(await self._ledger.tickets(erasure.id)) if await self._is_left(it)]
        for piece in _pieces(known):  # a store from before may not know whose they are
            erasure = await self._blanked(erasure, piece)
        done: set[UserKey] = set()
        while others := [it for it in erasure.people if it not in done]:
            async for page in self._pages(TicketFilter(requester=others[0])):
                for piece in _pieces([it.id for it in page]):
                    erasure = await self._blanked(erasure, piece)
            done.add(others[0])
        await self._store.erasures.keep(erasure)
        return erasure

    async def _begun(self, erasure: Erasure) -> Sequence[TicketId]:
        """The tickets at which somebody who was killed had begun, and that are not counted yet."""
        if erasure.under_way is not None:
            return erasure.under_way
        return [it for it in await self.of(erasure) if it not in erasure.tickets]

    async def _is_left(self, ticket_id: TicketId) -> bool:
        """Whether there is such a ticket that is not erased."""
        ticket = await self._store.views.ticket(ticket_id)
        return ticket is not None and ticket.erased_at is None

    async def of(self, erasure: Erasure) -> list[TicketId]:
        """The tickets that are blank already."""
        return [it.id async for page in self.pages_of(erasure) for it in page]

    async def pages_of(self, erasure: Erasure, after: Cursor | None = None) -> AsyncIterator[list[Ticket]]:
        """The same, the oldest first, a page at a time."""
        async for page in self._pages(TicketFilter(requester=erasure.pseudonym), after):
            yield page

    async def _pages(self, which: TicketFilter, after: Cursor | None = None) -> AsyncIterator[list[Ticket]]:
        while tickets := await self._store.views.tickets(
            which, order=TicketOrder.OLDEST, after=after, limit=PAGE
        ):
            yield tickets
            after = TicketOrder.OLDEST.place(tickets[-1])

    async def _blanked(self, erasure: Erasure, tickets: Sequence[TicketId]) -> Erasure:
        """The erasure, after everything in these tickets was removed. That it begins with them is stored
        first, so that after a kill they are done again, and counted once."""
        if not tickets:
            return erasure
        erasure = replace(erasure, under_way=tuple(tickets))
        await self._store.erasures.keep(erasure)
        removed: Counter[str] = Counter(tickets=len(tickets))
        for ticket_id in tickets:
            people = await aside(requesters_in, await self._store.log.events(ticket_id))
            if new := sorted(people.difference(erasure.people)):
                erasure = replace(erasure, people=(*erasure.people, *new))
                await self._ledger.record(erasure.id, erasure.asked_at, new, ())
                await self._store.erasures.keep(erasure)
            removed += Counter(
                await self._blanking.erase(ticket_id, erasure.pseudonym, erasure.people, erasure.asked_by)
            )
            await self._ledger.record(erasure.id, erasure.asked_at, (), [ticket_id])
        return replace(counted(erasure, removed), under_way=())


def _pieces(tickets: Sequence[TicketId]) -> Iterator[Sequence[TicketId]]:
    return (tickets[at : at + AT_ONCE] for at in range(0, len(tickets), AT_ONCE))


def counted(erasure: Erasure, more: Mapping[str, int]) -> Erasure:
    removed = dict(erasure.removed)
    for name, count in more.items():
        if count:
            removed[name] = removed.get(name, 0) + count
    return replace(erasure, removed=removed)
