"""Lists: which items they have, in which order, and where a page begins."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, Protocol, Self, TypeVar

from tickets.marks import MarkFilter
from tickets.model import (
    IssueLevel,
    Message,
    MessageId,
    Millis,
    Status,
    SupportRole,
    Ticket,
    TicketId,
    UserKey,
)
from tickets.ports.readings import Reading, Unread

Item = TypeVar("Item")

LOOKS = 5000
"""Tickets that are read for one page, if no index can check the whole filter."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """The end of a page of a list: the values of the last examined item by which the list is sorted. Each
    list has a fixed number of numbers; some also have a text."""

    numbers: tuple[int, ...]
    text: str = ""


@dataclass(frozen=True)  # with slots, Page[Ticket](…) fails in Python 3.11
class Page(Generic[Item]):
    """Some items, and the beginning of the next page; None if there are no more."""

    items: list[Item]
    next: Cursor | None = None

    @classmethod
    def of(cls, found: Sequence[Item], limit: int | None, place: Callable[[Item], Cursor]) -> Self:
        """The first ``limit`` items, out of one more than that."""
        if limit is None or len(found) <= limit:
            return cls(list(found))
        return cls(list(found[:limit]), place(found[limit - 1]))


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketFilter(MarkFilter):
    """Which tickets to list. None leaves a criterion open."""

    requester: UserKey | None = None
    statuses: frozenset[Status] | None = None
    issue_levels: frozenset[IssueLevel] | None = None
    support_roles: frozenset[SupportRole] | None = None
    assignees: frozenset[UserKey] | None = None
    """Tickets that are assigned to one of these."""
    unattended: bool | None = None
    created_from: Millis | None = None
    """Opened at this time or later."""
    created_until: Millis | None = None
    """Opened before this time."""
    updated_from: Millis | None = None
    updated_until: Millis | None = None
    closed_from: Millis | None = None
    """Closed, and at this time or later."""
    closed_until: Millis | None = None
    words: frozenset[str] | None = None
    """Words as ``words_of`` makes them. A ticket must contain all of them. An empty set finds nothing."""
    in_notes: bool = False
    """Whether words may be in notes, too."""


class TicketOrder(StrEnum):
    """The orders in which tickets are listed. Of two with the same time, the lower number is the earlier."""

    NEWEST = "-created_at"
    OLDEST = "created_at"
    LATELY_CHANGED = "-updated_at"
    LONG_UNCHANGED = "updated_at"

    @property
    def field(self) -> str:
        """The field of the time by which it sorts."""
        return self.removeprefix("-")

    @property
    def descends(self) -> bool:
        return self.startswith("-")

    def place(self, ticket: Ticket) -> Cursor:
        """The place of a ticket in this order: its time and its number."""
        at = ticket.updated_at if self.field == "updated_at" else ticket.created_at
        return Cursor((at, ticket.number))


def place_by_number(ticket: Ticket) -> Cursor:
    """The place of a ticket in the order of numbers."""
    return Cursor((ticket.number,))


def place_by_seq(message: Message) -> Cursor:
    """The place of a message in its ticket."""
    return Cursor((message.seq,))


class Views(Protocol):
    """The read models. They are at least as new as the latest append of this process."""

    async def ticket(self, ticket_id: TicketId) -> Ticket | None: ...

    async def ticket_at(self, address: str) -> Ticket | None:
        """The ticket with this id or number."""
        ...

    async def tickets(
        self,
        which: TicketFilter,
        *,
        order: TicketOrder = TicketOrder.NEWEST,
        after: Cursor | None = None,
        limit: int | None = None,
    ) -> list[Ticket]:
        """All matching tickets, or the first of them. ``after`` continues after the last ticket of the
        previous call."""
        ...

    async def page(
        self,
        which: TicketFilter,
        *,
        order: TicketOrder = TicketOrder.NEWEST,
        after: Cursor | None = None,
        limit: int | None = None,
        looks: int | None = LOOKS,
    ) -> Page[Ticket]:
        """The same, but only a limited number of tickets is examined. So a page may be shorter than asked
        for, even empty, although there are more."""
        ...

    async def last_messages(self, ticket_ids: Sequence[TicketId]) -> Mapping[TicketId, Message]:
        """The newest message of each ticket that has one, tombstones included; never a note."""
        ...

    async def unread(self, seen: Mapping[TicketId, Reading]) -> Mapping[TicketId, Unread]:
        """For each ticket, how many messages are after its readings. Tickets of which everything was seen may
        be missing."""
        ...

    async def labels(self, begins: str, limit: int) -> list[str]:
        """Labels that tickets have and that begin with this text, in order. The cost does not grow with the
        number of tickets."""
        ...

    async def message(self, message_id: MessageId, ticket_id: TicketId) -> Message | None: ...

    async def messages(
        self,
        ticket_id: TicketId,
        *,
        after_seq: int = 0,
        limit: int | None = None,
        notes: bool = False,
    ) -> list[Message]:
        """The messages, or with ``notes`` the notes, the oldest first, with tombstones."""
        ...
