"""Every event of every ticket in one order."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from tickets.events import Event
from tickets.model import TicketId, UserKey


@dataclass(frozen=True, slots=True)
class Fed:
    """An entry of the global feed. ``pos`` grows over all tickets; ``requester`` is the ticket's."""

    pos: int
    requester: UserKey
    event: Event


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

    async def last(self) -> int:
        """The newest position; 0 before the first event."""
        ...
