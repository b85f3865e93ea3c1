"""Tells people of tickets that stand still because Discord refuses what is to be shown of them, or does not
answer."""

import time
from collections.abc import Callable
from typing import Final, Generic

from bot.connection.faults import Refused, TurnedAway, Unsure
from bot.showing.admins import Admins
from config.faults import DISCORD_SILENT, TICKET_STANDS_STILL
from tickets.model import TicketId
from tickets.ports.sinks import Sink
from tickets.ports.store import Store
from tickets.relay import Item, Name

SILENT_FOR: Final = 120.0
"""Seconds without an answer after which people are told; a shorter silence of Discord's is ordinary."""
SILENCE: Final = "unanswered"


class StandingStill:
    """Reports tickets that stand still. A refusal of many tickets is reported once, and is over when none of
    them waits any more. The same goes for Discord's silence."""

    def __init__(self, store: Store, admins: Admins, now: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._admins = admins
        self._now = now
        self._unanswered: dict[tuple[str, TicketId], float] = {}
        """Since when there has been no answer, by what waits."""
        self._refused: dict[tuple[str, TicketId], str] = {}
        """The reason for the refusal, by what waits."""

    def telling(self, sink: Sink[Name, Item]) -> "Telling[Name, Item]":
        """The same sink, whose refusals are reported."""
        return Telling(sink, self)

    async def refused(self, name: str, ticket_id: TicketId, why: str) -> None:
        """A refusal. It is reported when it happens again, because a single one often passes."""
        before = self._refused.get((name, ticket_id))
        self._refused[name, ticket_id] = why
        if before is not None and before != why:
            self._is_over(before)
        if before == why and (ticket := await self._store.views.ticket(ticket_id)) is not None:
            fault = TICKET_STANDS_STILL.of(number=ticket.number, why=why)
            await self._admins.tell(fault, lasting=_named(why))

    async def unanswered(self, name: str, ticket_id: TicketId, why: str) -> None:
        """No answer. It is reported once it lasts."""
        since = self._unanswered.setdefault((name, ticket_id), self._now())
        if self._now() - since < SILENT_FOR:
            return
        if (ticket := await self._store.views.ticket(ticket_id)) is not None:
            await self._admins.tell(DISCORD_SILENT.of(number=ticket.number, why=why), lasting=SILENCE)

    def moves(self, name: str, ticket_id: TicketId) -> None:
        """The ticket was shown, or is not to be shown any more."""
        if self._unanswered.pop((name, ticket_id), None) is not None and not self._unanswered:
            self._admins.is_over(SILENCE)
        if (why := self._refused.pop((name, ticket_id), None)) is not None:
            self._is_over(why)

    def _is_over(self, why: str) -> None:
        if why not in self._refused.values():
            self._admins.is_over(_named(why))


class Telling(Generic[Name, Item]):
    """A sink that reports which of its tickets are refused or unanswered."""

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
        except (Unsure, TurnedAway) as silence:
            await self._standing_still.unanswered(self.name, item.ticket_id, str(silence))
            raise
        self._standing_still.moves(self.name, item.ticket_id)

    async def give_up(self, item: Item, why: str) -> None:
        self._standing_still.moves(self.name, item.ticket_id)
        await self._sink.give_up(item, why)


def _named(why: str) -> str:
    return f"refused: {why}"
