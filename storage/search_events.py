"""Which events change what a search finds."""

from tickets.events import (
    Event,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    NoteAdded,
    NoteDeleted,
    NoteEdited,
    TicketChanged,
    TicketOpened,
)

ADDING = (MessagePosted, NoteAdded)
"""What adds a text, and leaves all others as they are."""
_TELLING = (
    *ADDING,
    MessageDeleted,
    MessageEdited,
    NoteDeleted,
    NoteEdited,
    TicketChanged,
    TicketOpened,
)
TELLING = frozenset(kind.__name__ for kind in _TELLING)
"""The types of events that may do it."""


def tells(event: Event) -> bool:
    """Whether a text of the ticket is another since this event."""
    if isinstance(event.data, TicketChanged):
        return any(change.field in ("topic", "description") for change in event.data.changes)
    return isinstance(event.data, _TELLING)
