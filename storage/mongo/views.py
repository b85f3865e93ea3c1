"""The read models in MongoDB."""

from pymongo import ASCENDING, DESCENDING

from storage.mongo.connection import LARGEST, Database, may_be_away
from storage.mongo.pages import page_of_tickets
from storage.mongo.projector import Projector, ticket_from
from storage.mongo.search import MongoSearch
from storage.records import message_from_record
from tickets.model import Message, MessageId, Ticket, TicketId
from tickets.ports import TicketFilter, TicketOrder, TicketPlace


class MongoViews:
    """The port ``Views``.

    Who reads one ticket compares it with its log; lists bring up what is known to be behind."""

    def __init__(self, database: Database, projector: Projector, search: MongoSearch) -> None:
        self._tickets = database.tickets
        self._messages = database.messages
        self._projector = projector
        self._search = search

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
        self,
        which: TicketFilter,
        *,
        order: TicketOrder = TicketOrder.NEWEST,
        after: TicketPlace | None = None,
        limit: int | None = None,
    ) -> list[Ticket]:
        await self._projector.catch_up()
        if which.words is not None:
            return await self._search.tickets(which, which.words, order, after, limit)
        direction = DESCENDING if order.descends else ASCENDING
        cursor = self._tickets.find(
            page_of_tickets(which, order, after),
            sort=[(order.field, direction), ("number", direction)],
            limit=limit or 0,
        )
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
