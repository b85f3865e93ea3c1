"""Tickets and messages as they are listed: by what, in which order, from where on."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

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

LOOKS = 5000
"""Tickets that are looked at for one page, where a filter asks for more than an index knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketFilter:
    """Which tickets; None leaves a criterion open."""

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
    words: frozenset[str] | None = None
    """Each as ``words_of`` makes them, and each to be found in the ticket; of no words none is found."""
    in_notes: bool = False
    """Whether words may be found in notes, too."""


class TicketOrder(StrEnum):
    """The orders in which tickets are listed; of two at the same time the lower number is the earlier."""

    NEWEST = "-created_at"
    OLDEST = "created_at"
    LATELY_CHANGED = "-updated_at"
    LONG_UNCHANGED = "updated_at"

    @property
    def field(self) -> str:
        """Which time of a ticket counts."""
        return self.removeprefix("-")

    @property
    def descends(self) -> bool:
        return self.startswith("-")


@dataclass(frozen=True, slots=True)
class TicketPlace:
    """Where a ticket stands in an order: its time, and its number."""

    at: Millis
    number: int


@dataclass(frozen=True, slots=True)
class TicketPage:
    """Some tickets, and where the next page begins; None if there are no more."""

    tickets: list[Ticket]
    next: TicketPlace | None


class Views(Protocol):
    """The read models: as of the latest append of this process, at least."""

    async def ticket(self, ticket_id: TicketId) -> Ticket | None: ...

    async def ticket_at(self, address: str) -> Ticket | None:
        """By its id or its number."""
        ...

    async def tickets(
        self,
        which: TicketFilter,
        *,
        order: TicketOrder = TicketOrder.NEWEST,
        after: TicketPlace | None = None,
        limit: int | None = None,
    ) -> list[Ticket]:
        """All of them, or the first; ``after`` continues behind the last ticket of those before."""
        ...

    async def page(
        self,
        which: TicketFilter,
        *,
        order: TicketOrder = TicketOrder.NEWEST,
        after: TicketPlace | None = None,
        limit: int | None = None,
        looks: int | None = LOOKS,
    ) -> TicketPage:
        """The same, but at most so many tickets are looked at: a page may be shorter than asked for, even
        empty, though there are more."""
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
