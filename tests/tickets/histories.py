"""Logs that could have happened, for properties that must hold whatever happens."""

from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import strategies as st

from tests.people import ANN_ASKS, EVE, SAM_ANSWERS
from tests.tickets.logs import FILE, Logbook
from tickets.events import (
    Change,
    Event,
    EventData,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    NoteAdded,
    NoteDeleted,
    NoteEdited,
    Place,
    TicketChanged,
    TicketClosed,
    TicketReopened,
)
from tickets.fold import ticket_after
from tickets.model import IssueLevel, MessageId, Status, SupportRole, Ticket

CLOSED = [status for status in Status if status.is_closed]
FIELDS = ["topic", "issue_level", "support_role", "status", "assignee"]


@dataclass(frozen=True)
class _Dice:
    """What fell for one event; each rule looks at the dice that it needs."""

    rule: int
    by_staff: bool
    place: Place
    pick: int
    text: str


_dice = st.builds(
    _Dice,
    rule=st.integers(0, 9),
    by_staff=st.booleans(),
    place=st.sampled_from(Place),
    pick=st.integers(0, 30),
    text=st.sampled_from(["", "x", "Hello **there**", "\0"]),
)


def histories() -> st.SearchStrategy[list[Event]]:
    """Logs of up to 25 events, each of which the desk would have let happen."""
    return st.lists(_dice, max_size=24).map(_log)


def _log(throws: list[_Dice]) -> list[Event]:
    book = Logbook()
    ticket = book.ticket
    for dice in throws:
        data = _next(book, ticket, dice)
        event = book.add(SAM_ANSWERS if dice.by_staff else ANN_ASKS, data, dice.place)
        ticket = ticket_after(ticket, event)
    return book.events


def _next(book: Logbook, ticket: Ticket, dice: _Dice) -> EventData:
    files = (FILE,) if dice.pick % 2 else ()
    posts = [MessageId(it.id) for it in book.events if isinstance(it.data, MessagePosted)]
    answered = posts[dice.pick % len(posts)] if posts and dice.pick % 3 == 0 else None
    notes = [MessageId(it.id) for it in book.events if isinstance(it.data, NoteAdded)]
    rules: list[Callable[[], EventData]] = [lambda: NoteAdded(dice.text, files, answered)]
    if notes:
        note = notes[dice.pick % len(notes)]
        rules += [lambda: NoteEdited(note, dice.text, files), lambda: NoteDeleted(note)]
    if ticket.is_closed:
        rules += [TicketReopened]
    else:
        rules += [
            lambda: MessagePosted(dice.text, files, answered),
            lambda: TicketChanged((_change(ticket, dice.pick),)),
            lambda: TicketClosed(CLOSED[dice.pick % 3], dice.text or None),
        ]
    if posts and not ticket.is_closed:
        # Tombstones too: of two who delete at once, both may be in a log.
        post = posts[dice.pick % len(posts)]
        rules += [lambda: MessageEdited(post, dice.text, files), lambda: MessageDeleted(post)]
    return rules[dice.rule % len(rules)]()


def _change(ticket: Ticket, pick: int) -> Change:
    values = {
        "topic": ("Dark", "Light"),
        "issue_level": tuple(IssueLevel),
        "support_role": tuple(SupportRole),
        "status": (Status.OPEN, Status.PENDING),
        "assignee": (None, str(EVE.key)),
    }
    field = FIELDS[pick % len(FIELDS)]
    old, new = getattr(ticket, field), values[field][pick % len(values[field])]
    return Change(field, None if old is None else str(old), None if new is None else str(new))
