"""Makes the history of a ticket from events: every change of a field, by whom, and the old and new value.
Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tickets.events import Event, TicketOpened
from tickets.fields import told_changes, told_text
from tickets.fold import ticket_after
from tickets.model import SYSTEM, Actor, Millis, Ticket


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
    """Every change of the ticket with this log, the oldest first. It begins with the status OPEN."""
    return iter(with_history(events)[1])


def with_history(events: Iterable[Event]) -> tuple[Ticket, list[Entry]]:
    """The ticket that follows from a whole log, and all its changes. Both are made in one pass, because a
    long log takes long to fold."""
    ticket: Ticket | None = None
    entries: list[Entry] = []
    for event in events:
        before, ticket = ticket, ticket_after(ticket, event)
        entries += _of(event, before, ticket)
    if ticket is None:
        raise ValueError("a ticket begins with an event")
    return ticket, entries


def _of(event: Event, before: Ticket | None, ticket: Ticket) -> Iterator[Entry]:
    """An entry for each field that the event changed."""
    if isinstance(event.data, TicketOpened):
        yield from _lowered(event, event.data)
    for field, old, new in _begun(ticket) if before is None else told_changes(before, ticket):
        yield Entry(event.at, event.actor, field, old, new, event.is_by_hand)


def _begun(ticket: Ticket) -> Iterator[tuple[str, str | None, str | None]]:
    """The first entries of a history."""
    for field in ("status", "category", "assignee"):
        if (text := told_text(ticket, field)) is not None:
            yield field, None, text


def _lowered(event: Event, opened: TicketOpened) -> Iterator[Entry]:
    """The level that a guest asked for, and the one that the ticket got instead."""
    for field, asked, got in (
        ("issue_level", opened.asked_issue_level, opened.issue_level),
        ("support_role", opened.asked_support_role, opened.support_role),
    ):
        if asked is not None:
            yield Entry(event.at, SYSTEM, field, asked, got)
