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


@dataclass(frozen=True, slots=True, order=True)
class RatedPlace:
    """Where a ticket stands among those with feedback."""

    rated_at: Millis
    number: int

    @classmethod
    def of(cls, ticket: Ticket) -> Self:
        return cls(ticket.feedback.given_at if ticket.feedback else 0, ticket.number)


@dataclass(frozen=True, slots=True)
class Rating:
    """How many tickets of an assignee got so many stars."""

    assignee: UserKey | None
    stars: int
    count: int


class Rated(Protocol):
    """The tickets with feedback."""

    async def page(self, after: RatedPlace | None, limit: int) -> list[Ticket]:
        """The newest feedback first; ``after`` continues a page."""
        ...

    async def ratings(self) -> list[Rating]:
        """Counted by assignee and stars."""
        ...


class Waiting(Protocol):
    """Whose turn it is: the tickets that wait for staff, and those of each agent."""

    async def page(self, after: Place | None, limit: int) -> list[Ticket]:
        """In the order to work them; ``after`` continues a page."""
        ...

    async def assigned(self, keys: Sequence[UserKey], before_number: int | None, limit: int) -> list[Ticket]:
        """Those that are assigned under any of the keys, closed ones too, newest first."""
        ...
