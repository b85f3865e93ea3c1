"""What clients ask for over sockets, other than the events of their own tickets."""

from collections.abc import Iterable
from typing import Annotated, Any, Final, TypeAlias

from pydantic import (
    BaseModel,
    BeforeValidator,
    Field,
    StrictBool,
    StrictInt,
    StrictStr,
    StringConstraints,
)

from api.door.event_ids import EventId
from api.door.limits import Limit, Limits
from api.live.reader import Reader
from api.live.refusals import WatchesTooMany
from tickets import policy
from tickets.desks.reading_desk import ReadingDesk
from tickets.desks.ticket_desk import Desk
from tickets.events import Place
from tickets.model import Caller, MessageId, TicketId
from tickets.ports.feed import Position
from tickets.ports.signals import Throttle, Typing
from tickets.ports.store import Store
from tickets.positions import known

ALL: Final = "all"
MOST_WATCHED: Final = 100
"""At most so many tickets are watched one by one on a socket. For more, a client watches all."""

TYPING: Final = Limit("typing", 30)
TYPING_PACE: Final = 8.0
"""Seconds between two typing signs of one user on one ticket. Signs that come sooner are not passed on."""

READING: Final = Limit("reading", 60)

WATCHING: Final = Limit("watching", 200, 20)
"""How often one user, on all devices, may begin or end a watch. After a lost connection, all watches begin
at once."""

AUTHORIZING: Final = Limit("authorizing", 240)

CATCHING_UP: Final = Limit("catching_up", 120)
"""How often one user, on all devices, may have missed events counted and sent."""

LastEventId: TypeAlias = EventId | Annotated[StrictInt, Field(ge=0, lt=10**15)]


def _as_text(address: object) -> object:
    return str(address) if isinstance(address, int) and not isinstance(address, bool) else address


Address = Annotated[
    StrictStr,
    StringConstraints(min_length=1, max_length=64),
    BeforeValidator(_as_text, json_schema_input_type=str | int),
]
"""A ticket's id, or its number, also as an integer."""


class Authorize(BaseModel, extra="ignore"):
    """What a client sends to get the events of its tickets: in the query, in the handshake, or by the event.
    ``watch`` is for staff: "all", or the ids or numbers of further tickets."""

    token: StrictStr
    last_event_id: LastEventId | None = None
    echo: StrictBool | None = None
    watch: Address | Annotated[list[Address], Field(max_length=MOST_WATCHED, fail_fast=True)] | None = None


class Watch(BaseModel, extra="ignore"):
    """``ticket_id`` is a ticket's id or number, or "all"."""

    ticket_id: Address
    last_event_id: LastEventId | None = None


class Unwatch(BaseModel, extra="ignore"):
    """``ticket_id`` is a ticket's id or number; "all" ends every watch."""

    ticket_id: Address


class TypingOn(BaseModel, extra="ignore"):
    """``ticket_id`` is the id or number of a ticket on which the client may post now."""

    ticket_id: Address


class ReadUpTo(BaseModel, extra="ignore"):
    """``ticket_id`` is a ticket's id or number, ``message_id`` the last message that was seen there."""

    ticket_id: Address
    message_id: Annotated[StrictStr, StringConstraints(min_length=1, max_length=255)]


class Asks:
    """Each method returns what the acknowledgement has in addition to ``ok``, or raises a Refusal."""

    def __init__(self, desk: Desk, store: Store, limits: Limits | None) -> None:
        self._desk = desk
        self._reading = ReadingDesk(desk, store)
        self._signals = store.signals
        self._feed = store.feed
        self._limits = limits
        self._throttle = Throttle(TYPING_PACE)

    async def typing(self, caller: Caller, _: Reader, said: object) -> dict[str, Any]:
        asked = TypingOn.model_validate(_named(said))
        if not self._throttle.admits((caller.key, asked.ticket_id)):
            return {}
        await self._admit(TYPING, caller)
        ticket = await self._desk.may_post(caller, asked.ticket_id)
        if not caller.is_service:  # nobody types there
            actor = policy.acting(caller, ticket)
            self._signals.say(Typing(ticket.id, ticket.requester, actor, Place.API))
        return {}

    async def read(self, caller: Caller, _: Reader, said: object) -> dict[str, Any]:
        asked = ReadUpTo.model_validate(said)
        await self._admit(READING, caller)
        read = await self._reading.read(caller, asked.ticket_id, MessageId(asked.message_id))
        if read is not None:
            self._signals.reads.say(read)
        return {}

    async def watch(self, caller: Caller, reader: Reader, said: object) -> dict[str, Any]:
        policy.must_be_staff(caller, "watch tickets")
        await self._admit(WATCHING, caller)
        asked = Watch.model_validate(_named(said))
        ticket_id = await self._ticket_id(caller, asked.ticket_id)
        _must_have_room(reader, [ticket_id])
        missed = await reader.watch(ticket_id, await self._since(caller, asked.last_event_id))
        position = await reader.position()
        return {"ticket_id": ticket_id or ALL, "missed": missed, "event_id": str(position)}

    async def begin(self, caller: Caller, reader: Reader, asked: Authorize) -> int:
        """Have the reader send an authorized client what it asked for. Returns how many events it missed."""
        await self._admit(AUTHORIZING, caller)
        watch = [asked.watch] if isinstance(asked.watch, str) else asked.watch or []
        if watch:
            policy.must_be_staff(caller, "watch tickets")
        ticket_ids = {await self._ticket_id(caller, address): None for address in dict.fromkeys(watch)}
        _must_have_room(reader, ticket_ids)
        since = await self._since(caller, asked.last_event_id)
        if asked.echo is not None:
            reader.echo = asked.echo
        if not caller.is_staff:
            reader.unwatch(None)
        return await reader.begin(since) + sum([await reader.watch(it, since) for it in ticket_ids])

    async def unwatch(self, caller: Caller, reader: Reader, said: object) -> dict[str, Any]:
        policy.must_be_staff(caller, "watch tickets")
        await self._admit(WATCHING, caller)
        asked = Unwatch.model_validate(_named(said))
        ticket_id = await self._ticket_id(caller, asked.ticket_id)
        reader.unwatch(ticket_id)
        return {"ticket_id": ticket_id or ALL}

    async def _since(self, caller: Caller, event_id: str | int | None) -> int | None:
        if event_id is None:
            return None
        await self._admit(CATCHING_UP, caller)
        return await known(self._feed, Position.parse(str(event_id)))

    async def _admit(self, limit: Limit, caller: Caller) -> None:
        if self._limits is not None:
            await self._limits.admit(limit, caller.key, caller)

    async def _ticket_id(self, caller: Caller, address: str) -> TicketId | None:
        """The id of the ticket at this address; None for "all"."""
        return None if address == ALL else (await self._desk.ticket(caller, address)).id


def _must_have_room(reader: Reader, ticket_ids: Iterable[TicketId | None]) -> None:
    if len({*reader.watched, *ticket_ids} - {None}) > MOST_WATCHED:
        raise WatchesTooMany(MOST_WATCHED)


def _named(said: object) -> object:
    """The address as an object: ``"all"`` and ``{"ticket_id": "all"}`` mean the same."""
    return {"ticket_id": said} if isinstance(said, str | int) else said
