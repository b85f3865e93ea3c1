"""Lists for staff: the tickets that wait, and feedback."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from tickets.model import IssueLevel, Ticket, UserKey
from tickets.ports.lists import Cursor, Page


def place_in_queue(ticket: Ticket) -> Cursor:
    """The place of a ticket among those that wait for staff: the most urgent first, then the longest wait."""
    return Cursor((ticket.issue_level.urgency, ticket.waiting_since or ticket.created_at, ticket.number))


def place_by_rating(ticket: Ticket) -> Cursor:
    """The place of a ticket among those with feedback."""
    return Cursor((ticket.feedback.given_at if ticket.feedback else 0, ticket.number))


@dataclass(frozen=True, slots=True)
class Rating:
    """How many tickets of an assignee got so many stars."""

    assignee: UserKey | None
    stars: int
    count: int


@dataclass(frozen=True, slots=True)
class AtWork:
    """The tickets of a level that are not closed, and those of them that wait for staff and are not put
    aside; ``oldest`` of these has waited longest."""

    level: IssueLevel
    open: int = 0
    waiting: int = 0
    oldest: Ticket | None = None
    at_risk: int = 0
    """Open tickets that will miss a target soon."""
    breached: int = 0
    """Open tickets that have missed a target which still has to be met."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackFilter:
    """Which feedback to list. None leaves a criterion open."""

    requester: UserKey | None = None
    assignees: frozenset[UserKey] | None = None
    """On tickets that are assigned to one of these."""
    stars: int | None = None


ALL_FEEDBACK = FeedbackFilter()


class Rated(Protocol):
    """The tickets with feedback."""

    async def page(
        self, after: Cursor | None, limit: int, which: FeedbackFilter = ALL_FEEDBACK
    ) -> Page[Ticket]:
        """The newest feedback first. ``after`` continues a page. The cost does not grow with the number of
        tickets."""
        ...

    async def ratings(self) -> list[Rating]:
        """The counts of ratings, by assignee and stars."""
        ...


class Waiting(Protocol):
    """The tickets that wait for staff, and those of each agent."""

    async def page(self, after: Cursor | None, limit: int) -> Page[Ticket]:
        """The queue in the order in which to work on it. ``after`` continues a page."""
        ...

    async def assigned(self, keys: Sequence[UserKey], after: Cursor | None, limit: int) -> Page[Ticket]:
        """Tickets that are assigned under any of the keys, the newest first, closed ones too."""
        ...

    async def at_work(self) -> list[AtWork]:
        """The work at each level, the most urgent first."""
        ...
