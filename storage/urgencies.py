"""The levels as numbers, for walks along an index."""

from collections.abc import Iterable

from tickets.model import IssueLevel, Ticket, TicketId

URGENCY = {level: level.urgency for level in IssueLevel}

URGENCIES = tuple(sorted(URGENCY.values(), reverse=True))
"""The most urgent first."""


def by_urgency(tickets: Iterable[Ticket]) -> dict[int, dict[int, TicketId]]:
    """Ids by number, rising, by urgency: the order of the queue for channels within each level."""
    levels: dict[int, dict[int, TicketId]] = {}
    for ticket in sorted(tickets, key=lambda it: it.number):
        levels.setdefault(ticket.issue_level.urgency, {})[ticket.number] = ticket.id
    return levels
