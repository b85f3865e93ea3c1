"""Decides which members of staff a requester calls. Each is called once, until staff has reacted. Pure."""

from collections.abc import Collection, Sequence
from typing import Final

from tickets.events import (
    CloseAsked,
    CloseDeclined,
    Event,
    MessagePosted,
    PartChanged,
    TicketChanged,
    TicketClosed,
    TicketOpened,
    TicketReopened,
    TicketSnoozed,
)
from tickets.model import AuthorType, Part, Status, UserKey

LOOKED_AT: Final = 500
"""So many events before a requester's message are examined. If staff has not reacted to so many events, one
of them was a call already."""


def called_by(event: Event, around: Sequence[Event], wanted: Collection[UserKey]) -> list[UserKey]:
    """Which of those who have the ticket or subscribed to it are called by this event of the requester.
    ``around`` are the ticket's events since staff last reacted, up to now. Somebody who joined after the
    event is not called."""
    here = set(wanted)
    for it in reversed(around):
        here = (here - _joined(it)) | _left(it)
    called: set[UserKey] = set()
    for it in around:
        if it.seq >= event.seq:
            break
        here = (here - _left(it)) | _joined(it)
        if _is_staffs_doing(it):
            called.clear()
        elif calls(it):
            called |= here
        elif isinstance(it.data, TicketOpened) and it.data.assignee is not None:
            called.add(it.data.assignee)
    return [key for key in dict.fromkeys(wanted) if key in here - called]


def calls(event: Event) -> bool:
    """Whether the event asks something of staff: a message, a reopening, or the answer that it is not
    done."""
    is_word = isinstance(event.data, MessagePosted | TicketReopened | CloseDeclined)
    return is_word and event.actor.type is AuthorType.REQUESTER


def _is_staffs_doing(event: Event) -> bool:
    """Whether staff has answered, closed the ticket, put it aside, or said that it is the requester's
    turn."""
    match event.data:
        case MessagePosted():
            return event.actor.type is AuthorType.STAFF
        case TicketChanged(changes):
            return any(it.field == "status" and it.new == Status.PENDING for it in changes)
    return isinstance(event.data, CloseAsked | TicketClosed | TicketSnoozed)


def _joined(event: Event) -> set[UserKey]:
    """Who becomes the assignee or a subscriber by the event."""
    match event.data:
        case TicketChanged(changes):
            return {UserKey.parse(it.new) for it in changes if it.field == "assignee" and it.new}
        case PartChanged(Part.SUBSCRIBER, who, ends=False):
            return {who}
    return set()


def _left(event: Event) -> set[UserKey]:
    """Who stops being the assignee or a subscriber by the event."""
    match event.data:
        case TicketChanged(changes):
            return {UserKey.parse(it.old) for it in changes if it.field == "assignee" and it.old}
        case PartChanged(Part.SUBSCRIBER, who, ends=True):
            return {who}
    return set()
