"""Every event of every ticket in one order."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol, Self

from tickets.events import Event
from tickets.model import EventId, TicketId, UserKey


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the feed, as clients know it: behind the event there, from which ``proof`` is made.

    A restored store has other events at places that clients know. The proof shows that."""

    pos: int
    proof: str | None = None
    """4 hexadecimal digits; None if there is nothing to prove, as before the first event."""

    @classmethod
    def of(cls, pos: int, event: EventId | None) -> Self:
        """The place of an event; None if there is no event, as at 0."""
        return cls(pos, None if event is None else hashlib.sha256(event.encode()).hexdigest()[:4])

    @classmethod
    def parse(cls, text: str) -> Self:
        """What ``str`` gives, or a bare number."""
        pos, _, proof = text.partition("-")
        return cls(int(pos), proof or None)

    def __str__(self) -> str:
        return str(self.pos) if self.proof is None else f"{self.pos}-{self.proof}"


@dataclass(frozen=True, slots=True)
class Fed:
    """An entry of the global feed. ``pos`` grows over all tickets; ``requester`` is the ticket's."""

    pos: int
    requester: UserKey
    event: Event

    @property
    def position(self) -> Position:
        return Position.of(self.pos, self.event.id)


class Feed(Protocol):
    """Every event of every ticket in one order, for readers that keep their own position."""

    async def after(
        self,
        pos: int,
        *,
        requester: UserKey | None = None,
        tickets: Collection[TicketId] = (),
        limit: int = 100,
    ) -> list[Fed]:
        """The entries behind ``pos`` in order: of all tickets, or of one requester's and ``tickets``."""
        ...

    async def of_ticket(self, ticket_id: TicketId, pos: int, *, limit: int = 100) -> list[Fed]:
        """The entries of one ticket behind ``pos``, in order."""
        ...

    async def last(self) -> int:
        """The newest position; 0 before the first event."""
        ...

    async def entry(self, ticket_id: TicketId, seq: int) -> Fed | None:
        """Where an event of a ticket stands; None if it has not come into the feed yet, or is gone."""
        ...

    async def event_at(self, pos: int) -> EventId | None:
        """The event at this position; None if there is none."""
        ...
