"""A ticket's status, level and support role as one small number, so that one index serves every filter on
them: a filter is a handful of numbers, and the tickets of each are in order."""

from itertools import product

from tickets.model import IssueLevel, Status, SupportRole, Ticket
from tickets.ports.lists import TicketFilter

Kind = tuple[Status, IssueLevel, SupportRole]

KINDS: dict[Kind, int] = {it: n for n, it in enumerate(product(Status, IssueLevel, SupportRole))}
"""Stores keep these numbers: kinds are added at the end, never moved."""


def kind_of(ticket: Ticket) -> int:
    return KINDS[ticket.status, ticket.issue_level, ticket.support_role]


def kinds_of(which: TicketFilter) -> list[int] | None:
    """The kinds that the filter lets through; None for every kind."""
    statuses, levels, roles = which.statuses, which.issue_levels, which.support_roles
    found = [
        number
        for (status, level, role), number in KINDS.items()
        if (statuses is None or status in statuses)
        and (levels is None or level in levels)
        and (roles is None or role in roles)
    ]
    return None if len(found) == len(KINDS) else found
