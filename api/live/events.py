"""Who gets an event over sockets."""

from tickets.event_kinds import Told, kind_of
from tickets.events import Event
from tickets.model import AuthorType, UserKey


def is_for_requester(event: Event, *, echo: bool) -> bool:
    """Whether the ticket's requester gets the event: acts of the other side, and with ``echo`` their own
    too."""
    is_told_of = kind_of(event.data).told is Told.REQUESTER
    return is_told_of and (echo or event.actor.type is not AuthorType.REQUESTER)


def is_told(event: Event, requester: UserKey, user: UserKey, *, echo: bool) -> bool:
    """Whether a user who follows the ticket gets the event: as its requester, or as staff that watches it."""
    if requester == user:
        return is_for_requester(event, echo=echo)
    return kind_of(event.data).told is not Told.NOBODY and (echo or event.actor.key != user)
