"""Whom of staff a requester calls: each once, until staff has done something about it. Pure."""

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
"""Events before a requester's word that are looked at. Who has not answered to so many was called by one."""


def called_by(event: Event, around: Sequence[Event], wanted: Collection[UserKey]) -> list[UserKey]:
    """Which of those who have the ticket or subscribed to it this event of the requester's calls. ``around``
    are the ticket's events since staff answered, up to now: who joined only after the event is not called."""
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
    """Whether the requester wants something of staff by it: it is written, open again, or not done."""
    is_word = isinstance(event.data, MessagePosted | TicketReopened | CloseDeclined)
    return is_word and event.actor.type is AuthorType.REQUESTER


def _is_staffs_doing(event: Event) -> bool:
    """Whether staff has answered, closed it, put it aside, or said that it is the requester's turn."""
    match event.data:
        case MessagePosted():
            return event.actor.type is AuthorType.STAFF
        case TicketChanged(changes):
            return any(it.field == "status" and it.new == Status.PENDING for it in changes)
    return isinstance(event.data, CloseAsked | TicketClosed | TicketSnoozed)


def _joined(event: Event) -> set[UserKey]:
    """Who is the assignee or a subscriber from then on."""
    match event.data:
        case TicketChanged(changes):
            return {UserKey.parse(it.new) for it in changes if it.field == "assignee" and it.new}
        case PartChanged(Part.SUBSCRIBER, who, ends=False):
            return {who}
    return set()


def _left(event: Event) -> set[UserKey]:
    """Who is that no more."""
    match event.data:
        case TicketChanged(changes):
            return {UserKey.parse(it.old) for it in changes if it.field == "assignee" and it.old}
        case PartChanged(Part.SUBSCRIBER, who, ends=True):
            return {who}
    return set()
