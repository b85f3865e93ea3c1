"""What the stores have in common when they erase."""

import json
from collections.abc import Collection
from typing import Final

from tickets.model import TicketId, UserKey

GONE: Final = (
    404,
    '{"error":"NOT_FOUND","message":"What this request was about is erased.","code":"ticket_not_found"}',
)
"""The answer that stands in the place of one that told of somebody. So a request that is sent once more does
nothing."""


def mentions(answer: str, user: UserKey | None, tickets: Collection[TicketId]) -> bool:
    """Whether the answer tells of one of the tickets, or of the user."""
    if user is not None and json.dumps(user.id) in answer:
        return True
    return any(it in answer for it in tickets)
