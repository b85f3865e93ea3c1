"""When a card may be checked and edited again. Changes in between are gathered."""

import asyncio
from typing import Final

from tickets.model import TicketId

BETWEEN_EDITS: Final = 10.0
"""Seconds between two edits of a card."""
LOOKS: Final = 10
"""How often a card is checked between two edits, at most. Many events do not change it."""


class Gathering:
    def __init__(self, between: float = BETWEEN_EDITS) -> None:
        self._between = between
        self._edited_at: dict[TicketId, float] = {}
        self._looked_at: dict[TicketId, float] = {}
        """Times of checks and edits, the oldest first. Those that do not matter any more are removed."""

    def may_be_shown_at(self, ticket_id: TicketId) -> float:
        """The earliest time at which the card may be checked, on the loop's clock."""
        return max(
            asyncio.get_running_loop().time(),
            self._edited_at.get(ticket_id, 0.0) + self._between,
            self._looked_at.get(ticket_id, 0.0) + self._between / LOOKS,
        )

    def looked(self, ticket_id: TicketId) -> None:
        """Note that the card is checked now."""
        self._keep(self._looked_at, ticket_id)

    def edited(self, ticket_id: TicketId) -> None:
        """Note that the card was edited now."""
        self._keep(self._edited_at, ticket_id)

    def _keep(self, moments: dict[TicketId, float], ticket_id: TicketId) -> None:
        now = asyncio.get_running_loop().time()
        moments.pop(ticket_id, None)
        moments[ticket_id] = now
        while next(iter(moments.values())) < now - self._between:
            del moments[next(iter(moments))]
