"""A ticket's status, level and support role as small numbers for indexes."""

from itertools import product
from typing import Literal

from tickets.model import IssueLevel, Status, SupportRole, Ticket
from tickets.ports.lists import TicketFilter

URGENCY = {level: level.urgency for level in IssueLevel}
"""The levels as numbers."""
URGENCIES = tuple(sorted(URGENCY.values(), reverse=True))
"""The most urgent first."""

Kind = tuple[Status, IssueLevel, SupportRole]

KINDS: dict[Kind, int] = {it: n for n, it in enumerate(product(Status, IssueLevel, SupportRole))}
"""Status, level and support role as one number, so that one index serves every filter on them. A filter
becomes a handful of numbers, and the tickets of each number are in order. Stores keep these numbers: add
kinds at the end, never move them."""


Side = Literal["requester", "assignee"]
"""As whose a ticket counts: of who asked, or of who works on it."""

OPEN_KINDS = [number for (status, _, _), number in KINDS.items() if not status.is_closed]
"""The kinds of tickets that are not closed."""


def kind_of(ticket: Ticket) -> int:
    return KINDS[ticket.status, ticket.issue_level, ticket.support_role]


def kinds_of(which: TicketFilter) -> list[int] | None:
    """The kinds that the filter lets through; None means every kind."""
    statuses, levels, roles = which.statuses, which.issue_levels, which.support_roles
    found = [
        number
        for (status, level, role), number in KINDS.items()
        if (statuses is None or status in statuses)
        and (levels is None or level in levels)
        and (roles is None or role in roles)
    ]
    return None if len(found) == len(KINDS) else found
