"""What each side has seen of a ticket. There is one row for each ticket, which only moves forward."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from tickets.model import Ticket, TicketId


@dataclass(frozen=True, slots=True)
class Reading:
    """The last message that each side has seen, by its seq; 0 for nothing."""

    requester_seq: int = 0
    staff_seq: int = 0

    def with_answers(self, ticket: Ticket) -> "Reading":
        """The reading, in which staff has seen everything before its own last post. That needs no row of its
        own."""
        return replace(self, staff_seq=max(self.staff_seq, ticket.answered_seq))


UNREAD = Reading()

MOST_UNREAD = 100
"""The highest count. It stands for so many, or more."""


@dataclass(frozen=True, slots=True)
class Unread:
    """How many messages each side has not seen: those of the other side, and for the requester those that the
    desk wrote by itself. Deleted ones do not count. At most ``MOST_UNREAD``."""

    requester: int = 0
    staff: int = 0


class Readings(Protocol):
    """How far each side says that it has read, by ticket."""

    async def requester_has_seen(self, ticket_id: TicketId, seq: int) -> bool:
        """Move the requester's mark to ``seq``. Returns False, and changes nothing, if it is there already or
        further."""
        ...

    async def staff_has_seen(self, ticket_id: TicketId, seq: int) -> bool:
        """The same for staff."""
        ...

    async def of_tickets(self, ticket_ids: Sequence[TicketId]) -> Mapping[TicketId, Reading]:
        """The readings of those tickets of which anything was seen."""
        ...
