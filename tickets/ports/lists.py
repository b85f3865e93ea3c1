"""Lists: which items, in which order, and from where on."""

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
"""Tickets read for one page, if a filter asks for more than an index knows."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page of a list ended: by what the list is sorted, of the last item that was looked at.

    Each list has so many numbers, and that of users a text behind them."""

    numbers: tuple[int, ...]
    text: str = ""


@dataclass(frozen=True)  # with slots, Page[Ticket](…) fails in Python 3.11
class Page(Generic[Item]):
    """Some items, and where the next page begins; None if there are no more."""

    items: list[Item]
    next: Cursor | None = None

    @classmethod
    def of(cls, found: Sequence[Item], limit: int | None, place: Callable[[Item], Cursor]) -> Self:
        """The first ``limit`` of what was found, where one more was asked for."""
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
    """Words as ``words_of`` makes them; a ticket must hold each of them. An empty set finds nothing."""
    in_notes: bool = False
    """Whether words may be found in notes, too."""


class TicketOrder(StrEnum):
    """The orders in which tickets are listed. Of two with the same time, the lower number is the earlier."""

    NEWEST = "-created_at"
    OLDEST = "created_at"
    LATELY_CHANGED = "-updated_at"
    LONG_UNCHANGED = "updated_at"

    @property
    def field(self) -> str:
        """The time by which it sorts."""
        return self.removeprefix("-")

    @property
    def descends(self) -> bool:
        return self.startswith("-")

    def place(self, ticket: Ticket) -> Cursor:
        """Where a ticket stands in this order: its time, and its number."""
        at = ticket.updated_at if self.field == "updated_at" else ticket.created_at
        return Cursor((at, ticket.number))


def place_by_number(ticket: Ticket) -> Cursor:
    """Where a ticket stands among others by their numbers."""
    return Cursor((ticket.number,))


def place_by_seq(message: Message) -> Cursor:
    """Where a message stands in its ticket."""
    return Cursor((message.seq,))


class Views(Protocol):
    """The read models. They are at least as new as the latest append of this process."""

    async def ticket(self, ticket_id: TicketId) -> Ticket | None: ...

    async def ticket_at(self, address: str) -> Ticket | None:
        """By its id or its number."""
        ...

    async def tickets(
        self,
        which: TicketFilter,
        *,
        order: TicketOrder = TicketOrder.NEWEST,
        after: Cursor | None = None,
        limit: int | None = None,
    ) -> list[Ticket]:
        """All of them, or the first; ``after`` continues behind the last ticket of those before."""
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
        """The same, but at most so many tickets are looked at: a page may be shorter than asked for, even
        empty, though there are more."""
        ...

    async def last_messages(self, ticket_ids: Sequence[TicketId]) -> Mapping[TicketId, Message]:
        """The newest message of each ticket that has one, tombstones included; never a note."""
        ...

    async def unread(self, seen: Mapping[TicketId, Reading]) -> Mapping[TicketId, Unread]:
        """Of each ticket what is behind the readings; tickets may be missing of which all was seen."""
        ...

    async def labels(self, begins: str, limit: int) -> list[str]:
        """Labels that tickets have and that begin so, in order; it costs no more for many tickets."""
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
        """Oldest first, tombstones included; messages, or with ``notes`` the notes instead."""
        ...
