"""The domain as plain records and back: JSON texts for SQLite, BSON-able dicts for MongoDB."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar, get_args

from pydantic import TypeAdapter

from tickets.canned import CannedAnswer
from tickets.events import Event, EventData, Origin
from tickets.figures import Counted
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
from tickets.ports.accounts import Account, Proof, Session
from tickets.ports.agents import Agent
from tickets.ports.channels import Channel, Link
from tickets.ports.erasing import Erasure
from tickets.ports.processes import ProcessSeen
from tickets.ports.signals import Signal
from tickets.ports.webhooks import Answer
from tickets.webhooks import About, Endpoint

Record = dict[str, Any]

EVENT_VERSION = 1
"""The version of the stored shape of events. Newer programs can read this one."""

D = TypeVar("D")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Body(Generic[D]):
    """The fields of an event that are not part of its key."""

    actor: Actor
    origin: Origin
    data: D


_BODIES: dict[str, TypeAdapter[_Body[Any]]] = {
    kind.__name__: TypeAdapter(_Body[kind])  # type: ignore[valid-type]
    for kind in get_args(EventData)
}


class Codec(Generic[T]):
    """Values of one type as JSON texts and as plain records, and back."""

    def __init__(self, type_: type[T]) -> None:
        self._adapter: TypeAdapter[T] = TypeAdapter(type_)
        self._list: TypeAdapter[list[T]] = TypeAdapter(list[type_])  # type: ignore[valid-type]

    def text(self, value: T) -> str:
        return self._adapter.dump_json(value).decode()

    def from_text(self, text: str | bytes) -> T:
        return self._adapter.validate_json(text)

    def from_texts(self, texts: str) -> list[T]:
        """The values of several texts with commas between them."""
        return self._list.validate_json(f"[{texts}]")

    def in_row(self, row: Sequence[Any] | None) -> T | None:
        """The value whose text is the first column of the row; None if there is no row."""
        return None if row is None else self.from_text(row[0])

    def in_record(self, record: Record | None) -> T | None:
        return None if record is None else self.from_record(record)

    def record(self, value: T) -> Record:
        return _with_pairs(self._adapter.dump_python(value, mode="json"))

    def from_record(self, record: Record) -> T:
        return self._adapter.validate_python(_with_mappings(record))


ACCOUNT = Codec(Account)
ABOUT = Codec(About)
AGENT = Codec(Agent)
ANSWER = Codec(Answer)
ATTACHMENT = Codec(Attachment)
CANNED = Codec(CannedAnswer)
CHANNEL = Codec(Channel)
COUNTED = Codec(Counted)
ENDPOINT = Codec(Endpoint)
ERASURE = Codec(Erasure)
LINK = Codec(Link)
MESSAGE = Codec(Message)
PERSON = Codec(Person)
PROCESS = Codec(ProcessSeen)
PROOF = Codec(Proof)
SESSION = Codec(Session)
SIGNAL: Codec[Signal] = Codec(Signal)  # type: ignore[arg-type]  # a union
TICKET = Codec(Ticket)


def type_of(event: Event) -> str:
    """The name under which the store knows this kind of event."""
    return type(event.data).__name__


def body_text(event: Event) -> str:
    body = _Body(event.actor, event.origin, event.data)
    return _BODIES[type_of(event)].dump_json(body).decode()


def normal_body(kind: str, text: str) -> str:
    """A text of ``body_text`` as today's program would write it. The actor stays as it was stored."""
    adapter = _BODIES[kind]
    return adapter.dump_json(adapter.validate_json(text)).decode()


def body_of_record(record: Record) -> str:
    """The same, from the record of an event."""
    adapter = _BODIES[record["type"]]
    body = adapter.validate_python({**record, "data": _with_mappings(record["data"])})
    return adapter.dump_json(body).decode()


def record_of_body(kind: str, text: str) -> Record:
    """The part of an event's record that the text holds."""
    body: Record = _BODIES[kind].dump_python(_BODIES[kind].validate_json(text), mode="json")
    return {**body, "data": _with_pairs(body["data"])}


def event_from(
    ticket_id: str, seq: int, event_id: str, kind: str, at: Millis, body: str, requester: str
) -> Event:
    """The event, from its keys, the text of ``body_text``, and the ticket's present requester."""
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
    """Once a guest's ticket belongs to a customer, what the guest did counts as done by the customer."""
    if actor.type is not AuthorType.REQUESTER or str(actor.key) == requester:
        return actor
    return replace(actor, key=UserKey.parse(requester))


def event_record(event: Event) -> Record:
    kind = type_of(event)
    body = _BODIES[kind].dump_python(_Body(event.actor, event.origin, event.data), mode="json")
    body["data"] = _with_pairs(body["data"])
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
    """``requester_key`` names the ticket's present requester. Other fields of the record are ignored."""
    body = _BODIES[record["type"]].validate_python({**record, "data": _with_mappings(record["data"])})
    return _event(
        record["ticket_id"], record["seq"], record["event_id"], record["at"], body, record["requester_key"]
    )


def _with_pairs(record: Record) -> Record:
    """A client's metadata as pairs, because BSON does not accept every text as a key."""
    if "metadata" not in record:
        return record
    return {**record, "metadata": [[key, value] for key, value in record["metadata"].items()]}


def _with_mappings(record: Record) -> Record:
    return {**record, "metadata": dict(record["metadata"])} if "metadata" in record else record
