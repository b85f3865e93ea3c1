"""Brings events from the log into the read models, once and in order. Any process that finds one missing
does so."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final

from pymongo import ASCENDING, DESCENDING
from pymongo.errors import DuplicateKeyError

from storage.codec import MESSAGE, TICKET, Record, event_from_record
from storage.index_keys import kind_of
from storage.mongo.connection import Database, is_of_the_record, upsert
from storage.mongo.inserting import Together
from tickets.events import Event, LabelsChanged
from tickets.fold import ticket_after
from tickets.fold_messages import message_after
from tickets.marks import marks_of
from tickets.model import AuthorType, Message, MessageId, Ticket, TicketId, number_in
from tickets.ports.sinks import Listening

log = logging.getLogger(__name__)

REMEMBERED: Final = 2_000
"""Tickets."""


class Projector:
    """A ticket's record has the seq of its newest event, and accepts only the next one. Messages are written
    before tickets, so if a ticket is at seq n, its messages are there up to n."""

    def __init__(self, database: Database, sinks: Sequence[Listening]) -> None:
        self._pending = [{f"due.{it.sink}": {"$exists": True}} for it in sinks]
        self._events = database.events
        self._tickets = database.tickets
        self._messages = database.messages
        self._feed = database.feed
        self._labels = database.labels
        """Every label that a ticket ever had."""
        self._inserting = Together(database.messages)
        self._behind: set[TicketId] = set()
        self._newest: OrderedDict[TicketId, Ticket] = OrderedDict()
        """Tickets that this process has brought up to date lately."""
        self._told: set[TicketId] = set()
        """Tickets that are behind and cannot be brought up to date."""

    async def current(self, ticket_id: TicketId) -> Ticket | None:
        """The ticket, folded from its whole log. Once this returns, the read models are as new."""
        self._behind.discard(ticket_id)
        try:
            return await self._brought_up(ticket_id)
        except BaseException:
            self.is_behind(ticket_id)
            raise

    async def id_at(self, address: str) -> TicketId:
        """The id that an address means; the address itself if it is a number that no ticket has."""
        number = number_in(address)
        if number is None:
            return TicketId(address)
        await self.catch_up()
        found = await self._tickets.find_one({"number": number}, {"_id": 1})
        return TicketId(address if found is None else found["_id"])

    async def _brought_up(self, ticket_id: TicketId) -> Ticket | None:
        found, last = await asyncio.gather(
            self._tickets.find_one({"_id": ticket_id}),
            self._events.find_one({"ticket_id": ticket_id}, {"seq": 1}, sort=[("seq", DESCENDING)]),
        )
        ticket = None if found is None else ticket_from(found)
        seq = 0 if ticket is None else ticket.seq
        if last is not None and last["seq"] > seq:
            for event in await self.events(ticket_id, after=seq):
                after = ticket_after(ticket, event)
                await self._project(ticket, event, after, await self._message_after(event))
                ticket = after
        if ticket is not None:
            self._remember(ticket)
        return ticket

    async def events(self, ticket_id: TicketId, *, after: int = 0, upto: int | None = None) -> list[Event]:
        seq: dict[str, Any] = {"$gt": after} if upto is None else {"$gt": after, "$lte": upto}
        cursor = self._events.find({"ticket_id": ticket_id, "seq": seq}, sort=[("seq", ASCENDING)])
        return [event_from_record(record) for record in await cursor.to_list(None)]

    async def message(self, ticket_id: TicketId, message_id: MessageId) -> Message | None:
        return MESSAGE.in_record(await self._messages.find_one({"ticket_id": ticket_id, "id": message_id}))

    async def project(
        self, ticket: Ticket | None, event: Event, after: Ticket, message: Message | None
    ) -> None:
        """Bring the read models from ``ticket`` to ``after``. If that fails, remember that they are
        behind."""
        try:
            await self._project(ticket, event, after, message)
        except BaseException:
            self.is_behind(event.ticket_id)
            raise
        self._remember(after)

    def is_behind(self, ticket_id: TicketId) -> None:
        """Remember that the ticket may have events that the read models lack."""
        self._behind.add(ticket_id)
        self.forget(ticket_id)

    def remembered(self, ticket_id: TicketId) -> Ticket | None:
        """The ticket as the read models had it a moment ago. Other processes may have changed it since; an
        append that builds on it notices that."""
        return self._newest.get(ticket_id)

    def forget(self, ticket_id: TicketId) -> None:
        self._newest.pop(ticket_id, None)

    def has_projected(self, ticket_id: TicketId, seq: int) -> bool:
        """Whether this process knows that the read models include the event."""
        newest = self._newest.get(ticket_id)
        return newest is not None and newest.seq >= seq

    def _remember(self, ticket: Ticket) -> None:
        if (known := self._newest.get(ticket.id)) is not None and known.seq > ticket.seq:
            return
        self._newest[ticket.id] = ticket
        self._newest.move_to_end(ticket.id)
        if len(self._newest) > REMEMBERED:
            self._newest.popitem(last=False)

    async def catch_up(self) -> None:
        """Bring all tickets up to date that are known to be behind. A ticket for which that fails is
        skipped."""
        for ticket_id in tuple(self._behind):
            try:
                await self.current(ticket_id)
            except Exception as error:
                if not is_of_the_record(error):
                    raise
                if ticket_id not in self._told:
                    self._told.add(ticket_id)
                    log.exception("ticket %s cannot be brought up to date and stays as it was", ticket_id)

    async def _project(
        self, ticket: Ticket | None, event: Event, after: Ticket, message: Message | None
    ) -> None:
        if message is not None:
            await self._project_message(event, message)
        if self._pending and ticket is not None and ticket.issue_level is not after.issue_level:
            await self._events.update_many(
                {"ticket_id": event.ticket_id, "seq": {"$lte": event.seq}, "$or": self._pending},
                {"$set": {"urgency": after.issue_level.urgency}},
            )
        if ticket is not None and ticket.requester != after.requester:
            await self._hand_over(ticket, after)
        if isinstance(event.data, LabelsChanged):
            for label in event.data.added:
                await upsert(self._labels, {"_id": label}, {"$setOnInsert": {"since": event.at}})
        if event.seq == 1:
            with suppress(DuplicateKeyError):
                await self._tickets.insert_one({**ticket_record(after), "_id": after.id, "placed": False})
        else:
            await self._tickets.update_one(
                {"_id": after.id, "seq": event.seq - 1}, {"$set": _changes(ticket, after)}
            )

    async def _hand_over(self, ticket: Ticket, after: Ticket) -> None:
        """Give everything of the old requester to the new one. It may be done twice."""
        old, new = ticket.requester, after.requester
        messages = {"ticket_id": after.id, "author.type": AuthorType.REQUESTER}
        messages |= {"author.key.issuer": old.issuer, "author.key.id": old.id}
        author = {"author.key.issuer": new.issuer, "author.key.id": new.id}
        await self._messages.update_many(messages, {"$set": author})
        for collection in (self._events, self._feed):
            await collection.update_many(
                {"ticket_id": after.id, "requester_key": str(old)}, {"$set": {"requester_key": str(new)}}
            )

    async def _project_message(self, event: Event, message: Message) -> None:
        """Write a message. Its ``touched`` is the seq of its last event; older events do not change it any
        more."""
        record = {**MESSAGE.record(message), "touched": event.seq}
        if message.seq == event.seq:
            with suppress(DuplicateKeyError):  # another process has inserted it already
                await self._inserting.insert(record)
            return
        del record["delivery"]
        key = {"ticket_id": message.ticket_id, "id": message.id, "touched": {"$lt": event.seq}}
        await self._messages.update_one(key, {"$set": record})

    async def _message_after(self, event: Event) -> Message | None:
        if event.message_id is None:
            return None
        return message_after(await self.message(event.ticket_id, event.message_id), event)


def ticket_from(record: Record) -> Ticket:
    return TICKET.from_record({**record, "id": record["_id"]})


def _changes(before: Ticket | None, after: Ticket) -> Record:
    """The fields that an event has changed. Fewer fields mean fewer indexes to update."""
    record = ticket_record(after)
    if before is None:
        return record
    was = ticket_record(before)
    return {name: value for name, value in record.items() if name not in was or was[name] != value}


def ticket_record(ticket: Ticket) -> Record:
    """The ticket's record, with the fields by which it is found."""
    record = TICKET.record(ticket)
    del record["id"]
    return {
        **record,
        "requester_key": str(ticket.requester),
        "urgency": ticket.issue_level.urgency,
        "kind": kind_of(ticket),
        "assignee_key": str(ticket.assignee) if ticket.assignee else None,
        "unattended": ticket.is_unattended,
        "marks": sorted(marks_of(ticket)),
    }
