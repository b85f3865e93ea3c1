"""What reports need: the resolved tickets, and sums of days and months."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from tickets.figures import By, Counted, Sums
from tickets.model import Millis, Ticket
from tickets.ports.lists import Cursor, TicketFilter


@dataclass(frozen=True, slots=True)
class Span:
    """From ``since`` on, and before ``until``."""

    since: Millis
    until: Millis

    def which(self) -> TicketFilter:
        """The tickets that were opened within it."""
        return TicketFilter(created_from=self.since, created_until=self.until)


def place_by_opening(ticket: Counted) -> Cursor:
    """The place of a ticket in the order of opening, the oldest first."""
    return Cursor((ticket.created_at, ticket.number))


def place_by_closing(ticket: Ticket) -> Cursor:
    """The place of a ticket among resolved ones, the longest resolved first."""
    return Cursor((ticket.closed_at or 0, ticket.number))


@dataclass(frozen=True, slots=True)
class Stale:
    """A day whose sums must be counted again. ``mark`` is new each time."""

    day: str
    mark: str


class Reports(Protocol):
    """Resolved tickets, and the sums of days and of months, which are named like 2026-11-21 and 2026-11."""

    async def resolved(self, span: Span, after: Cursor | None, limit: int) -> list[Ticket]:
        """Tickets that are RESOLVED, and were so within the span, the longest resolved first."""
        ...

    async def counted(self, span: Span, after: Cursor | None, limit: int) -> list[Counted]:
        """The counted part of tickets that were opened within the span, the oldest first. At least as new as
        the latest append of this process."""
        ...

    async def at_work(self, span: Span) -> list[tuple[Counted, int]]:
        """How many tickets that were opened within the span, and are not closed, are the same in day, status,
        level, support role, category and assignee. Each ``Counted`` stands for these alone."""
        ...

    async def stale(self, first: str, last: str, limit: int) -> list[Stale]:
        """Days from ``first`` to ``last``, the newest first, whose tickets have changed since they were
        counted. A day is stale as soon as a change of its tickets can be read."""
        ...

    async def sums(self, by: By, first: str, last: str) -> Mapping[str, Sums]:
        """What is kept of the days, or the months, from ``first`` to ``last``."""
        ...

    async def keep(self, period: str, sums: Mapping[By, Sums]) -> None:
        """Store the sums of a day or a month, and replace earlier ones. Only a leader does this."""
        ...

    async def settle(self, stale: Stale) -> None:
        """Note that the day is counted, unless something has changed since it was found stale."""
        ...
