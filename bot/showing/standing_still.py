"""Tells people of tickets that stand still because Discord refuses what is to be shown of them."""

from typing import Generic

from bot.connection.faults import Refused
from bot.showing.admins import Admins
from config.faults import TICKET_STANDS_STILL
from tickets.model import TicketId
from tickets.ports.sinks import Sink
from tickets.ports.store import Store
from tickets.relay import Item, Name


class StandingStill:
    """The same refusal of many tickets is told once, and over when none of them waits any more."""

    def __init__(self, store: Store, admins: Admins) -> None:
        self._store = store
        self._admins = admins
        self._refused: dict[tuple[str, TicketId], str] = {}
        """Why, by what waits."""

    def telling(self, sink: Sink[Name, Item]) -> "Telling[Name, Item]":
        """The sink, of whose refusals people hear."""
        return Telling(sink, self)

    async def refused(self, name: str, ticket_id: TicketId, why: str) -> None:
        """Told when it happens again: a single refusal comes right by itself."""
        before = self._refused.get((name, ticket_id))
        self._refused[name, ticket_id] = why
        if before is not None and before != why:
            self._is_over(before)
        if before == why and (ticket := await self._store.views.ticket(ticket_id)) is not None:
            fault = TICKET_STANDS_STILL.of(number=ticket.number, why=why)
            await self._admins.tell(fault, lasting=_named(why))

    def moves(self, name: str, ticket_id: TicketId) -> None:
        """It was shown, or is not to be shown any more."""
        if (why := self._refused.pop((name, ticket_id), None)) is not None:
            self._is_over(why)

    def _is_over(self, why: str) -> None:
        if why not in self._refused.values():
            self._admins.is_over(_named(why))


class Telling(Generic[Name, Item]):
    """A sink that passes on which of its tickets are refused."""

    def __init__(self, sink: Sink[Name, Item], standing_still: StandingStill) -> None:
        self.name = sink.name
        self._sink = sink
        self._standing_still = standing_still

    async def show(self, item: Item) -> None:
        """See ``tickets.ports.sinks.Sink``."""
        try:
            await self._sink.show(item)
        except Refused as refusal:
            await self._standing_still.refused(self.name, item.ticket_id, str(refusal))
            raise
        self._standing_still.moves(self.name, item.ticket_id)

    async def give_up(self, item: Item, why: str) -> None:
        self._standing_still.moves(self.name, item.ticket_id)
        await self._sink.give_up(item, why)


def _named(why: str) -> str:
    return f"refused: {why}"
