"""Events on the wire: over sockets, in the feed over REST, and wherever else events are reported."""

from dataclasses import replace
from typing import Annotated, Any

from pydantic import BaseModel, RootModel, WithJsonSchema

from tickets.desks.in_thread import aside
from tickets.event_kinds import EVENT_KINDS, kind_of
from tickets.events import Event, MessageEvent
from tickets.fold import in_words_of, ticket_of
from tickets.fold_messages import message_as_of
from tickets.model import Message, MessageId, Ticket
from tickets.ports.feed import Fed
from tickets.ports.store import Store
from wire.objects import MessageBody, Objects
from wire.persons import ActorBody
from wire.ticket_bodies import TicketBody


def _names(*, of_messages: bool) -> WithJsonSchema:
    """The names of events that carry a message, or of those that carry a ticket."""
    kinds = [it for data, it in EVENT_KINDS.items() if issubclass(data, MessageEvent) is of_messages]
    return WithJsonSchema({"type": "string", "title": "Name", "enum": [it.name for it in kinds]})


class _EventFields(BaseModel):
    event_id: str
    at: int
    ticket_id: str
    actor: ActorBody


class TicketEventBody(_EventFields):
    """An event of a ticket: its name is that of the sockets, and ``payload`` the same. ``at`` is Unix
    seconds."""

    event: Annotated[str, _names(of_messages=False)]
    payload: TicketBody


class MessageEventBody(_EventFields):
    """An event of a message or note: its name is that of the sockets, and ``payload`` the same. ``at`` is
    Unix seconds."""

    event: Annotated[str, _names(of_messages=True)]
    payload: MessageBody


class EventBody(RootModel[TicketEventBody | MessageEventBody]):
    """Told apart by ``event``."""


class Payloads:
    """Makes payloads: the state as of the event. A deleted message is empty in all of them.

    What somebody wrote has revisions. With ``revisions``, for staff, it is told as it was; without, as it is
    now, so that what was edited away is not told again."""

    def __init__(self, store: Store, objects: Objects, *, revisions: bool) -> None:
        self._store = store
        self._objects = objects
        self._revisions = revisions

    async def of(self, fed: Fed) -> tuple[str, dict[str, Any]]:
        """The event's name and its payload."""
        body: BaseModel
        if fed.event.message_id is None:
            body = await self._objects.ticket(await self._ticket(fed))
        else:
            (body,) = await self._objects.messages([await self._message(fed.event, fed.event.message_id)])
        return kind_of(fed.event.data).name, {**body.model_dump(mode="json"), "event_id": str(fed.position)}

    async def _ticket(self, fed: Fed) -> Ticket:
        upto = await self._store.log.events(fed.event.ticket_id, upto=fed.event.seq)
        then = replace(await aside(ticket_of, upto), requester=fed.requester)
        if self._revisions:
            return then
        today = await self._store.views.ticket(fed.event.ticket_id)
        return then if today is None else in_words_of(today, then)

    async def _message(self, event: Event, message_id: MessageId) -> Message:
        today = await self._store.views.message(message_id, event.ticket_id)
        if today is None:
            raise LookupError(f"the message of event {event.id} is not there")
        return message_as_of(event, today) if self._revisions else today

    async def whole(self, fed: Fed, actor: ActorBody) -> dict[str, Any]:
        """The fields of an ``EventBody``; ``actor`` is who did it."""
        name, payload = await self.of(fed)
        return {
            "event_id": str(fed.position),
            "event": name,
            "at": fed.event.at // 1000,
            "ticket_id": fed.event.ticket_id,
            "actor": actor.model_dump(mode="json"),
            "payload": payload,
        }
