"""Events as they travel: over sockets, in the feed over REST, and wherever else events are told."""

from dataclasses import replace
from typing import Annotated, Any

from pydantic import BaseModel, RootModel, WithJsonSchema

from tickets.desks.in_thread import aside
from tickets.event_kinds import EVENT_KINDS, kind_of
from tickets.events import MessageEvent
from tickets.fold import message_as_of, ticket_of
from tickets.ports.feed import Fed
from tickets.ports.store import Store
from wire.objects import ActorBody, MessageBody, Objects, TicketBody


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
    """Makes payloads: the state as of the event, but of deleted messages nothing, at any time."""

    def __init__(self, store: Store, objects: Objects) -> None:
        self._store = store
        self._objects = objects

    async def of(self, fed: Fed) -> tuple[str, dict[str, Any]]:
        """The event's name and its payload."""
        body: BaseModel
        if fed.event.message_id is None:
            upto = await self._store.log.events(fed.event.ticket_id, upto=fed.event.seq)
            then = replace(await aside(ticket_of, upto), requester=fed.requester)
            body = await self._objects.ticket(then)
        else:
            today = await self._store.views.message(fed.event.message_id, fed.event.ticket_id)
            if today is None:
                raise LookupError(f"the message of event {fed.event.id} is not there")
            (body,) = await self._objects.messages([message_as_of(fed.event, today)])
        return kind_of(fed.event.data).name, {**body.model_dump(mode="json"), "event_id": str(fed.position)}

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
