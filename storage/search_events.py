"""Which events change what a search finds."""

from tickets.event_kinds import EVENT_KINDS, kind_of
from tickets.events import Event, MessagePosted, NoteAdded, TicketChanged
from tickets.model import Ticket

ADDING = (MessagePosted, NoteAdded)
"""Events that add a text and change no other."""
TELLING = frozenset(data.__name__ for data, kind in EVENT_KINDS.items() if kind.has_text)
"""The types of events that may do it."""


def tells(event: Event) -> bool:
    """Whether this event changes a text of the ticket."""
    if isinstance(event.data, TicketChanged):
        return any(change.field in ("topic", "description") for change in event.data.changes)
    return kind_of(event.data).has_text


def opening_text(ticket: Ticket) -> str:
    """The text with which the ticket was opened: topic and description."""
    return "\n".join((ticket.topic, ticket.description, *(it.answer for it in ticket.answers)))
