"""What the staff's side of the desk needs from the outside, as protocols that speak the domain."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, Self

from tickets.model import Millis, Ticket, UserKey


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a ticket stands among those that wait for staff: the most urgent first, then the longest wait."""

    urgency: int
    waiting_since: Millis
    number: int

    @classmethod
    def of(cls, ticket: Ticket) -> Self:
        return cls(ticket.issue_level.urgency, ticket.waiting_since or ticket.created_at, ticket.number)


class Waiting(Protocol):
    """Whose turn it is: the tickets that wait for staff, and those of each agent."""

    async def page(self, after: Place | None, limit: int) -> list[Ticket]:
        """In the order to work them; ``after`` continues a page."""
        ...

    async def assigned(self, keys: Sequence[UserKey], before_number: int | None, limit: int) -> list[Ticket]:
        """Those that are assigned under any of the keys, closed ones too, newest first."""
        ...
