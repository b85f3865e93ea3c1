"""The read models in MongoDB."""

from typing import Any

from pymongo import ASCENDING, DESCENDING

from storage.mongo.connection import LARGEST, Database, may_be_away
from storage.mongo.projector import Projector, ticket_from
from storage.records import message_from_record
from tickets.model import Message, MessageId, Ticket, TicketId
from tickets.ports import TicketFilter


class MongoViews:
    """The port ``Views``.

    Who reads one ticket compares it with its log; lists bring up what is known to be behind."""

    def __init__(self, database: Database, projector: Projector) -> None:
        self._tickets = database.tickets
        self._messages = database.messages
        self._projector = projector

    @may_be_away
    async def ticket(self, ticket_id: TicketId) -> Ticket | None:
        return await self._projector.current(ticket_id)

    @may_be_away
    async def ticket_by_number(self, number: int) -> Ticket | None:
        await self._projector.catch_up()
        found = await self._tickets.find_one({"number": min(number, LARGEST)}, {"_id": 1})
        return None if found is None else await self._projector.current(found["_id"])

    @may_be_away
    async def tickets(
        self, which: TicketFilter, *, before_number: int | None = None, limit: int | None = None
    ) -> list[Ticket]:
        await self._projector.catch_up()
        query: dict[str, Any] = {}
        if which.requester is not None:
            query["user"] = str(which.requester)
        if which.statuses is not None:
            query["status"] = {"$in": sorted(which.statuses)}
        if before_number is not None:
            query["number"] = {"$lt": min(before_number, LARGEST)}
        cursor = self._tickets.find(query, sort=[("number", DESCENDING)], limit=limit or 0)
        return [ticket_from(record) for record in await cursor.to_list(None)]

    @may_be_away
    async def message(self, message_id: MessageId, ticket_id: TicketId) -> Message | None:
        await self._projector.current(ticket_id)
        return await self._projector.message(ticket_id, message_id)

    @may_be_away
    async def messages(
        self,
        ticket_id: TicketId,
        *,
        after_seq: int = 0,
        limit: int | None = None,
        notes: bool = False,
    ) -> list[Message]:
        await self._projector.current(ticket_id)
        query = {"ticket_id": ticket_id, "is_note": notes, "seq": {"$gt": min(after_seq, LARGEST)}}
        cursor = self._messages.find(query, sort=[("seq", ASCENDING)], limit=limit or 0)
        return [message_from_record(record) for record in await cursor.to_list(None)]
