"""Every event of every ticket in one order."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol, Self

from tickets.events import Event
from tickets.model import EventId, TicketId, UserKey


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the feed, as clients know it: right after an event, from which ``proof`` is made. After a
    restore, the same place may follow another event. The proof shows that."""

    pos: int
    proof: str | None = None
    """4 hexadecimal digits; None if nothing can be proved, as before the first event."""

    @classmethod
    def of(cls, pos: int, event: EventId | None) -> Self:
        """The place right after an event; None if there is no event, as at 0."""
        return cls(pos, None if event is None else hashlib.sha256(event.encode()).hexdigest()[:4])

    @classmethod
    def parse(cls, text: str) -> Self:
        """The inverse of ``str``. Also takes a bare number."""
        pos, _, proof = text.partition("-")
        return cls(int(pos), proof or None)

    def __str__(self) -> str:
        return str(self.pos) if self.proof is None else f"{self.pos}-{self.proof}"


@dataclass(frozen=True, slots=True)
class Fed:
    """An entry of the feed. ``pos`` grows over all tickets; ``requester`` is that of the ticket."""

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
        """The entries after ``pos`` in order: of all tickets, or of one requester and of ``tickets``."""
        ...

    async def of_ticket(self, ticket_id: TicketId, pos: int, *, limit: int = 100) -> list[Fed]:
        """The entries of one ticket after ``pos``, in order."""
        ...

    async def last(self) -> int:
        """The newest position; 0 before the first event."""
        ...

    async def entry(self, ticket_id: TicketId, seq: int) -> Fed | None:
        """The entry of an event; None if it is not in the feed yet, or is gone."""
        ...

    async def event_at(self, pos: int) -> EventId | None:
        """The event at this position; None if there is none."""
        ...
