"""What sockets are told of an event: its name there, who may know, and the payload."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from api.objects import Objects
from tickets.desks.in_thread import aside
from tickets.events import (
    Event,
    EventData,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    NoteAdded,
    NoteDeleted,
    NoteEdited,
    TicketChanged,
    TicketClosed,
    TicketOpened,
    TicketReopened,
)
from tickets.fold import message_after, ticket_of
from tickets.model import AuthorType, Message, MessageId, UserKey
from tickets.ports.feed import Fed
from tickets.ports.store import Store

NAMES: Final[Mapping[type[EventData], str]] = {
    TicketOpened: "ticket_opened",
    MessagePosted: "message",
    MessageEdited: "edit_message",
    MessageDeleted: "delete_message",
    TicketChanged: "ticket_updated",
    TicketClosed: "ticket_closed",
    TicketReopened: "ticket_reopened",
}
"""What is not here, as notes, no requester hears of."""

NOTES: Final[Mapping[type[EventData], str]] = {
    NoteAdded: "note",
    NoteEdited: "edit_note",
    NoteDeleted: "delete_note",
}
"""What staff alone hears of, and not of a ticket of which they are the requester."""

_ALL_NAMES: Final[Mapping[type[EventData], str]] = {**NAMES, **NOTES}


def is_for_requester(event: Event, *, echo: bool) -> bool:
    """Whether the ticket's requester is told: what the other party did, with ``echo`` their own doing too."""
    return type(event.data) in NAMES and (echo or event.actor.type is not AuthorType.REQUESTER)


def is_told(event: Event, requester: UserKey, user: UserKey, *, echo: bool) -> bool:
    """Whether a user who hears of the ticket is told: as its requester, or as staff that watches it."""
    if requester == user:
        return is_for_requester(event, echo=echo)
    return type(event.data) in _ALL_NAMES and (echo or event.actor.key != user)


class Payloads:
    """Makes payloads: the state as of the event, but of deleted messages nothing, at any time."""

    def __init__(self, store: Store, objects: Objects) -> None:
        self._store = store
        self._objects = objects

    async def of(self, fed: Fed) -> tuple[str, dict[str, Any]]:
        """The name and the payload of an event that has a name."""
        if fed.event.message_id is None:
            upto = await self._store.log.events(fed.event.ticket_id, upto=fed.event.seq)
            then = replace(await aside(ticket_of, upto), requester=fed.requester)
            body: Any = await self._objects.ticket(then)
        else:
            message = await self._message(fed.event, fed.event.message_id)
            body = (await self._objects.messages([message]))[0]
        return _ALL_NAMES[type(fed.event.data)], {**body.model_dump(mode="json"), "event_id": str(fed.pos)}

    async def _message(self, event: Event, message_id: MessageId) -> Message:
        today = await self._store.views.message(message_id, event.ticket_id)
        if today is None:
            raise LookupError(f"the message of event {event.id} is not there")
        match event.data:
            case MessagePosted() | NoteAdded():
                then = message_after(None, event) or today
            case MessageEdited(_, content, attachments) | NoteEdited(_, content, attachments):
                then = replace(
                    today, content=content, attachments=attachments, edited=True, updated_at=event.at
                )
            case _:
                return replace(today, updated_at=event.at)
        if today.deleted:
            return replace(then, content="", attachments=(), deleted=True, delivery=today.delivery)
        return replace(then, delivery=today.delivery)
