"""A ticket's status, level and support role as small numbers for indexes."""

from itertools import product
from typing import Literal

from tickets.figures import Counted
from tickets.model import IssueLevel, Millis, Status, SupportRole, Ticket, UserKey
from tickets.ports.lists import TicketFilter
from tickets.targets import SlaState

URGENCY = {level: level.urgency for level in IssueLevel}
"""The levels as numbers."""
URGENCIES = tuple(sorted(URGENCY.values(), reverse=True))
"""The most urgent first."""

Kind = tuple[Status, IssueLevel, SupportRole]

KINDS: dict[Kind, int] = {it: n for n, it in enumerate(product(Status, IssueLevel, SupportRole))}
"""Status, level and support role as one number, so that one index serves every filter on them. A filter
becomes a handful of numbers, and the tickets of each number are in order. Stores keep these numbers: add
kinds at the end, never move them."""


KIND_OF: list[Kind] = list(KINDS)

Side = Literal["requester", "assignee"]
"""As whose a ticket counts: of who asked, or of who works on it."""

OPEN_STATUSES = [status for status in Status if not status.is_closed]
OPEN_KINDS = [number for (status, _, _), number in KINDS.items() if not status.is_closed]
"""The kinds of tickets that are not closed."""


def kind_of(ticket: Ticket) -> int:
    return KINDS[ticket.status, ticket.issue_level, ticket.support_role]


def counted_as(kind: int, at: Millis, category: str | None, assignee: str | None) -> Counted:
    """What stands for all tickets of a kind, a day, a category and an assignee."""
    status, level, role = KIND_OF[kind]
    by = UserKey.parse(assignee) if assignee else None
    return Counted(0, level, role, status, created_at=at, category=category, assignee=by)


def danger_to(ticket: Ticket) -> SlaState | None:
    """Whether a target that is still to be reached is at risk or missed; None if neither."""
    sla = ticket.sla
    if sla is None or sla.is_over or all(it.is_done for it in sla.clocks.values()):
        return None
    return sla.state if sla.state in (SlaState.AT_RISK, SlaState.BREACHED) else None


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
