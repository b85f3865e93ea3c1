"""Events make the history of a ticket: every change of a field, by whom and from what to what. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tickets.events import METADATA, Event, TicketOpened
from tickets.fold import ticket_after
from tickets.model import SYSTEM, Actor, Feedback, Millis, Ticket

FIELDS = (
    "requester",
    "topic",
    "description",
    "issue_level",
    "support_role",
    "status",
    "close_reason",
    "assignee",
    "labels",
    "links",
    "feedback",
)
"""The fields whose changes are told. ``status`` also changes by posting."""

STAFFS_FIELDS = frozenset({"labels", "links"})
"""Those of which requesters hear nothing."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One field that changed. Values are texts as in the log; None means no value."""

    at: Millis
    actor: Actor
    field: str
    old: str | None
    new: str | None
    by_hand: bool = False


def history_of(events: Iterable[Event]) -> Iterator[Entry]:
    """Every change of the ticket whose log this is, oldest first; it begins with the status OPEN."""
    return iter(with_history(events)[1])


def with_history(events: Iterable[Event]) -> tuple[Ticket, list[Entry]]:
    """The ticket that a whole log makes, and every change of it: of a long log both at once, since it takes
    long to fold."""
    ticket: Ticket | None = None
    entries: list[Entry] = []
    for event in events:
        before, ticket = ticket, ticket_after(ticket, event)
        entries += _of(event, before, ticket)
    if ticket is None:
        raise ValueError("a ticket begins with an event")
    return ticket, entries


def _of(event: Event, before: Ticket | None, ticket: Ticket) -> Iterator[Entry]:
    """What the event changed."""
    if isinstance(event.data, TicketOpened):
        yield from _lowered(event, event.data)
    for field in FIELDS if before else ("status", "category", "assignee"):
        if before is not None and getattr(before, field) == getattr(ticket, field):
            continue
        old, new = _text(before, field), _text(ticket, field)
        if old != new:
            yield Entry(event.at, event.actor, field, old, new, event.is_by_hand)
    if before is not None and before.metadata != ticket.metadata:
        yield from _metadata(event, before, ticket)


def _metadata(event: Event, before: Ticket, ticket: Ticket) -> Iterator[Entry]:
    for name in dict.fromkeys((*before.metadata, *ticket.metadata)):
        old, new = before.metadata.get(name), ticket.metadata.get(name)
        if old != new:
            yield Entry(event.at, event.actor, f"{METADATA}{name}", old, new, event.is_by_hand)


def _lowered(event: Event, opened: TicketOpened) -> Iterator[Entry]:
    """What a guest asked for, and what the ticket got instead."""
    for field, asked, got in (
        ("issue_level", opened.asked_issue_level, opened.issue_level),
        ("support_role", opened.asked_support_role, opened.support_role),
    ):
        if asked is not None:
            yield Entry(event.at, SYSTEM, field, asked, got)


def _text(ticket: Ticket | None, field: str) -> str | None:
    value = None if ticket is None else getattr(ticket, field)
    if isinstance(value, Feedback):
        return str(value.rating)
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or None
    return None if value is None else str(value)
