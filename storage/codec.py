"""The domain as plain records and back: JSON texts for SQLite, BSON-able dicts for MongoDB."""

from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar, get_args

from pydantic import TypeAdapter

from tickets.events import Event, EventData, Origin
from tickets.model import (
    Actor,
    Attachment,
    AuthorType,
    EventId,
    Message,
    Millis,
    Person,
    Ticket,
    TicketId,
    UserKey,
)
from tickets.ports.agents import Agent
from tickets.ports.channels import Channel, Link
from tickets.ports.signals import Signal

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
_TICKETS = TypeAdapter(list[Ticket])
_MESSAGE = TypeAdapter(Message)
_PERSON = TypeAdapter(Person)
_CHANNEL = TypeAdapter(Channel)
_LINK = TypeAdapter(Link)
_ATTACHMENT = TypeAdapter(Attachment)
_AGENT = TypeAdapter(Agent)
_SIGNAL: TypeAdapter[Signal] = TypeAdapter(Signal)


def type_of(event: Event) -> str:
    """The name under which the store knows this kind of event."""
    return type(event.data).__name__


def body_text(event: Event) -> str:
    body = _Body(event.actor, event.origin, event.data)
    return _BODIES[type_of(event)].dump_json(body).decode()


def event_from(
    ticket_id: str, seq: int, event_id: str, kind: str, at: Millis, body: str, requester: str
) -> Event:
    """The event, from its keys, the text of ``body_text``, and whose ticket it is today."""
    return _event(ticket_id, seq, event_id, at, _BODIES[kind].validate_json(body), requester)


def _event(ticket_id: str, seq: int, event_id: str, at: Millis, body: _Body[Any], requester: str) -> Event:
    return Event(
        ticket_id=TicketId(ticket_id),
        seq=seq,
        id=EventId(event_id),
        at=at,
        actor=_as_of_today(body.actor, requester),
        origin=body.origin,
        data=body.data,
    )


def _as_of_today(actor: Actor, requester: str) -> Actor:
    """What a guest did is the customer's doing, once the ticket is."""
    if actor.type is not AuthorType.REQUESTER or str(actor.key) == requester:
        return actor
    return replace(actor, key=UserKey.parse(requester))


def event_record(event: Event) -> Record:
    kind = type_of(event)
    body = _BODIES[kind].dump_python(_Body(event.actor, event.origin, event.data), mode="json")
    _without_free_keys(body["data"])
    return {
        "ticket_id": event.ticket_id,
        "seq": event.seq,
        "event_id": event.id,
        "v": EVENT_VERSION,
        "type": kind,
        "at": event.at,
        **body,
    }


def event_from_record(record: Record) -> Event:
    """``user`` is whose ticket it is today; whatever else the record holds is left alone."""
    body = _BODIES[record["type"]].validate_python({**record, "data": _with_free_keys(record["data"])})
    return _event(record["ticket_id"], record["seq"], record["event_id"], record["at"], body, record["user"])


def ticket_record(ticket: Ticket) -> Record:
    record: Record = _TICKET.dump_python(ticket, mode="json")
    return _without_free_keys(record)


def ticket_from_record(record: Record) -> Ticket:
    return _TICKET.validate_python(_with_free_keys(record))


def message_record(message: Message) -> Record:
    record: Record = _MESSAGE.dump_python(message, mode="json")
    return record


def message_from_record(record: Record) -> Message:
    return _MESSAGE.validate_python(record)


def person_record(person: Person) -> Record:
    record: Record = _PERSON.dump_python(person, mode="json")
    return record


def person_from_record(record: Record) -> Person:
    return _PERSON.validate_python(record)


def attachment_record(file: Attachment) -> Record:
    record: Record = _ATTACHMENT.dump_python(file, mode="json")
    return record


def attachment_from_record(record: Record) -> Attachment:
    return _ATTACHMENT.validate_python(record)


def _without_free_keys(record: Record) -> Record:
    """A client's metadata as pairs, for its keys may be such as BSON does not have."""
    if "metadata" in record:
        record["metadata"] = [[key, value] for key, value in record["metadata"].items()]
    return record


def _with_free_keys(record: Record) -> Record:
    return {**record, "metadata": dict(record["metadata"])} if "metadata" in record else record


def ticket_text(ticket: Ticket) -> str:
    return _TICKET.dump_json(ticket).decode()


def ticket_from_text(text: str) -> Ticket:
    return _TICKET.validate_json(text)


def tickets_from_texts(texts: str) -> list[Ticket]:
    """Of several texts with commas between them."""
    return _TICKETS.validate_json(f"[{texts}]")


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


def agent_text(agent: Agent) -> str:
    return _AGENT.dump_json(agent).decode()


def agent_from_text(text: str) -> Agent:
    return _AGENT.validate_json(text)


def agent_record(agent: Agent) -> Record:
    record: Record = _AGENT.dump_python(agent, mode="json")
    return record


def agent_from_record(record: Record) -> Agent:
    return _AGENT.validate_python(record)


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


def signal_text(signal: Signal) -> str:
    return _SIGNAL.dump_json(signal).decode()


def signal_from_text(text: str) -> Signal:
    return _SIGNAL.validate_json(text)
