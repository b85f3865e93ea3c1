"""The domain as plain records and back: JSON texts for SQLite, BSON-able dicts for MongoDB."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar, get_args

from pydantic import TypeAdapter

from tickets.events import Event, EventData, Origin
from tickets.model import Actor, Attachment, EventId, Message, Millis, Person, Ticket, TicketId
from tickets.ports import Channel, Link

Record = dict[str, Any]

EVENT_VERSION = 1
"""The version of the shape of events; readers of newer programs will know this one."""

D = TypeVar("D")


@dataclass(frozen=True, slots=True)
class _Body(Generic[D]):
    """What of an event is no key."""

    actor: Actor
    origin: Origin
    data: D


_BODIES: dict[str, TypeAdapter[_Body[Any]]] = {
    kind.__name__: TypeAdapter(_Body[kind])  # type: ignore[valid-type]
    for kind in get_args(EventData)
}
_TICKET = TypeAdapter(Ticket)
_MESSAGE = TypeAdapter(Message)
_PERSON = TypeAdapter(Person)
_CHANNEL = TypeAdapter(Channel)
_LINK = TypeAdapter(Link)
_ATTACHMENT = TypeAdapter(Attachment)


def type_of(event: Event) -> str:
    """The name under which the store knows this kind of event."""
    return type(event.data).__name__


def body_text(event: Event) -> str:
    body = _Body(event.actor, event.origin, event.data)
    return _BODIES[type_of(event)].dump_json(body).decode()


def event_from(ticket_id: str, seq: int, event_id: str, kind: str, at: Millis, body: str) -> Event:
    """The event, from its keys and the text of ``body_text``."""
    return _event(ticket_id, seq, event_id, at, _BODIES[kind].validate_json(body))


def _event(ticket_id: str, seq: int, event_id: str, at: Millis, body: _Body[Any]) -> Event:
    return Event(
        ticket_id=TicketId(ticket_id),
        seq=seq,
        id=EventId(event_id),
        at=at,
        actor=body.actor,
        origin=body.origin,
        data=body.data,
    )


def ticket_text(ticket: Ticket) -> str:
    return _TICKET.dump_json(ticket).decode()


def ticket_from_text(text: str) -> Ticket:
    return _TICKET.validate_json(text)


def message_text(message: Message) -> str:
    return _MESSAGE.dump_json(message).decode()


def message_from_text(text: str) -> Message:
    return _MESSAGE.validate_json(text)


def person_text(person: Person) -> str:
    return _PERSON.dump_json(person).decode()


def person_from_text(text: str) -> Person:
    return _PERSON.validate_json(text)


def attachment_text(file: Attachment) -> str:
    return _ATTACHMENT.dump_json(file).decode()


def attachment_from_text(text: str | bytes) -> Attachment:
    return _ATTACHMENT.validate_json(text)


def channel_record(channel: Channel) -> Record:
    record: Record = _CHANNEL.dump_python(channel, mode="json")
    return record


def channel_from(record: Record) -> Channel:
    return _CHANNEL.validate_python(record)


def link_record(link: Link) -> Record:
    record: Record = _LINK.dump_python(link, mode="json")
    return record


def link_from(record: Record) -> Link:
    return _LINK.validate_python(record)
